// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_LEAST_REMAINING_HPP
#define ROTA_PLACEMENT_LEAST_REMAINING_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/sum_scorer.hpp>

namespace rota::placement {

/// Best fit over CPU and GPU together: the less remains free of both, each as a share of a node of 128 cores
/// and eight GPUs, the better; in whole hundredths.
///
/// Not `best_fit`, which counts the GPUs of the node alone and has no scale.
/// Source    Best fit in Q. Weng et al., "Beware of Fragmentation", ATC 2023. Differs: there the scores of all
/// feasible nodes are stretched to 0 .. 100 afterwards, which changes neither the best score nor who has it.
struct least_remaining {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        auto const cpu = std::int64_t{on.cpu_milli} - need.cpu_milli;
        auto const gpu = free_milli(on) - need.total_milli();
        // 100 (1 - cpu / 128000 / 2 - gpu / 8000 / 2)
        return (256'000 - cpu - 16 * gpu) / 2'560;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr free_weights weights(job::pod const&) const noexcept {
        return {.cpu_milli = 1, .gpu_milli = 16};
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t limit(std::int64_t sum,
                                                                job::pod const& need) const noexcept {
        auto const none =
            256'000 + std::int64_t{need.cpu_milli} + 16 * need.total_milli(); // where the score is 0
        auto const score = (none - sum) / 2'560; // cut towards 0, so that 0 is as long as two others
        return score > 0 ? none - 2'560 * score : none - 2'560 * (score - 1) - 1;
    }
};

static_assert(sum_scorer<least_remaining>);

} // namespace rota::placement

#endif
