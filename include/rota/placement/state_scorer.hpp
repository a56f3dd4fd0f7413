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

/// What a score depends on besides the pod, from the least to the most: what an engine may keep of it.
enum class locality : std::uint8_t {
    node,    ///< one node's state: a score holds until that node changes
    domain,  ///< the states of the nodes of its rack, say
    row,     ///< all nodes on which the pod fits
    history, ///< what was asked or placed before
};

/// A scorer whose score of a node depends on a summary of all nodes on which the pod fits.
///
/// Syntax    S::row, a default-constructible summary; s.widen(row&, node_state, pod) takes a node into it;
///           s.score(node_state, pod, row const&) -> std::int64_t; s.pick as of a state_scorer.
/// Meaning   The order of the nodes does not change the summary.
template <class S>
concept row_scorer = requires(S const& s, node_state const& on, job::pod const& need, typename S::row& all,
                              typename S::row const& seen) {
    { s.widen(all, on, need) } noexcept -> std::same_as<void>;
    { s.score(on, need, seen) } noexcept -> std::same_as<std::int64_t>;
    { s.pick(on, need) } noexcept -> std::same_as<std::uint16_t>;
};

/// Whatever ranks the nodes for a pod.
template <class S>
concept pod_scorer = state_scorer<S> || row_scorer<S>;

/// What S says in `S::sees`; one node where it says nothing.
template <pod_scorer S>
[[nodiscard]] consteval locality locality_of() noexcept {
    if constexpr (requires {
                      { S::sees } -> std::convertible_to<locality>;
                  })
        return S::sees;
    else return row_scorer<S> ? locality::row : locality::node;
}

/// The scorer asks which sizes of pods lie on a node, and says so in `S::reads_held`.
template <pod_scorer S>
[[nodiscard]] consteval bool reads_held() noexcept {
    if constexpr (requires {
                      { S::reads_held } -> std::convertible_to<bool>;
                  })
        return S::reads_held;
    else return false;
}

/// The scorer looks up what kind of hardware a node is, and says so in `S::reads_kind`.
template <pod_scorer S>
[[nodiscard]] consteval bool reads_kind() noexcept {
    if constexpr (requires {
                      { S::reads_kind } -> std::convertible_to<bool>;
                  })
        return S::reads_kind;
    else return false;
}

} // namespace rota::placement

#endif
