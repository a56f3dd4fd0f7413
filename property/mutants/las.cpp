// SPDX-License-Identifier: BSL-1.0
#include <rota/system/las.hpp>

#include "judge.hpp"

/// Calm worlds, which count in ms: there the verifier can tell who has had how much.
int main() {
    auto asked = rota::verify::suite_options{.worlds = rota::verify::calm_worlds};
    asked.known.steps.quantum_ms = 2;
    return judge([](auto const&) { return rota::system::las<>{2}; }, asked);
}
