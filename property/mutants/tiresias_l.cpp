// SPDX-License-Identifier: BSL-1.0
#include <rota/system/tiresias_l.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::tiresias_l<>{{12'000, 40'000}}; });
}
