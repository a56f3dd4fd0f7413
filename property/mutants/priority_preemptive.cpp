// SPDX-License-Identifier: BSL-1.0
#include <rota/system/priority_preemptive.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::priority_preemptive<>{}; });
}
