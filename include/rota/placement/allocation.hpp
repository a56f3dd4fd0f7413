// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_ALLOCATION_HPP
#define ROTA_PLACEMENT_ALLOCATION_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>

namespace rota::placement {

/// How much of one resource of a node is in use, of how much.
struct allocation {
    std::int64_t used = 0;
    std::int64_t capacity = 0; ///< 0 where the node has none of it

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t percent() const noexcept {
        return used * 100 / capacity;
    }
};

inline constexpr int allocations = 3;

/// How much CPU, memory and GPUs count, in this order; a resource of weight 0 and one that a node does not
/// have count nothing.
struct resource_weights {
    std::int64_t of[allocations] = {1, 1, 1};
};

/// What is in use of the node's CPU, memory and GPU thousandths, in this order, once the pod lies there.
/// Expects   fits(on, need), and the node's capacity where it has any.
[[nodiscard]] ROTA_HOST_DEVICE constexpr allocation allocated(int resource, node_state const& on,
                                                              job::pod const& need) noexcept {
    if (resource == 0)
        return {std::int64_t{on.cpu_milli_of} - on.cpu_milli + need.cpu_milli, on.cpu_milli_of};
    if (resource == 1) return {std::int64_t{on.mem_mib_of} - on.mem_mib + need.mem_mib, on.mem_mib_of};
    auto const all = std::int64_t{on.gpus} * whole_gpu;
    return {all - free_milli(on) + need.total_milli(), all};
}

} // namespace rota::placement

#endif
