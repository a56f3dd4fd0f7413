// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_STATE_SCORER_HPP
#define ROTA_PLACEMENT_STATE_SCORER_HPP

#include <concepts>
#include <cstdint>

#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>

namespace rota::placement {

/// Ranks the nodes on which a pod fits, larger first, and chooses its GPUs there: one source for the host and
/// for a device.
///
/// Syntax    s.score(node_state, pod) -> std::int64_t and s.pick(node_state, pod) -> a mask of GPUs,
///           both const noexcept.
/// Meaning   Pure: equal states and equal pods give equal answers, whichever node it is and whatever came
///           before. Both are asked only where fits(state, pod).
template <class S>
concept state_scorer = requires(S const& s, node_state const& on, job::pod const& need) {
    { s.score(on, need) } noexcept -> std::same_as<std::int64_t>;
    { s.pick(on, need) } noexcept -> std::same_as<std::uint16_t>;
};

} // namespace rota::placement

#endif
