// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_MEMBER_HPP
#define ROTA_CUDA_SWEEP_MEMBER_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/sweep_policy.hpp>

namespace rota::cuda {

/// One simulation of a sweep. The cluster is cluster::uniform(1, nodes, gpus_a_node): a pool where nodes have one GPU.
struct sweep_member {
    sweep_policy policy{};
    std::uint32_t load = 0; ///< position among the loads of the sweep
    std::uint32_t nodes = 1;
    std::uint32_t gpus_a_node = 8;
    millis restore_ms = 0; ///< preemption::fixed_cost{0, restore_ms}

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint64_t gpus() const noexcept {
        return std::uint64_t{nodes} * gpus_a_node;
    }
    /// Nobody needs to know which GPUs a job holds: that enough are free decides.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool counts_only() const noexcept {
        return gpus_a_node == 1 && !policy.preempts;
    }
};

/// Why a member was not run to its end. Nothing of its other results counts then.
enum class sweep_refusal : std::uint8_t {
    none,
    no_such_load,
    policy, ///< too many thresholds or not ascending; a quantum, threshold or cost that is negative or immense
    cluster,   ///< no GPU, more than 16 a node, or more than 65,534 of them and of nodes together
    room,      ///< larger than the memory that was set aside for a member
    late,      ///< a time or a level of service of 2^39 or more
    decisions, ///< 2^24 starts and stops or more
    unsettled, ///< 10,000 passes in one instant: simulation::simulator::ending::unsettled
};

/// What a member comes to, besides the time of each job's end.
struct sweep_answer {
    sweep_refusal refused = sweep_refusal::none;
    std::uint32_t rejected = 0; ///< gangs that the empty cluster does not hold
    std::uint64_t preemptions = 0;
    std::uint64_t instants = 0;
    std::int64_t last_end_ms = 0;
    std::int64_t jct_sum_ms = 0; ///< of the jobs that ran

    friend bool operator==(sweep_answer const&, sweep_answer const&) = default;
};

} // namespace rota::cuda

#endif
