// SPDX-License-Identifier: BSL-1.0
#include <rota/system/easy.hpp>
#include <rota/verify/premises.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::easy<>{}; },
                 {.known = {.head = rota::verify::head_order::submission}});
}
