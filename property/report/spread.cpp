// SPDX-License-Identifier: BSL-1.0
#include <cmath>

#include <rota/report/spread.hpp>

#include "../tally.hpp"

int main() {
    auto told = tally{};
    using rota::report::spread_of;
    auto const two = spread_of({1, 3, 3, 5});
    told.check(two && two->count == 4 && two->mean == 3, "the mean");
    told.check(two && std::abs(two->deviation - std::sqrt(2.0)) < 1e-12,
               "the deviation over all, not all but one");
    told.check(spread_of({7})->deviation == 0, "one number does not deviate");
    told.check(!spread_of({}), "no numbers, no spread");
    return told.end();
}
