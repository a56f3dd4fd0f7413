// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BALANCED_ALLOCATION_HPP
#define ROTA_PLACEMENT_BALANCED_ALLOCATION_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/allocation.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// The node whose resources are in use to like shares once the pod lies there; 0 .. 100.
///
/// 100 less the standard deviation of the shares, in percent. A pod that asks for nothing scores 0
/// everywhere, or it would pile up on one node.
/// Source    the Kubernetes scheduler, plugin NodeResourcesBalancedAllocation. Differs: shares are cut to
/// millionths, so that no floating point takes part; GPUs count as CPU and memory do, unless their weight is 0.
struct balanced_allocation {
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = 100;

    resource_weights weights{}; ///< 0, or anything else

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (need.cpu_milli == 0 && need.mem_mib == 0 && need.gpus == 0) return 0;
        auto count = std::int64_t{0};
        auto sum = std::int64_t{0};
        auto squares = std::int64_t{0};
        for (auto r = 0; r != allocations; ++r) {
            auto const of = allocated(r, on, need);
            if (of.capacity == 0 || weights.of[r] == 0) continue;
            auto const share = of.used * 1'000'000 / of.capacity;
            ++count;
            sum += share;
            squares += share * share;
        }
        // n times the deviation is the root of n squares - sum^2; one percent of n is 10'000 n
        auto const spread = count * squares - sum * sum;
        auto lost = std::int64_t{0}; // percent, up
        while (lost != 100 && 10'000 * lost * count * (10'000 * lost * count) < spread) ++lost;
        return 100 - lost;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

static_assert(state_scorer<balanced_allocation>);

} // namespace rota::placement

#endif
