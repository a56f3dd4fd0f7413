// SPDX-License-Identifier: BSL-1.0
#include <rota/system/best_effort_fifo.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::best_effort_fifo<>{}; });
}
