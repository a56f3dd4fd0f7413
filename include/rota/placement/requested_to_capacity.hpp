// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_REQUESTED_TO_CAPACITY_HPP
#define ROTA_PLACEMENT_REQUESTED_TO_CAPACITY_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/allocation.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// A score for each share in use, as its user draws it: straight lines between points; 0 .. 100.
///
/// The weighted mean over the resources, rounded. As published, a resource whose score is 0 takes no part in
/// the mean, so that it cannot pull it down; `zeros_count` lets it.
/// Expects   `points` from 1 to 8, percentages ascending, scores 0 .. 10.
/// Source    the Kubernetes scheduler, plugin NodeResourcesFit, strategy RequestedToCapacityRatio. Differs:
/// GPUs count as CPU and memory do, unless their weight is 0.
struct requested_to_capacity {
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = 100;

    struct point {
        std::int64_t percent;
        std::int64_t score; ///< 0 .. 10
    };
    point shape[8] = {{0, 0}, {100, 10}};
    int points = 2;
    resource_weights weights{};
    bool zeros_count = false;

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t at(std::int64_t percent) const noexcept {
        for (auto i = 0; i != points; ++i) {
            if (percent > shape[i].percent) continue;
            if (i == 0) return 10 * shape[0].score;
            auto const& from = shape[i - 1];
            return 10 * from.score + 10 * (shape[i].score - from.score) * (percent - from.percent) /
                                         (shape[i].percent - from.percent);
        }
        return 10 * shape[points - 1].score;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        auto sum = std::int64_t{0};
        auto all = std::int64_t{0};
        for (auto r = 0; r != allocations; ++r) {
            auto const of = allocated(r, on, need);
            if (of.capacity == 0) continue;
            auto const here = at(of.percent());
            if (here == 0 && !zeros_count) continue;
            sum += weights.of[r] * here;
            all += weights.of[r];
        }
        return all == 0 ? 0 : (2 * sum + all) / (2 * all);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

static_assert(state_scorer<requested_to_capacity>);

} // namespace rota::placement

#endif
