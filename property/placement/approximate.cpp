// SPDX-License-Identifier: BSL-1.0
// What the approximate engines keep, whatever they give up: what lies fits, what is refused fits nowhere, rounds
// end, and at the exact end of their parameters they are `scan`.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/power_of_d.hpp>
#include <rota/placement/relaxed_wave.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/target_workload.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using namespace rota::placement;

static_assert(engine<power_of_d<least_remaining>>);

template <class T>
T one_of(rota::random& draw, std::initializer_list<T> from) {
    return from.begin()[draw.below(from.size())];
}

struct world {
    std::vector<node_state> nodes;
    std::vector<job::pod> requests;
    std::vector<std::uint32_t> queue;
};

world some_world(rota::random& draw) {
    auto made = world{};
    made.nodes.resize(draw.below(20));
    for (auto& on : made.nodes) {
        on.gpus = one_of<std::uint8_t>(draw, {1, 2, 8});
        on.cpu_milli = one_of<std::uint32_t>(draw, {8'000, 64'000});
        on.mem_mib = 65'536;
        for (auto g = 0; g != on.gpus; ++g) on.milli[g] = one_of<std::uint16_t>(draw, {1000, 1000, 0, 540});
    }
    for (auto i = std::uint64_t{0}, kinds = 1 + draw.below(5); i != kinds; ++i) {
        auto need = job::pod{.cpu_milli = one_of<std::uint32_t>(draw, {0, 1'000, 4'000})};
        need.gpus = one_of<std::uint16_t>(draw, {0, 1, 1, 2, 4});
        if (need.gpus != 0)
            need.milli = need.gpus > 1 ? std::uint16_t{1000} : one_of<std::uint16_t>(draw, {250, 460, 1000});
        made.requests.push_back(need);
    }
    made.queue.resize(draw.below(60));
    for (auto& r : made.queue) r = static_cast<std::uint32_t>(draw.below(made.requests.size()));
    return made;
}

/// Where placing one by one, asking every node, puts the queue.
template <class Scorer>
std::vector<std::optional<seat>> one_by_one(world const& in, Scorer const& score) {
    auto nodes = state_table(in.nodes);
    auto by = scan<Scorer>{nodes, score};
    for (auto const& need : in.requests) static_cast<void>(by.add(need));
    auto where = std::vector<std::optional<seat>>{};
    for (auto const r : in.queue) {
        auto const n = by.best(r);
        where.push_back(std::nullopt);
        if (!n) continue;
        where.back() = seat{*n, score.pick(nodes[*n], in.requests[r])};
        nodes.take(*n, in.requests[r], where.back()->gpus);
    }
    return where;
}

/// The answers, in whatever order, fit into the nodes, leave `after`, and who is refused fits nowhere there.
bool sound(world const& in, std::vector<std::optional<seat>> const& where, state_table const& after) {
    auto nodes = state_table(in.nodes);
    for (auto i = std::size_t{0}; i != where.size(); ++i) {
        auto const& need = in.requests[in.queue[i]];
        if (!where[i]) {
            for (auto n = std::uint32_t{0}; n != after.size(); ++n)
                if (after.takes(node_id{n}, need)) return false;
            continue;
        }
        if (!nodes.takes(where[i]->node, need)) return false;
        for (auto g = 0; g != nodes[where[i]->node].gpus; ++g)
            if ((where[i]->gpus >> g & 1u) != 0 && nodes[where[i]->node].milli[g] < need.milli) return false;
        nodes.take(where[i]->node, need, where[i]->gpus);
    }
    return nodes == after;
}

struct seen {
    bool good = true;
    bool as_scan = true;
    bool bounded = true;
    bool repeatable = true;
    int placed = 0;
    int refused = 0;
    int other_node = 0; ///< than one by one
};

template <relax What, class Scorer>
void rounds(world const& in, Scorer const& score, std::uint64_t seed, seen& all) {
    auto draw = rota::random{seed};
    auto const want = one_by_one(in, score);
    auto const place = [&](std::size_t keep, std::size_t pods) {
        auto nodes = state_table(in.nodes);
        auto wave = relaxed_wave<Scorer, What>{nodes, keep, pods, score};
        for (auto const& need : in.requests) static_cast<void>(wave.add(need));
        auto where = wave.place(in.queue);
        all.good = all.good && where.size() == in.queue.size() && sound(in, where, nodes);
        all.bounded = all.bounded && wave.rounds() <= in.queue.size();
        return where;
    };
    all.as_scan = all.as_scan && place(1 + draw.below(5), 1) == want;
    auto const keep = 1 + draw.below(12);
    auto const pods = 1 + draw.below(20);
    auto const got = place(keep, pods);
    all.repeatable = all.repeatable && got == place(keep, pods);
    for (auto i = std::size_t{0}; i != got.size(); ++i) {
        ++(got[i] ? all.placed : all.refused);
        all.other_node += got[i] != want[i];
    }
}

template <class Scorer>
void sampled(world const& in, Scorer const& score, std::uint64_t seed, seen& all) {
    auto const want = one_by_one(in, score);
    auto const place = [&](std::uint32_t d) {
        auto nodes = state_table(in.nodes);
        auto by = power_of_d<Scorer>{nodes, d, seed, score};
        for (auto const& need : in.requests) static_cast<void>(by.add(need));
        auto where = std::vector<std::optional<seat>>{};
        for (auto const r : in.queue) {
            auto const n = by.best(r);
            where.push_back(std::nullopt);
            if (!n) {
                for (auto m = std::uint32_t{0}; m != nodes.size(); ++m)
                    all.good = all.good && !nodes.takes(node_id{m}, in.requests[r]);
                continue;
            }
            where.back() = seat{*n, score.pick(nodes[*n], in.requests[r])};
            nodes.take(*n, in.requests[r], where.back()->gpus);
            by.changed(*n);
        }
        all.good = all.good && sound(in, where, nodes);
        return where;
    };
    all.as_scan = all.as_scan && place(static_cast<std::uint32_t>(in.nodes.size() + 1)) == want;
    auto const got = place(2);
    all.repeatable = all.repeatable && got == place(2);
    for (auto i = std::size_t{0}; i != got.size(); ++i) {
        ++(got[i] ? all.placed : all.refused);
        all.other_node += got[i] != want[i];
    }
}

void say(tally& told, seen const& all, std::string const& name) {
    told.check(all.good, name + ": what lies fits, what is refused fits nowhere");
    told.check(all.as_scan, name + ": at the exact end of its parameter it is scan");
    told.check(all.bounded, name + ": no more rounds than pods");
    told.check(all.repeatable, name + ": the same again");
    told.check(all.placed > 10'000 && all.refused > 5'000 && all.other_node > 1'000,
               name + ": pods were placed and refused, some elsewhere than one by one");
}

/// Two pods that both want the fuller node: one winner a round sends the second elsewhere, stale scores do not.
void by_hand(tally& told) {
    auto fuller = node_state{};
    fuller.gpus = 8;
    for (auto g = 0; g != 8; ++g) fuller.milli[g] = g < 4 ? std::uint16_t{whole_gpu} : std::uint16_t{0};
    auto emptier = fuller;
    emptier.milli[4] = whole_gpu;
    auto const place = [&](auto wave_of) {
        auto nodes = state_table(std::vector{emptier, fuller});
        auto wave = wave_of(nodes);
        auto const one = wave.add({.gpus = 1, .milli = whole_gpu});
        auto const where = wave.place(std::vector{one, one, one});
        return std::vector{index(where[0]->node), index(where[1]->node), index(where[2]->node)};
    };
    told.check(place([](state_table& nodes) {
                   return relaxed_wave<least_remaining, relax::one_winner>{nodes, 2, 3};
               }) == std::vector{1u, 0u, 1u},
               "one winner: the second pod takes its second choice, the third waits for the next round");
    told.check(place([](state_table& nodes) {
                   return relaxed_wave<least_remaining, relax::stale_scores>{nodes, 2, 3};
               }) == std::vector{1u, 1u, 1u},
               "stale scores: all three take the first choice");
}

} // namespace

int main() {
    auto told = tally{};
    by_hand(told);
    auto const kinds = target_workload({{.cpu_milli = 4'000, .gpus = 1, .milli = 460},
                                        {.cpu_milli = 1'000, .gpus = 2, .milli = 1'000},
                                        {.cpu_milli = 16'000}});
    auto winners = seen{};
    auto stale = seen{};
    auto drawn = seen{};
    for (auto seed = std::uint64_t{1}; seed != 1'500; ++seed) {
        auto draw = rota::random{seed};
        auto const in = some_world(draw);
        auto const each = [&](auto const& score) {
            rounds<relax::one_winner>(in, score, seed, winners);
            rounds<relax::stale_scores>(in, score, seed, stale);
            sampled(in, score, seed, drawn);
        };
        if (seed % 2 == 0) each(least_remaining{});
        else each(fgd{kinds.view()});
    }
    say(told, winners, "one winner");
    say(told, stale, "stale scores");
    say(told, drawn, "power of d");
    return told.end();
}
