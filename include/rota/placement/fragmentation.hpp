// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FRAGMENTATION_HPP
#define ROTA_PLACEMENT_FRAGMENTATION_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/target_view.hpp>

namespace rota::placement {

/// What a node's idle GPUs are to a kind of pod, in the order of the published reports.
enum class idle_for : std::uint8_t {
    lack_both, ///< neither its CPU nor its GPUs
    lack_gpu,
    satisfied,
    lack_cpu,
    cpu_only,          ///< it wants no GPU, and its CPU is there
    cpu_only_lack_cpu, ///< it wants no GPU, and its CPU is not there
    no_access,         ///< wrong model
};
inline constexpr int idle_kinds = 7;

[[nodiscard]] ROTA_HOST_DEVICE constexpr idle_for idle(node_state const& on, job::pod const& kind) noexcept {
    auto const cpu = on.cpu_milli >= kind.cpu_milli;
    if (kind.gpus == 0) return cpu ? idle_for::cpu_only : idle_for::cpu_only_lack_cpu;
    if (!kind.accepts(on.model)) return idle_for::no_access;
    auto const gpu = gpus_with(on, kind.milli) >= kind.gpus;
    if (gpu) return cpu ? idle_for::satisfied : idle_for::lack_cpu;
    return cpu ? idle_for::lack_gpu : idle_for::lack_both;
}

/// Free thousandths of the node that the kind of pod cannot use: all of them where it does not fit, otherwise
/// those on GPUs with too little. Memory is not asked for.
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t fragment(node_state const& on,
                                                               job::pod const& kind) noexcept {
    if (idle(on, kind) != idle_for::satisfied) return free_milli(on);
    auto sum = std::int64_t{0};
    for (auto g = 0; g != on.gpus; ++g)
        if (on.milli[g] < kind.milli) sum += on.milli[g];
    return sum;
}

/// The node's GPUs on which a share of that size has room.
struct usable_gpus {
    int count = 0;
    int milli = 0; ///< free of them together
};
[[nodiscard]] ROTA_HOST_DEVICE constexpr usable_gpus usable(node_state const& on, int least) noexcept {
    auto found = usable_gpus{};
    for (auto g = 0; g != on.gpus; ++g) {
        auto const enough = on.milli[g] >= least;
        found.count += enough;
        found.milli += enough ? on.milli[g] : 0;
    }
    return found;
}

/// Fragmentation of the node under the expected pods, times target.weight: an integer, exact.
///
/// Equal to the sum of weight x fragment(on, kind) over all kinds.
/// Cost      O(groups x (GPUs + log kinds)).
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023, section 4 (F_n(m) and F_n(M)).
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t fragment(node_state const& on,
                                                               target_view target) noexcept {
    auto sum = target.weight * free_milli(on);
    for (auto const* group = target.begin(); group != target.end(); group += group->steps) {
        if (!group->accepts(on.model)) continue;
        if (auto const room = usable(on, group->milli); room.count >= group->gpus)
            sum -= weight_within(group, on.cpu_milli) * room.milli;
    }
    return sum;
}

} // namespace rota::placement

#endif
