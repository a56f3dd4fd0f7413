// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_NODE_STATE_HPP
#define ROTA_PLACEMENT_NODE_STATE_HPP

#include <compare>
#include <cstdint>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>

namespace rota::placement {

/// Sizes of pods that GPU clustering keeps apart.
enum class pod_size : std::uint8_t { share, one, two, four, more };
inline constexpr int pod_sizes = 5;

/// Expects   a pod with GPUs.
[[nodiscard]] ROTA_HOST_DEVICE constexpr pod_size size_of(job::pod const& need) noexcept {
    auto const whole = 1 + (need.gpus > 1) + (need.gpus > 2) + (need.gpus > 4); // pods differ: no branches
    return static_cast<pod_size>(need.shares() ? 0 : whole);
}

/// What a node has, what is free of it and which sizes of pods lie on it: all that a node-local scorer may
/// look at.
///
/// A value without pointers, the same on the host and on a device, and one line of a cache. Of `pods` a
/// scorer reads nothing: only the filter does.
struct node_state {
    std::uint32_t cpu_milli = 0;
    std::uint32_t mem_mib = 0;
    std::uint32_t cpu_milli_of = 0; ///< free where nothing lies on it
    std::uint32_t mem_mib_of = 0;
    std::uint16_t milli[cluster::gpus_per_node_max] = {}; ///< free of each GPU; 0 beyond `gpus`
    std::uint16_t held[pod_sizes] = {};                   ///< pods on it, by pod_size
    std::uint16_t pods = 0xffff;                          ///< how many more it takes
    std::uint16_t kind = 0; ///< of hardware: the row of whatever tables a scorer brings
    std::uint8_t gpus = 0;
    gpu_model model{};

    friend auto operator<=>(node_state const&, node_state const&) = default;
    friend bool operator==(node_state const&, node_state const&) = default;
};

static_assert(sizeof(node_state) == 64);

/// The node with nothing on it.
[[nodiscard]] constexpr node_state empty_state(cluster::node const& node) noexcept {
    auto made = node_state{};
    made.cpu_milli = made.cpu_milli_of = node.cpu_milli;
    made.mem_mib = made.mem_mib_of = node.mem_mib;
    made.gpus = node.gpus;
    made.model = node.model;
    for (auto g = 0; g != node.gpus; ++g) made.milli[g] = whole_gpu;
    return made;
}

/// Thousandths that are free of all GPUs together.
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t free_milli(node_state const& on) noexcept {
    auto sum = std::int64_t{0};
    for (auto g = 0; g != on.gpus; ++g) sum += on.milli[g];
    return sum;
}

/// GPUs with at least so much free.
[[nodiscard]] ROTA_HOST_DEVICE constexpr int gpus_with(node_state const& on, int milli) noexcept {
    auto count = 0;
    for (auto g = 0; g != on.gpus; ++g) count += on.milli[g] >= milli;
    return count;
}

/// The node has room for one more pod, and the CPU, the memory, the model and the GPUs of this one free.
[[nodiscard]] ROTA_HOST_DEVICE constexpr bool fits(node_state const& on, job::pod const& need) noexcept {
    if (on.cpu_milli < need.cpu_milli || on.mem_mib < need.mem_mib || !need.accepts(on.model) || on.pods == 0)
        return false;
    return need.gpus == 0 || gpus_with(on, need.milli) >= need.gpus;
}

/// The GPUs of a pod as a mask: those on which a share leaves least, or the lowest free ones.
/// Expects   fits(on, need).
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t tightest(node_state const& on,
                                                                job::pod const& need) noexcept {
    auto mask = 0u;
    for (auto i = 0; i != need.gpus; ++i) {
        auto best = -1;
        for (auto g = 0; g != on.gpus; ++g)
            if ((mask >> g & 1u) == 0 && on.milli[g] >= need.milli &&
                (best < 0 || on.milli[g] < on.milli[best]))
                best = g;
        mask |= 1u << best;
    }
    return static_cast<std::uint16_t>(mask);
}

/// The state with the pod on those GPUs.
/// Expects   fits(on, need), and `need.gpus` GPUs with room for it.
[[nodiscard]] ROTA_HOST_DEVICE constexpr node_state with(node_state on, job::pod const& need,
                                                         std::uint16_t gpus) noexcept {
    on.cpu_milli -= need.cpu_milli;
    on.mem_mib -= need.mem_mib;
    --on.pods;
    for (auto g = 0; g != on.gpus; ++g)
        if ((gpus >> g & 1u) != 0) on.milli[g] = static_cast<std::uint16_t>(on.milli[g] - need.milli);
    if (need.gpus != 0) ++on.held[static_cast<int>(size_of(need))];
    return on;
}

} // namespace rota::placement

#endif
