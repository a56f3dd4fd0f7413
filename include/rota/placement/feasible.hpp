// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FEASIBLE_HPP
#define ROTA_PLACEMENT_FEASIBLE_HPP

#include <algorithm>
#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/mig_fit.hpp>

namespace rota::placement {

/// An empty cluster with every node up could hold the smallest gang that the request allows.
///
/// Cost      O(nodes) for requests with CPU, memory or a share; for whole GPUs O(models), or O(nodes) for one
/// rack.
[[nodiscard]] inline bool feasible(job::request const& need, cluster::ledger const& on) {
    if (need.gpus_min == 0 || need.gpus_min > need.gpus_max || need.milli == 0 || need.milli > whole_gpu ||
        need.milli_min == 0 || need.milli_min > need.milli)
        return false;
    if (need.split() && (need.milli != cluster::mig_entry_of(need.mig).milli || need.milli_min != need.milli))
        return false;
    auto const wanted = std::int64_t{need.gpus_min};
    auto const& nodes = on.layout().nodes;
    // jobs of a gang share GPUs with others, never with each other: one device a GPU asked for
    auto const room = [&need](cluster::node const& n) {
        auto gpus = std::int64_t{n.gpus};
        if (need.cpu_milli != 0) gpus = std::min<std::int64_t>(gpus, n.cpu_milli / need.cpu_milli);
        if (need.mem_mib != 0) gpus = std::min<std::int64_t>(gpus, n.mem_mib / need.mem_mib);
        return gpus;
    };
    auto const plain = need.cpu_milli == 0 && need.mem_mib == 0;
    for (auto m = 0; m != on.models(); ++m) {
        auto const model = static_cast<gpu_model>(m);
        if (!need.accepts(model) || on.total_gpus(model) < wanted) continue;
        if (need.split() && !can_split(need, on.layout(), model)) continue;
        auto const largest = std::int64_t{on.largest(model)};
        if (plain && need.span == job::span::anywhere) return true;
        if (plain && wanted <= largest) return true;
        if (plain && need.span == job::span::compact && on.uniform(model)) return true;
        if (need.span == job::span::one_node && wanted > largest) continue;
        auto const whole_nodes = wanted / largest;
        auto const rest = wanted % largest;
        auto const& racks = on.racks();
        auto all = std::int64_t{0}; // over the model, for spans that may cross racks
        auto full = std::int64_t{0};
        auto partly = std::int64_t{0};
        for (auto block = racks.first_block(model); block != racks.end_block(model); ++block) {
            if (need.span == job::span::one_rack) all = full = partly = 0;
            for (auto const* n = racks.begin(block); n != racks.end(block); ++n) {
                auto const here = room(nodes[*n]);
                all += here;
                full += here >= largest;
                partly += rest != 0 && here >= rest && here < largest;
            }
            if (need.span == job::span::one_rack && full >= whole_nodes + (rest != 0 && partly == 0))
                return true;
        }
        if (need.span == job::span::anywhere && all >= wanted) return true;
        if (need.span != job::span::one_rack && full >= whole_nodes + (rest != 0 && partly == 0)) return true;
    }
    return false;
}

/// The request with no more GPUs than an empty cluster could hold, and for instances with the models that can be
/// split so.
///
/// Expects   feasible(need, on).
[[nodiscard]] inline job::request largest_feasible(job::request need, cluster::ledger const& on) {
    if (need.split()) // no other model will do
        for (auto m = 0; m != on.models(); ++m)
            if (!can_split(need, on.layout(), static_cast<gpu_model>(m))) need.models &= ~(1u << m);
    auto const holds = [&](std::uint16_t gpus) {
        auto gang = need;
        gang.gpus_min = gang.gpus_max = gpus;
        return feasible(gang, on);
    };
    if (need.gpus_min == need.gpus_max || holds(need.gpus_max)) return need;
    auto least = need.gpus_min; // what can be held, and what cannot
    for (auto beyond = need.gpus_max; beyond - least > 1;) {
        auto const middle = static_cast<std::uint16_t>((least + beyond) / 2);
        (holds(middle) ? least : beyond) = middle;
    }
    need.gpus_max = least;
    return need;
}

/// An empty cluster could hold the whole gang on as few nodes as its size allows. Where it could not, a
/// policy that keeps gangs together must let one lie anywhere that asked for no more: it would wait for ever.
[[nodiscard]] inline bool fits_together(job::request const& need, cluster::ledger const& on) {
    auto whole_gang = need;
    whole_gang.gpus_min = need.gpus_max;
    if (need.span == job::span::anywhere) whole_gang.span = job::span::compact;
    return feasible(whole_gang, on);
}

} // namespace rota::placement

#endif
