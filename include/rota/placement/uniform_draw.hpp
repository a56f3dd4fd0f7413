// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_UNIFORM_DRAW_HPP
#define ROTA_PLACEMENT_UNIFORM_DRAW_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>

namespace rota::placement {

/// A node drawn uniformly among those on which the pod fits, and a share's GPU among those with room for it.
///
/// Every arrival draws anew; the same arrival under the same seed draws the same. `random` draws by the state
/// of the cluster instead. No state_scorer: two equal nodes are not alike to it.
/// Source    Random in Q. Weng et al., "Beware of Fragmentation", ATC 2023.
struct uniform_draw {
    std::uint64_t seed = 1;

    /// Which of the feasible nodes, 0 .. feasible - 1. Expects feasible > 0.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint32_t node(std::uint64_t arrival,
                                                                std::uint32_t feasible) const noexcept {
        return static_cast<std::uint32_t>(stream(arrival).below(feasible));
    }
    /// The GPUs as a mask: a drawn one for a share of one GPU, the tightest otherwise. Expects fits(on, need).
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(std::uint64_t arrival, node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (!need.shares() || need.gpus != 1) return tightest(on, need);
        auto draw = stream(arrival);
        static_cast<void>(draw()); // the first one chose the node
        auto left = draw.below(static_cast<std::uint64_t>(gpus_with(on, need.milli)));
        for (auto g = 0; g != on.gpus; ++g)
            if (on.milli[g] >= need.milli && left-- == 0) return static_cast<std::uint16_t>(1u << g);
        return 0;
    }

private:
    [[nodiscard]] ROTA_HOST_DEVICE constexpr rota::random stream(std::uint64_t arrival) const noexcept {
        return rota::random{rota::random{seed}() ^ (arrival * 0xd1342543de82ef95u)};
    }
};

} // namespace rota::placement

#endif
