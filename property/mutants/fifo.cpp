// SPDX-License-Identifier: BSL-1.0
#include <rota/system/fifo.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::fifo<>{}; });
}
