// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FRAGMENTATION_DROP_HPP
#define ROTA_PLACEMENT_FRAGMENTATION_DROP_HPP

#include <cstdint>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/target_view.hpp>

namespace rota::placement {

/// By how much each way of placing a pod on a node lowers the node's fragmentation.
struct fragmentation_drops {
    struct way {
        std::int64_t drop;  ///< before minus after, times target.weight; negative where it rises
        std::uint16_t gpus; ///< as a mask
    };
    way ways[cluster::gpus_per_node_max];
    int size = 0;
};

/// A share of one GPU has a way for each GPU it fits on, lowest first; of GPUs with equally much free only the
/// lowest, for they are alike. Any other pod has one way: the tightest GPUs.
///
/// Equal to fragment(on, target) - fragment(with(on, need, gpus), target), but counts each group of kinds
/// once and corrects for the GPU that changes.
/// Expects   fits(on, need).
[[nodiscard]] ROTA_HOST_DEVICE constexpr fragmentation_drops drops(node_state const& on, job::pod const& need,
                                                                   target_view target) noexcept {
    auto found = fragmentation_drops{};
    if (!need.shares() || need.gpus != 1) {
        auto const gpus = tightest(on, need);
        found.ways[found.size++] = {fragment(on, target) - fragment(with(on, need, gpus), target), gpus};
        return found;
    }
    int at[cluster::gpus_per_node_max] = {};
    for (auto g = 0; g != on.gpus; ++g) {
        auto fresh = on.milli[g] >= need.milli;
        for (auto i = 0; fresh && i != found.size; ++i) fresh = on.milli[at[i]] != on.milli[g];
        if (!fresh) continue;
        at[found.size] = g;
        found.ways[found.size++] = {0, static_cast<std::uint16_t>(1u << g)};
    }
    // What is no fragment: weight x free milli on GPUs with enough, of each kind that fits. It falls by that
    // much less than the free milli do.
    auto before = std::int64_t{0};
    auto const cpu_after = on.cpu_milli - need.cpu_milli;
    for (auto const* group = target.begin(); group != target.end(); group += group->steps) {
        if (!group->accepts(on.model)) continue;
        auto const least = int{group->milli};
        auto const room = usable(on, least);
        if (room.count < group->gpus) continue;
        before += weight_within(group, on.cpu_milli) * room.milli;
        auto const weight = weight_within(group, cpu_after);
        if (weight == 0) continue;
        for (auto i = 0; i != found.size; ++i) {
            auto const had = int{on.milli[at[i]]};
            auto const left = had - need.milli;
            auto const lost = had >= least && left < least;
            if (room.count - lost < group->gpus) continue;
            auto const now = room.milli - (had >= least ? had : 0) + (left >= least ? left : 0);
            found.ways[i].drop += weight * now;
        }
    }
    for (auto i = 0; i != found.size; ++i) found.ways[i].drop += target.weight * need.milli - before;
    return found;
}

} // namespace rota::placement

#endif
