// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_SUM_SCORER_HPP
#define ROTA_PLACEMENT_SUM_SCORER_HPP

#include <concepts>
#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// How much each free resource of a node counts in a sum.
struct free_weights {
    std::int64_t cpu_milli = 0;
    std::int64_t gpu_milli = 0;  ///< of all GPUs together
    std::int64_t whole_gpus = 0; ///< GPUs that nobody uses

    /// Expects   that the sum fits 64 bits.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t sum(node_state const& on) const noexcept {
        return cpu_milli * on.cpu_milli + gpu_milli * free_milli(on) + whole_gpus * gpus_with(on, whole_gpu);
    }
};

/// A scorer whose score falls, or stays, as one weighted sum of what is free grows: an engine can compare
/// sums of many nodes at once and need not compute scores.
///
/// Syntax    s.weights(pod) -> free_weights, s.limit(sum, pod) -> std::int64_t, both const noexcept.
/// Meaning   Where pods fit, score(a, need) >= score(b, need) if weights(need).sum(a) <=
/// weights(need).sum(b); limit(sum, need) is the largest sum with the score of `sum`.
template <class S>
concept sum_scorer = state_scorer<S> && requires(S const& s, job::pod const& need, std::int64_t sum) {
    { s.weights(need) } noexcept -> std::same_as<free_weights>;
    { s.limit(sum, need) } noexcept -> std::same_as<std::int64_t>;
};

} // namespace rota::placement

#endif
