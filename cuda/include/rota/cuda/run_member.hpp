// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_RUN_MEMBER_HPP
#define ROTA_CUDA_RUN_MEMBER_HPP

#include <cstddef>
#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_room.hpp>
#include <rota/cuda/sweep_run.hpp>

namespace rota::cuda {

/// The loads of a sweep, the members, and how much room each member has; all of it in memory that the caller reads.
struct sweep_task {
    sweep_load const* loads = nullptr;
    std::uint32_t loads_size = 0;
    sweep_member const* members = nullptr;
    std::size_t members_size = 0;
    sweep_room room;
};

/// Why the member cannot be run, if it cannot.
[[nodiscard]] ROTA_HOST_DEVICE inline sweep_refusal refusal_of(sweep_task const& task,
                                                               sweep_member const& member) noexcept {
    if (member.load >= task.loads_size) return sweep_refusal::no_such_load;
    auto const& policy = member.policy;
    constexpr auto late = std::int64_t{1} << 60; // sums of two stay below 2^63
    if (policy.quantum_ms < 0 || policy.quantum_ms >= late || policy.levels > sweep_policy::thresholds_max)
        return sweep_refusal::policy;
    for (auto i = std::uint32_t{0}; i < policy.levels; ++i)
        if (policy.thresholds[i] < (i == 0 ? 0 : policy.thresholds[i - 1]) || policy.thresholds[i] >= late)
            return sweep_refusal::policy;
    if (member.restore_ms < 0 || member.restore_ms >= std::int64_t{1} << 36) return sweep_refusal::policy;
    if (member.gpus() == 0 || member.gpus_a_node > 16 || member.gpus() + member.nodes > sweep_room::gpus_max)
        return sweep_refusal::cluster;
    if (!task.room.holds(member, task.loads[member.load])) return sweep_refusal::room;
    return sweep_refusal::none;
}

/// Runs member `m` in the memory for `slots` members, as member `slot` of them: what a thread of the device does, and
/// the host in its place.
[[nodiscard]] ROTA_HOST_DEVICE inline sweep_answer run_member(sweep_task const& task, std::size_t m,
                                                              std::byte* memory, std::size_t slots,
                                                              std::size_t slot) noexcept {
    auto const& member = task.members[m];
    auto said = sweep_answer{};
    said.refused = refusal_of(task, member);
    if (said.refused != sweep_refusal::none) return said;
    return sweep_run{member, task.loads[member.load], sweep_memory{task.room, memory, slots, slot}}.run();
}

} // namespace rota::cuda

#endif
