// SPDX-License-Identifier: BSL-1.0
#include <rota/system/gavel_max_min.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::gavel_max_min<>{{}, {}, {}, 60'000}; });
}
