// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_ENGINE_HPP
#define ROTA_PLACEMENT_ENGINE_HPP

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// Finds, under one scorer, the node for a pod: the highest score among the open nodes on which it fits,
/// the lowest id among equals. All engines give the same answer as `scan`; they differ in cost.
///
/// Syntax    e.add(pod) -> the number of a request, 0, 1, 2 ... in the order of the calls;
///           e.best(number) -> std::optional<node_id>; e.changed(node_id).
/// Meaning   best() changes nothing that anybody sees. The caller changes the table, then says
///           changed(n) once for each node before best() is asked again.
/// Expects   the table outlives the engine; scores above the least 64-bit integer.
template <class E>
concept engine = requires(E& e, job::pod const& need, std::uint32_t request, node_id n) {
    { e.add(need) } -> std::same_as<std::uint32_t>;
    { e.best(request) } -> std::same_as<std::optional<node_id>>;
    { e.changed(n) } -> std::same_as<void>;
};

/// The key of a node that cannot have the pod; it sorts after all others.
inline constexpr auto no_key = std::numeric_limits<std::int64_t>::max();

/// The score turned round, so that the smallest key with the lowest id is the answer; no_key where the node
/// is closed or the pod does not fit.
template <state_scorer Scorer>
[[nodiscard]] std::int64_t key_of(Scorer const& score, state_table const& nodes, node_id n,
                                  job::pod const& need) noexcept {
    return nodes.takes(n, need) ? ~score.score(nodes[n], need) : no_key;
}

} // namespace rota::placement

#endif
