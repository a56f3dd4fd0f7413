// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_PAL_HPP
#define ROTA_PLACEMENT_PAL_HPP

#include <cstdint>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// How slow each GPU is for each class of jobs, in thousandths of the median one.
///
/// Shape     [kinds][classes][gpus_per_node_max], where `kind` is that of a node's state.
struct variability_view {
    std::uint16_t const* milli = nullptr;
    std::uint16_t classes = 1;

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t of(int kind, int of_class,
                                                              int gpu) const noexcept {
        return milli[(kind * classes + of_class) * cluster::gpus_per_node_max + gpu];
    }
};

/// The node whose slowest GPU among those that the pod would get is the least slow; there the fastest GPUs.
///
/// Jobs of one class; an engine for each class, the most sensitive asked first, as a job runs at the pace of
/// its slowest GPU. Ties go to the lowest GPU.
/// Expects   a table that outlives it, with a row for each kind of the nodes.
/// Source    R. Jain et al., "PAL: A Variability-Aware Policy for Scheduling ML Workloads in GPU Clusters",
/// SC 2024: the column of the locality-variability matrix for one node. Differs: a pod lies on one node, so
/// the penalty of crossing nodes takes no part.
class pal {
public:
    static constexpr bool reads_kind = true;
    static constexpr std::int64_t least = -0xffff;
    static constexpr std::int64_t most = 0;

    explicit constexpr pal(variability_view table, int of_class = 0) noexcept
        : table_{table}, class_{of_class} {}

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return -fastest(on, need).slowest;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return fastest(on, need).gpus;
    }

private:
    struct choice {
        std::int64_t slowest;
        std::uint16_t gpus;
    };
    [[nodiscard]] ROTA_HOST_DEVICE constexpr choice fastest(node_state const& on,
                                                            job::pod const& need) const noexcept {
        auto mask = 0u;
        auto slowest = std::int64_t{0};
        for (auto i = 0; i != need.gpus; ++i) {
            auto best = -1;
            for (auto g = 0; g != on.gpus; ++g)
                if ((mask >> g & 1u) == 0 && on.milli[g] >= need.milli &&
                    (best < 0 || table_.of(on.kind, class_, g) < table_.of(on.kind, class_, best)))
                    best = g;
            mask |= 1u << best;
            slowest = table_.of(on.kind, class_, best); // ascending
        }
        return {slowest, static_cast<std::uint16_t>(mask)};
    }

    variability_view table_;
    int class_;
};

static_assert(state_scorer<pal>);

} // namespace rota::placement

#endif
