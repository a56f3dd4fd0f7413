// SPDX-License-Identifier: BSL-1.0
#include <rota/system/srtf.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::srtf<>{}; });
}
