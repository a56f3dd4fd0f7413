// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_GPU_CLUSTERING_HPP
#define ROTA_PLACEMENT_GPU_CLUSTERING_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// Nodes whose pods are all of the same size as this one, then mixed nodes that have its size, then empty
/// ones, then the rest; within each the fuller node, measured on a node of eight GPUs.
///
/// A pod without GPUs scores 0 everywhere, and does not make a node mixed.
/// Source    W. Xiao et al., "Gandiva: Introspective Cluster Scheduling for Deep Learning", OSDI 2018, in the
/// form of the baseline of Q. Weng et al., "Beware of Fragmentation", ATC 2023, and its numbers.
struct gpu_clustering {
    static constexpr bool reads_held = true; ///< asks which sizes of pods lie on a node
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (need.gpus == 0) return 0;
        auto const full = 25 * (8000 - free_milli(on)) / 8000;
        auto sizes = 0;
        for (auto const count : on.held) sizes += count != 0;
        if (on.held[static_cast<int>(size_of(need))] != 0) return full + (sizes == 1 ? 75 : 50);
        return full + (sizes == 0 ? 25 : 0);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

static_assert(state_scorer<gpu_clustering>);

} // namespace rota::placement

#endif
