// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_CURVE_HPP
#define ROTA_PACKING_CURVE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/packing/experiment.hpp>

namespace rota::packing {

/// What a run came to while so much of the cluster's GPUs had been asked for, in percent.
struct point {
    double allocated = 0;        ///< of all GPUs
    double fragment = 0;         ///< of all GPUs
    double fragment_of_idle = 0; ///< of the GPUs that are free; 0 where none is
};

/// By percent of the GPUs that pods had asked for, 0 up to what arrived in the end; none where nothing arrived
/// near it.
using curve = std::vector<std::optional<point>>;
inline constexpr std::size_t arrived_percent_max = 10'000;

/// Means over the steps whose arrived percent rounds to the column; where there is none, over those of the
/// columns beside it. The allocated percent of a step is rounded to hundredths first, as in the source. Steps
/// beyond arrived_percent_max are left out.
///
/// Expects   capacity_milli > 0 and weight > 0, those of the experiment and its target.
/// Source    the analysis published with Q. Weng et al., "Beware of Fragmentation", ATC 2023.
[[nodiscard]] inline curve curve_of(std::vector<step> const& steps, std::int64_t capacity_milli,
                                    std::int64_t weight) {
    struct sums {
        std::int64_t count = 0;
        std::int64_t allocated = 0; // hundredths of a percent
        double fragment = 0;
        double of_idle = 0;
    };
    auto const rounded = [](std::int64_t part, std::int64_t all, std::int64_t scale) {
        return static_cast<std::int64_t>((int128{2} * scale * part + all) / (int128{2} * all)); // half up
    };
    auto by_percent = std::vector<sums>{};
    for (auto const& one : steps) {
        auto const percent = static_cast<std::size_t>(rounded(one.arrived_milli, capacity_milli, 100));
        if (percent > arrived_percent_max) break;
        if (by_percent.size() <= percent) by_percent.resize(percent + 1);
        auto& sum = by_percent[percent];
        auto const fragment_milli = static_cast<double>(one.fragment) / static_cast<double>(weight);
        auto const idle = capacity_milli - one.used_milli;
        ++sum.count;
        sum.allocated += rounded(one.used_milli, capacity_milli, 10'000);
        sum.fragment += 100 * fragment_milli / static_cast<double>(capacity_milli);
        if (idle != 0) sum.of_idle += 100 * fragment_milli / static_cast<double>(idle);
    }
    auto made = curve{};
    for (auto p = std::size_t{0}; p != by_percent.size(); ++p) {
        auto all = by_percent[p];
        if (all.count == 0)
            for (auto const beside : {p - 1, p + 1}) { // p - 1 wraps where p is 0: no column
                if (beside >= by_percent.size()) continue;
                all.count += by_percent[beside].count;
                all.allocated += by_percent[beside].allocated;
                all.fragment += by_percent[beside].fragment;
                all.of_idle += by_percent[beside].of_idle;
            }
        made.emplace_back();
        if (all.count == 0) continue;
        auto const count = static_cast<double>(all.count);
        made.back() = point{static_cast<double>(all.allocated) / 100 / count, all.fragment / count,
                            all.of_idle / count};
    }
    return made;
}

} // namespace rota::packing

#endif
