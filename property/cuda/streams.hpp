// SPDX-License-Identifier: BSL-1.0
// Streams and waves on which a batch is compared with `scan`, on the host and on a device.
#ifndef ROTA_PROPERTY_CUDA_STREAMS_HPP
#define ROTA_PROPERTY_CUDA_STREAMS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/batch.hpp>
#include <rota/cuda/batch_candidates.hpp>
#include <rota/cuda/question.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/candidates.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_table.hpp>

#include "../placement/worlds.hpp"

namespace streams {

using namespace rota;
using namespace worlds;

/// What happened, so that a test can tell that much did.
struct seen {
    int placed = 0;
    int refused = 0;
    int full = 0;             ///< lists that left nodes out
    std::uint64_t rounds = 0; ///< more than waves
};

struct shaped {
    cuda::grid_shape shape;
    bool backwards; ///< where the host runs the threads one after the other
};

inline shaped some_shape(rota::random& draw) {
    return {{.threads = one_of<unsigned>(draw, {1, 2, 7, 32, 33, 96, 256}),
             .parts = one_of<unsigned>(draw, {1, 1, 2, 3, 13}),
             .tile = one_of<unsigned>(draw, {1, 1, 2, 4})},
            draw.below(2) == 0};
}

struct held {
    std::uint32_t request;
    placement::seat where;
};

/// All nodes that take the pod, best first.
template <class Scorer>
std::vector<placement::candidate> sorted(Scorer const& score, placement::state_table const& nodes,
                                         job::pod const& need) {
    auto all = std::vector<placement::candidate>{};
    for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
        if (auto const key = placement::key_of(score, nodes, node_id{n}, need); key != placement::no_key)
            all.push_back({key, n});
    std::sort(all.begin(), all.end());
    return all;
}

/// Steps of a stream until something is wrong: what, or nothing.
template <class Scorer, class Grid>
std::string stream(world const& in, Scorer const& score, Grid grid, std::uint64_t seed, int steps,
                   seen& all_seen) {
    static_assert(placement::engine<cuda::batch<Grid>>);
    auto draw = rota::random{seed};
    auto nodes = in.table();
    auto by_definition = placement::scan<Scorer>{nodes, score};
    auto engine = cuda::batch<Grid>{nodes, std::move(grid)};
    auto all = std::vector<std::uint32_t>{};
    for (auto const& need : in.requests) {
        all.push_back(engine.add(need));
        if (by_definition.add(need) != all.back()) return "requests are numbered in order";
    }
    auto lie = std::vector<held>{};
    auto changes = std::uint64_t{nodes.size()};
    for (auto step = 0; step != steps; ++step) {
        auto const request = static_cast<std::uint32_t>(draw.below(all.size()));
        auto const what = draw.below(16);
        if (what < 8) {
            auto const want = by_definition.best(request);
            if (engine.best(request) != want) return "step " + std::to_string(step);
            ++(want ? all_seen.placed : all_seen.refused);
            if (!want) continue;
            auto const gpus = score.pick(nodes[*want], in.requests[request]);
            nodes.take(*want, in.requests[request], gpus);
            lie.push_back({request, {*want, gpus}});
            engine.changed(*want);
            ++changes;
        } else if (what < 9) {
            auto const keep = one_of<unsigned>(draw, {1, 2, 8, 40});
            auto const lists = engine.top(all, keep);
            for (auto const r : all) {
                auto want = sorted(score, nodes, in.requests[r]);
                auto const& got = lists[r];
                if (!got.complete) ++all_seen.full;
                if (got.complete ? want.size() >= keep : got.best.size() != keep) return "a list's length";
                want.resize(std::min<std::size_t>(want.size(), keep));
                if (got.best != want) return "a list of step " + std::to_string(step);
            }
        } else if (what < 14 && !lie.empty()) {
            std::swap(lie[draw.below(lie.size())], lie.back());
            auto const [of, where] = lie.back();
            lie.pop_back();
            nodes.give(where.node, in.requests[of], where.gpus);
            engine.changed(where.node);
            ++changes;
        } else if (nodes.size() != 0) {
            auto const n = node_id{static_cast<std::uint32_t>(draw.below(nodes.size()))};
            if (draw.below(4) == 0) nodes.set_predicates(n, draw());
            else nodes.set_open(n, what != 14 || !nodes.open(n));
            engine.changed(n);
            ++changes;
        }
    }
    return engine.uploads() <= changes ? "" : "a node was sent without a change";
}

/// Queues in waves whose lists come from a batch, with releases in between, against the same one by one.
template <class Scorer, class Grid>
std::string waves(world const& in, Scorer const& score, Grid grid, std::uint64_t seed, int steps,
                  seen& all_seen) {
    using candidates = cuda::batch_candidates<Grid>;
    auto draw = rota::random{seed};
    auto nodes = in.table();
    auto slow_nodes = in.table();
    auto const keep = static_cast<unsigned>(1 + draw.below(30));
    auto wave =
        placement::exact_wave<Scorer, candidates>{nodes, score, candidates{nodes, std::move(grid), keep}};
    auto by_definition = placement::scan<Scorer>{slow_nodes, score};
    for (auto const& need : in.requests)
        if (wave.add(need) != by_definition.add(need)) return "requests are numbered in order";
    auto lie = std::vector<held>{};
    for (auto done = 0; done < steps;) {
        auto queue = std::vector<std::uint32_t>(1 + draw.below(24));
        for (auto& r : queue) r = static_cast<std::uint32_t>(draw.below(in.requests.size()));
        done += static_cast<int>(queue.size());
        auto const before = wave.rounds();
        auto const got = wave.place(queue);
        all_seen.rounds += wave.rounds() - before - 1;
        if (queue.size() <= keep && wave.rounds() != before + 1)
            return "a list as long as the queue is enough";
        for (auto i = std::size_t{0}; i != queue.size(); ++i) {
            auto want = std::optional<placement::seat>{};
            if (auto const n = by_definition.best(queue[i])) {
                auto const& need = in.requests[queue[i]];
                want = placement::seat{*n, score.pick(slow_nodes[*n], need)};
                slow_nodes.take(*n, need, want->gpus);
                lie.push_back({queue[i], *want});
            }
            if (got[i] != want) return "a wave's place " + std::to_string(i);
        }
        if (nodes != slow_nodes) return "the table after a wave";
        while (!lie.empty() && draw.below(3) != 0) {
            std::swap(lie[draw.below(lie.size())], lie.back());
            auto const& [of, where] = lie.back();
            nodes.give(where.node, in.requests[of], where.gpus);
            slow_nodes.give(where.node, in.requests[of], where.gpus);
            wave.changed(where.node);
            lie.pop_back();
        }
        if (nodes.size() == 0) continue;
        auto const n = node_id{static_cast<std::uint32_t>(draw.below(nodes.size()))};
        nodes.set_open(n, !nodes.open(n));
        slow_nodes.set_open(n, nodes.open(n));
        wave.changed(n);
    }
    return {};
}

} // namespace streams

#endif
