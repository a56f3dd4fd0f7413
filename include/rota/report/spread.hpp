// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_SPREAD_HPP
#define ROTA_REPORT_SPREAD_HPP

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace rota::report {

/// The mean of some numbers and how far they lie from it.
struct spread {
    std::size_t count = 0;
    double mean = 0;
    double deviation = 0; ///< root of the mean square distance, over all of them (population)
};

/// Nothing where there are no numbers.
[[nodiscard]] inline std::optional<spread> spread_of(std::vector<double> const& values) {
    if (values.empty()) return std::nullopt;
    auto made = spread{.count = values.size()};
    auto const count = static_cast<double>(values.size());
    for (auto const one : values) made.mean += one / count;
    auto square = 0.0;
    for (auto const one : values) square += (one - made.mean) * (one - made.mean);
    made.deviation = std::sqrt(square / count);
    return made;
}

} // namespace rota::report

#endif
