// SPDX-License-Identifier: BSL-1.0
// Queues of gangs over random trees on which a batch is compared with gang_planner, on the host and on a device.
#ifndef ROTA_PROPERTY_CUDA_GANG_STREAMS_HPP
#define ROTA_PROPERTY_CUDA_GANG_STREAMS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/gang_batch.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/topology_gang.hpp>

namespace gang_streams {

using namespace rota;

/// What happened, so that a test can tell that much did.
struct seen {
    int on_one_node = 0;
    int on_many = 0;
    int busy = 0;
    int infeasible = 0;
};

/// A number from `from` to `to`.
inline std::uint32_t between(rota::random& draw, std::uint32_t from, std::uint32_t to) {
    return from + static_cast<std::uint32_t>(draw.below(to - from + 1));
}

/// A cluster of two models under some levels of domains, in an order of nodes that is not that of the domains.
struct scene {
    cluster::spec cluster;
    std::vector<std::vector<std::uint32_t>> of; ///< [levels x nodes]

    scene(rota::random& draw, std::uint32_t nodes) : of(between(draw, 0, 3)) {
        cluster.models = {"a", "b"};
        auto const full = draw.below(2) == 0; // all nodes of a size
        auto const fanout = between(draw, 2, 20);
        for (auto n = std::uint32_t{0}; n != nodes; ++n) {
            cluster.nodes.push_back({.gpus = static_cast<std::uint8_t>(full ? 8 : between(draw, 1, 8)),
                                     .model = gpu_model{static_cast<std::uint8_t>(draw.below(5) == 0)},
                                     .cpu_milli = 8'000,
                                     .mem_mib = 8'192,
                                     .rack = {},
                                     .spine = {}});
            auto domain = static_cast<std::uint32_t>(draw.below(nodes / fanout + 1));
            for (auto& level : of) {
                level.push_back(domain);
                domain /= fanout;
            }
        }
    }
    [[nodiscard]] cluster::domain_tree tree() const {
        return {static_cast<std::uint32_t>(cluster.nodes.size()), of};
    }
};

inline placement::topology_gang some_gang(rota::random& draw, std::uint32_t nodes, std::uint32_t top) {
    auto made = placement::pods_of(0, static_cast<int>(between(draw, 1, draw.below(2) == 0 ? 8 : 2)));
    made.slice = draw.below(3) == 0 ? between(draw, 2, 3) : 1;
    made.slice_level = made.slice == 1 ? 0 : between(draw, 0, top);
    auto const most = draw.below(2) == 0 ? 4 : std::clamp(nodes / 3, 4u, 30u);
    auto& kind = made.kinds.front();
    kind.count = kind.least = made.slice * between(draw, 1, most / made.slice);
    if (draw.below(3) != 0) made.required = between(draw, 0, top);
    made.preferred = between(draw, 0, std::min(made.required, top));
    if (draw.below(3) == 0) kind.each.models = between(draw, 1, 3);
    if (draw.below(3) == 0) kind.each.cpu_milli = between(draw, 500, 3'000);
    if (draw.below(3) == 0) kind.each.mem_mib = between(draw, 500, 3'000);
    return made;
}

inline bool same(placement::outcome const& a, placement::outcome const& b) {
    if (static_cast<bool>(a) != static_cast<bool>(b)) return false;
    return a ? *a == *b : a.why() == b.why();
}

/// Queues with releases, shares and closings in between until something is wrong: what, or nothing.
template <class Grid>
std::string stream(rota::random& draw, std::uint32_t nodes, Grid grid, int queues, seen& all_seen) {
    auto const in = scene{draw, nodes};
    auto const tree = in.tree();
    auto free = cluster::ledger{in.cluster};
    auto slow_free = cluster::ledger{in.cluster};
    auto engine = cuda::gang_batch<Grid>{tree, free, std::move(grid)};
    auto const by_definition = placement::gang_planner<>{tree};
    auto gangs = std::vector<placement::topology_gang>{};
    auto held = std::vector<cluster::placement>{};
    for (auto turn = 0; turn != queues; ++turn) {
        for (auto more = draw.below(turn == 0 ? 8 : 3); more != 0; --more) {
            gangs.push_back(some_gang(draw, nodes, tree.top()));
            if (engine.add(gangs.back()) + 1 != gangs.size()) return "gangs are numbered in order";
        }
        auto queue = std::vector<std::uint32_t>(gangs.empty() ? 0 : draw.below(12));
        for (auto& g : queue) g = static_cast<std::uint32_t>(draw.below(gangs.size()));
        auto const got = engine.place(queue);
        if (got.size() != queue.size()) return "an answer for each gang";
        for (auto i = std::size_t{0}; i != queue.size(); ++i) {
            auto const want = by_definition.place(gangs[queue[i]], slow_free);
            if (!same(got[i], want))
                return "queue " + std::to_string(turn) + ", gang " + std::to_string(i) + " of it";
            if (!want) {
                ++(want.why() == placement::refusal::busy ? all_seen.busy : all_seen.infeasible);
                continue;
            }
            ++(want->size() == 1 ? all_seen.on_one_node : all_seen.on_many);
            slow_free.take(*want);
            held.push_back(*want);
        }
        if (!(free.state() == slow_free.state())) return "the ledger after queue " + std::to_string(turn);
        while (!held.empty() && draw.below(3) != 0) {
            std::swap(held[draw.below(held.size())], held.back());
            for (auto* ledger : {&free, &slow_free}) ledger->give(held.back());
            for (auto const& part : held.back()) engine.changed(part.node);
            held.pop_back();
        }
        auto const n = node_id{static_cast<std::uint32_t>(draw.below(nodes))};
        auto const part = cluster::slice{.node = n, .gpus = 1, .milli = 300, .cpu_milli = 700}; // no gang's
        if (draw.below(2) == 0 && free.state().fits(part)) {
            for (auto* ledger : {&free, &slow_free}) ledger->take(cluster::placement{part});
            held.push_back(cluster::placement{part});
        } else {
            for (auto* ledger : {&free, &slow_free}) ledger->set_open(n, !ledger->open(n));
        }
        engine.changed(n);
    }
    return {};
}

} // namespace gang_streams

#endif
