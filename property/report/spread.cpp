// SPDX-License-Identifier: BSL-1.0
#include <cmath>
#include <cstdio>

#include <rota/report/spread.hpp>

int main() {
    auto passed = 0;
    auto failed = 0;
    auto const check = [&](bool good, char const* what) {
        ++(good ? passed : failed);
        if (!good) std::printf("FAILED: %s\n", what);
    };
    using rota::report::spread_of;
    auto const two = spread_of({1, 3, 3, 5});
    check(two && two->count == 4 && two->mean == 3, "the mean");
    check(two && std::abs(two->deviation - std::sqrt(2.0)) < 1e-12,
          "the deviation over all, not all but one");
    check(spread_of({7})->deviation == 0, "one number does not deviate");
    check(!spread_of({}), "no numbers, no spread");
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
