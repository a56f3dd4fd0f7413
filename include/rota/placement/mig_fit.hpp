// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_FIT_HPP
#define ROTA_PLACEMENT_MIG_FIT_HPP

#include <algorithm>
#include <bit>
#include <cstdint>
#include <tuple>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/mig_scorer.hpp>
#include <rota/placement/mig_table.hpp>

namespace rota::placement {

/// A request for instances of a size, so many, each on a GPU of its own.
/// Expects   a size of cluster::mig_sizes.
[[nodiscard]] constexpr job::request instances(mig_size size, int count = 1) noexcept {
    auto asked = job::gang(count);
    asked.mig = size;
    asked.milli = asked.milli_min = cluster::mig_entry_of(size).milli;
    return asked;
}

/// The GPUs of the node can be split into what the request asks for.
[[nodiscard]] inline bool can_split(job::request const& need, cluster::spec const& on,
                                    gpu_model model) noexcept {
    auto const kind = cluster::mig_entry_of(need.mig).kind;
    return kind != cluster::mig_kind::none && on.mig_of(model) == kind;
}

/// GPUs of the node on which an instance of the request may begin, at the start at which there are most: the
/// instances of a slice begin alike.
[[nodiscard]] [[gnu::noinline]] inline int split_room(job::request const& need,
                                                      cluster::occupancy const& state, node_id n) noexcept {
    auto most = 0;
    if (!can_split(need, state.layout(), state.of(n).model)) return most;
    for (auto start = 0; start != cluster::mig_slices_max; ++start)
        if (auto const slices = cluster::mig_mask(need.mig, start); slices != 0)
            most = std::max(most, cluster::gpus_in(state.with_slices(n, slices)));
    return most;
}

/// Where the instances of a request lie on a node: on which GPUs, and at which memory slice of each.
struct mig_seat {
    std::int64_t score = 0; ///< of all its GPUs together
    std::uint16_t gpus = 0;
    std::uint8_t start = 0;
};

/// The GPUs of the highest score, ties to the lower GPU, then to the start that leaves least fragmentation, then to
/// the higher start: slice 0, where the large sizes must begin, is given away last.
///
/// Cost      a score for each start and GPU of the node.
/// Expects   gpus <= split_room(need, state, n), and gpus > 0.
template <mig_scorer Scorer>
[[nodiscard]] [[gnu::noinline]] mig_seat seat_of(Scorer const& score, job::request const& need,
                                                 cluster::occupancy const& state, node_id n,
                                                 int gpus) noexcept {
    auto const& table = mig_table_of(cluster::mig_entry_of(need.mig).kind);
    auto best = mig_seat{};
    auto least = std::int64_t{0};
    for (auto start = 0; start != cluster::mig_slices_max; ++start) {
        auto const slices = unsigned{cluster::mig_mask(need.mig, start)};
        if (slices == 0) continue;
        auto left = unsigned{state.with_slices(n, static_cast<std::uint8_t>(slices))};
        if (cluster::gpus_in(static_cast<std::uint16_t>(left)) < gpus) continue;
        auto here = mig_seat{.start = static_cast<std::uint8_t>(start)};
        auto fragments = std::int64_t{0};
        for (auto i = 0; i != gpus; ++i) {
            auto which = 0u;
            auto high = std::int64_t{0};
            for (auto rest = left; rest != 0; rest &= rest - 1) {
                auto const taken = unsigned{state.taken_slices(n, std::countr_zero(rest))};
                auto const value = score(table, taken, taken | slices);
                if (which != 0 && value <= high) continue;
                which = rest & (0u - rest);
                high = value;
            }
            left &= ~which;
            here.gpus = static_cast<std::uint16_t>(here.gpus | which);
            here.score += high;
            auto const taken = unsigned{state.taken_slices(n, std::countr_zero(which))};
            fragments += table.fragmentation(taken | slices) - table.fragmentation(taken);
        }
        auto const better = std::tuple{here.score, -int{here.gpus}, -fragments};
        if (best.gpus != 0 && better < std::tuple{best.score, -int{best.gpus}, -least}) continue;
        best = here;
        least = fragments;
    }
    return best;
}

/// The devices that the node gives for so many instances.
/// Expects   gpus <= split_room(need, state, n), as CPU and memory allow.
template <mig_scorer Scorer>
[[nodiscard]] [[gnu::noinline]] cluster::slice // out of line, as all that whole GPUs have no use for
pick_split(Scorer const& score, job::request const& need, cluster::occupancy const& state, node_id n,
           int gpus) noexcept {
    auto const seat = seat_of(score, need, state, n, gpus);
    return {.node = n,
            .gpus = seat.gpus,
            .milli = cluster::instance_milli(need.mig, seat.start),
            .cpu_milli = need.cpu_milli * static_cast<std::uint32_t>(gpus),
            .mem_mib = need.mem_mib * static_cast<std::uint32_t>(gpus)};
}

} // namespace rota::placement

#endif
