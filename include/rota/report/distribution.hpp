// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_DISTRIBUTION_HPP
#define ROTA_REPORT_DISTRIBUTION_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::report {

/// A percentile by nearest rank: the least value that at least `percent` of a hundred values do not pass.
///
/// The value at position ceil(percent * n / 100), counted from 1: always one of the values, never in between.
/// Expects   sorted values, at least one; 1 <= percent <= 100.
[[nodiscard]] inline millis percentile(std::vector<millis> const& sorted, int percent) noexcept {
    ROTA_EXPECTS(!sorted.empty() && 1 <= percent && percent <= 100, "a percentile of something");
    auto const rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
    return sorted[rank - 1];
}

/// A sample of times in a few numbers. The mean is the exact integer sum, divided once.
struct distribution {
    std::size_t count = 0;
    double mean = 0;
    millis median = 0;
    millis p90 = 0;
    millis p99 = 0;
    millis max = 0;

    friend bool operator==(distribution const&, distribution const&) = default;
};

/// The distribution of a sample, nothing where it is empty.
[[nodiscard]] inline std::optional<distribution> distribution_of(std::vector<millis> sample) {
    if (sample.empty()) return std::nullopt;
    std::sort(sample.begin(), sample.end());
    auto sum = int128{0};
    for (auto const one : sample) sum += one;
    return distribution{.count = sample.size(),
                        .mean = static_cast<double>(sum) / static_cast<double>(sample.size()),
                        .median = percentile(sample, 50),
                        .p90 = percentile(sample, 90),
                        .p99 = percentile(sample, 99),
                        .max = sample.back()};
}

} // namespace rota::report

#endif
