// SPDX-License-Identifier: BSL-1.0
#include <rota/system/hived.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::hived<>{}; }, {.known = {.quota_cells = true}});
}
