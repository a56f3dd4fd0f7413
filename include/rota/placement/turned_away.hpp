// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TURNED_AWAY_HPP
#define ROTA_PLACEMENT_TURNED_AWAY_HPP

#include <cstdint>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// What keeps a pod off a node, in the order in which it is asked.
enum class filter : std::uint8_t {
    closed,     ///< down, drained or unhealthy
    predicates, ///< one that the pod names does not hold there
    model,      ///< a GPU model that the pod does not accept
    pods,       ///< as many pods as the node takes lie on it
    gpus,       ///< too few GPUs with share enough
    cpu,
    memory,
    none, ///< the pod fits
};
inline constexpr int filters = 8;

/// The first filter that turns the pod away.
[[nodiscard]] inline filter first_filter(state_table const& nodes, node_id n, job::pod const& need) noexcept {
    auto const& on = nodes[n];
    return !nodes.open(n)                                            ? filter::closed
           : !nodes.admits(n, need)                                  ? filter::predicates
           : !need.accepts(on.model)                                 ? filter::model
           : on.pods == 0                                            ? filter::pods
           : need.gpus != 0 && gpus_with(on, need.milli) < need.gpus ? filter::gpus
           : on.cpu_milli < need.cpu_milli                           ? filter::cpu
           : on.mem_mib < need.mem_mib                               ? filter::memory
                                                                     : filter::none;
}

/// How many nodes each filter turned away, each node counted once under the first that did; under
/// filter::none those that take the pod. explain() says the same of a gang and a ledger.
struct turned_away {
    std::uint32_t by[filters] = {};

    /// Cost      O(nodes): ask where best() found nothing and somebody wants to know why.
    turned_away(state_table const& nodes, job::pod const& need) noexcept {
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
            ++by[static_cast<int>(first_filter(nodes, node_id{n}, need))];
    }
    [[nodiscard]] std::uint32_t operator[](filter which) const noexcept {
        return by[static_cast<int>(which)];
    }
};

} // namespace rota::placement

#endif
