// SPDX-License-Identifier: BSL-1.0
#include <rota/system/quota_drf.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::quota_drf<>{}; });
}
