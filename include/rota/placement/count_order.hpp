// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_COUNT_ORDER_HPP
#define ROTA_PLACEMENT_COUNT_ORDER_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/sum_scorer.hpp>

namespace rota::placement {

/// Ranks nodes by how many of their GPUs nobody uses at all: best fit, worst fit and first fit, which for
/// whole GPUs are the order of `best_fit`, `worst_fit` and `first_fit`.
///
/// Source    D. S. Johnson, "Near-optimal bin packing algorithms", PhD thesis, MIT, 1973.
template <node_order Order>
struct count_order {
    static_assert(Order != node_order::by_score, "rota: count_order needs an order of counts");
    static constexpr auto order = Order;
    static constexpr int sign = Order == node_order::fewest_free ? 1
                                : Order == node_order::most_free ? -1
                                                                 : 0;

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const&) const noexcept {
        return -sign * gpus_with(on, whole_gpu);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (need.milli != whole_gpu) return tightest(on, need);
        auto free = 0u;
        for (auto g = 0; g != on.gpus; ++g) free |= static_cast<unsigned>(on.milli[g] == whole_gpu) << g;
        auto rest = free;
        for (auto i = 0; i != need.gpus; ++i) rest &= rest - 1;
        return static_cast<std::uint16_t>(free ^ rest);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr free_weights weights(job::pod const&) const noexcept {
        return {.whole_gpus = sign};
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t limit(std::int64_t sum,
                                                                job::pod const&) const noexcept {
        return sum;
    }
};

static_assert(sum_scorer<count_order<node_order::fewest_free>>);

} // namespace rota::placement

#endif
