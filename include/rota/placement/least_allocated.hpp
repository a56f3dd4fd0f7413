// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_LEAST_ALLOCATED_HPP
#define ROTA_PLACEMENT_LEAST_ALLOCATED_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/allocation.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// The node of which the smaller share is in use once the pod lies there: it spreads.
///
/// The weighted mean of the free percent of each resource, cut to integers as it goes; 0 .. 100.
/// Source    the Kubernetes scheduler, plugin NodeResourcesFit, strategy LeastAllocated. Differs: GPUs count as
/// CPU and memory do, unless their weight is 0; a pod that asks for nothing is not taken to ask for 100 m and
/// 200 MiB.
struct least_allocated {
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = 100;

    resource_weights weights{};

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        auto sum = std::int64_t{0};
        auto all = std::int64_t{0};
        for (auto r = 0; r != allocations; ++r) {
            auto const of = allocated(r, on, need);
            if (of.capacity == 0) continue;
            sum += weights.of[r] * ((of.capacity - of.used) * 100 / of.capacity);
            all += weights.of[r];
        }
        return all == 0 ? 0 : sum / all;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

static_assert(state_scorer<least_allocated>);

} // namespace rota::placement

#endif
