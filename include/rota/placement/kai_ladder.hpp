// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_KAI_LADDER_HPP
#define ROTA_PLACEMENT_KAI_LADDER_HPP

#include <cstdint>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/tiers.hpp>

namespace rota::placement {

/// What the ladder does with nodes and GPUs in use.
enum class kai_order : std::uint8_t { pack, spread };

/// A share goes where a GPU that is shared already has room for it.
struct kai_gpu_sharing {
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = 1;
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (!need.shares()) return 0;
        for (auto g = 0; g != on.gpus; ++g)
            if (on.milli[g] != whole_gpu && on.milli[g] >= need.milli) return 1;
        return 0;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

/// A pod without GPUs goes to a node without GPUs.
struct kai_resource_type {
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = 1;
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return need.gpus == 0 && on.gpus == 0;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

/// Where little is free, or where a large share is: of GPUs, or of CPU for a pod without GPUs.
template <kai_order Order>
struct kai_node_placement {
    static constexpr std::int64_t least = Order == kai_order::pack ? -(std::int64_t{1} << 32) : 0;
    static constexpr std::int64_t most = Order == kai_order::pack ? 0 : std::int64_t{1} << 32;
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        auto const free = need.gpus == 0 ? std::int64_t{on.cpu_milli} : free_milli(on);
        auto const all = need.gpus == 0 ? std::int64_t{on.cpu_milli_of} : std::int64_t{on.gpus} * whole_gpu;
        if (Order == kai_order::pack) return -free;
        return all == 0 ? 0 : free * (std::int64_t{1} << 31) / all;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

/// The score ladder of KAI-Scheduler for one pod: first GPUs that are shared already, then CPU-only nodes for
/// CPU-only pods, then the fuller nodes, or the emptier ones. Shares go to the GPU with the least free that
/// has room, or with the most.
///
/// Only the tiers that a node's state decides: availability is the filter's, topology and nominated nodes are
/// not asked for. Within the lowest tier KAI scales what is free to 0 .. 9 over the fitting nodes in floating
/// point; that changes no order, so what is free is compared as it is.
/// Source    KAI-Scheduler, plugins gpusharingorder, resourcetype, nodeplacement, gpupack and gpuspread.
template <kai_order Order>
struct kai_ladder : tiers<kai_gpu_sharing, tiers<kai_resource_type, kai_node_placement<Order>>> {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (Order == kai_order::pack || !need.shares()) return tightest(on, need);
        auto mask = 0u;
        for (auto i = 0; i != need.gpus; ++i) {
            auto best = -1;
            for (auto g = 0; g != on.gpus; ++g)
                if ((mask >> g & 1u) == 0 && (best < 0 || on.milli[g] > on.milli[best])) best = g;
            mask |= 1u << best;
        }
        return static_cast<std::uint16_t>(mask);
    }
};

static_assert(state_scorer<kai_ladder<kai_order::pack>> && state_scorer<kai_ladder<kai_order::spread>>);

} // namespace rota::placement

#endif
