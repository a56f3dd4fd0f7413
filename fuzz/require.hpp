// SPDX-License-Identifier: BSL-1.0
// What a fuzzed input must not break: the fuzzer takes an abort for a finding.
#ifndef ROTA_FUZZ_REQUIRE_HPP
#define ROTA_FUZZ_REQUIRE_HPP

#include <cstdio>
#include <cstdlib>

inline void require(bool good, char const* what) {
    if (good) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

#endif
