// SPDX-License-Identifier: BSL-1.0
#include <rota/system/edf_admission.hpp>

#include "judge.hpp"

int main() {
    return judge([](auto const&) { return rota::system::edf_admission<>{}; });
}
