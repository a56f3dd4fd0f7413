// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_NODE_FIT_HPP
#define ROTA_PLACEMENT_NODE_FIT_HPP

#include <algorithm>
#include <bit>
#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/mig_fit.hpp>
#include <rota/placement/mig_packing.hpp>

namespace rota::placement {

namespace detail {

// out of line: whole GPUs are most of what is asked for

/// GPUs with share enough, or with room for an instance.
[[nodiscard]] [[gnu::noinline]] inline int room_in_part(job::request const& need,
                                                        cluster::occupancy const& state, node_id n) noexcept {
    if (need.split()) return split_room(need, state, n);
    auto gpus = 0;
    for (auto g = 0; g != state.of(n).gpus; ++g) gpus += state.free_milli(n, g) >= need.milli;
    return gpus;
}
/// The GPUs on which the share leaves least.
[[nodiscard]] [[gnu::noinline]] inline std::uint32_t
pick_in_part(job::request const& need, cluster::occupancy const& state, node_id n, int gpus) noexcept {
    auto mask = std::uint32_t{0};
    for (auto i = 0; i != gpus; ++i) {
        auto best = -1;
        for (auto g = 0; g != state.of(n).gpus; ++g) {
            auto const milli = state.free_milli(n, g);
            if ((mask >> g & 1) == 0 && milli >= need.milli &&
                (best < 0 || milli < state.free_milli(n, best)))
                best = g;
        }
        mask |= 1u << best;
    }
    return mask;
}

} // namespace detail

/// GPUs of the request that an open node could give now: whole ones, or those with share enough; as CPU and
/// memory last.
[[nodiscard]] inline int room(job::request const& need, cluster::occupancy const& state, node_id n) noexcept {
    auto gpus = need.whole() ? state.whole_count(n) : detail::room_in_part(need, state, n);
    if (need.cpu_milli != 0)
        gpus = static_cast<int>(
            std::min<std::uint32_t>(static_cast<std::uint32_t>(gpus), state.cpu_milli(n) / need.cpu_milli));
    if (need.mem_mib != 0)
        gpus = static_cast<int>(
            std::min<std::uint32_t>(static_cast<std::uint32_t>(gpus), state.mem_mib(n) / need.mem_mib));
    return gpus;
}
[[nodiscard]] inline int room(job::request const& need, cluster::ledger const& free, node_id n) noexcept {
    return room(need, free.state(), n);
}

/// The devices that the node gives: whole GPUs from the lowest on, or the GPUs on which the share leaves
/// least; instances on the GPUs of which most is taken.
/// Expects   gpus <= room(need, state, n).
[[nodiscard]] inline cluster::slice pick(job::request const& need, cluster::occupancy const& state, node_id n,
                                         int gpus) noexcept {
    if (need.split()) [[unlikely]]
        return pick_split(mig_packing{}, need, state, n, gpus);
    auto mask = std::uint32_t{0};
    if (need.milli == whole_gpu) {
        mask = state.whole(n);
        for (auto surplus = cluster::gpus_in(static_cast<std::uint16_t>(mask)) - gpus; surplus > 0; --surplus)
            mask &= ~std::bit_floor(mask); // a tight node has little or none
    } else {
        mask = detail::pick_in_part(need, state, n, gpus);
    }
    return {.node = n,
            .gpus = static_cast<std::uint16_t>(mask),
            .milli = need.milli,
            .cpu_milli = need.cpu_milli * static_cast<std::uint32_t>(gpus),
            .mem_mib = need.mem_mib * static_cast<std::uint32_t>(gpus)};
}
[[nodiscard]] inline cluster::slice pick(job::request const& need, cluster::ledger const& free, node_id n,
                                         int gpus) noexcept {
    return pick(need, free.state(), n, gpus);
}

/// Only whole GPUs count: no share, no CPU, no memory. Then node counters alone decide what fits.
[[nodiscard]] constexpr bool plain(job::request const& need) noexcept {
    return need.whole() && need.cpu_milli == 0 && need.mem_mib == 0;
}

/// The fewest nodes that a gang needs on a model: `full` nodes of the largest size, and one with `rest` GPUs,
/// if any.
struct gang_shape {
    std::uint32_t full = 0;
    int each = 0; ///< GPUs on each of the full nodes
    int rest = 0;

    [[nodiscard]] std::uint32_t nodes() const noexcept { return full + (rest != 0); }
};

[[nodiscard]] inline gang_shape compact_shape(int gpus, int largest) noexcept {
    if (gpus <= largest) return {1, gpus, 0};
    return {static_cast<std::uint32_t>(gpus / largest), largest, gpus % largest};
}

} // namespace rota::placement

#endif
