// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FGD_EXACT_HPP
#define ROTA_PLACEMENT_FGD_EXACT_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/fragmentation_drop.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// Fragmentation gradient descent as the paper's text has it: the larger drop in fragmentation is the better
/// node, by however little.
///
/// It packs worse than `fgd`, whose coarse score sends more pods to the same node.
/// Expects   the kinds of the target outlive it.
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023, algorithm 1.
class fgd_exact {
public:
    explicit constexpr fgd_exact(target_view target) noexcept : target_{target} {}

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return best(on, need).drop;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return best(on, need).gpus;
    }

private:
    [[nodiscard]] ROTA_HOST_DEVICE constexpr fragmentation_drops::way
    best(node_state const& on, job::pod const& need) const noexcept {
        auto const found = drops(on, need, target_);
        auto top = found.ways[0];
        for (auto i = 1; i < found.size; ++i)
            if (found.ways[i].drop > top.drop) top = found.ways[i];
        return top;
    }

    target_view target_;
};

static_assert(state_scorer<fgd_exact>);

} // namespace rota::placement

#endif
