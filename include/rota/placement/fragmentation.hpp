// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FRAGMENTATION_HPP
#define ROTA_PLACEMENT_FRAGMENTATION_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>

namespace rota::placement {

/// A kind of pod that is expected, and how often.
struct typical_pod {
    job::pod need{};
    std::uint32_t weight = 0;

    friend bool operator==(typical_pod const&, typical_pod const&) = default;
};

/// The pods against which idle GPUs are judged: a view of kinds that somebody else keeps.
struct target_view {
    typical_pod const* kinds = nullptr;
    std::uint32_t size = 0;
    std::int64_t weight = 0; ///< of all kinds together

    [[nodiscard]] ROTA_HOST_DEVICE constexpr typical_pod const* begin() const noexcept { return kinds; }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr typical_pod const* end() const noexcept { return kinds + size; }
};

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

/// Fragmentation of the node under the expected pods, times target.weight: an integer, exact.
///
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023, section 4 (F_n(m) and F_n(M)).
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t fragment(node_state const& on,
                                                               target_view target) noexcept {
    auto sum = std::int64_t{0};
    for (auto const& one : target) sum += one.weight * fragment(on, one.need);
    return sum;
}

} // namespace rota::placement

#endif
