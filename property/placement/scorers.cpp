// SPDX-License-Identifier: BSL-1.0
// The scorers of allocation, the ladder and variability by hand and by trying; compositions by what they are
// made of.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/allocation.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/requested_to_capacity.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/stretched.hpp>
#include <rota/placement/tiers.hpp>
#include <rota/placement/weighted.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using namespace rota::placement;

job::pod pod(int gpus, int milli, std::uint32_t cpu_milli = 0, std::uint32_t mem_mib = 0) {
    return {.cpu_milli = cpu_milli,
            .mem_mib = mem_mib,
            .gpus = static_cast<std::uint16_t>(gpus),
            .milli = static_cast<std::uint16_t>(milli)};
}

/// Of 100 cores and 1,000 MiB.
node_state node(std::vector<int> const& milli, std::uint32_t cpu_milli = 0, std::uint32_t mem_mib = 0) {
    auto made = node_state{};
    made.cpu_milli = cpu_milli;
    made.mem_mib = mem_mib;
    made.cpu_milli_of = 100'000;
    made.mem_mib_of = 1'000;
    made.gpus = static_cast<std::uint8_t>(milli.size());
    for (auto g = std::size_t{0}; g != milli.size(); ++g)
        made.milli[g] = static_cast<std::uint16_t>(milli[g]);
    return made;
}

template <class T>
T one_of(rota::random& draw, std::initializer_list<T> from) {
    return from.begin()[draw.below(from.size())];
}

node_state some_node(rota::random& draw) {
    auto made = node({}, static_cast<std::uint32_t>(draw.below(100'001)),
                     static_cast<std::uint32_t>(draw.below(1'001)));
    made.gpus = one_of<std::uint8_t>(draw, {0, 1, 4, 8, 8});
    made.kind = static_cast<std::uint16_t>(draw.below(3));
    for (auto g = 0; g != made.gpus; ++g)
        made.milli[g] =
            one_of<std::uint16_t>(draw, {0, 500, 1000, 1000, static_cast<std::uint16_t>(draw.below(1001))});
    if (draw.below(4) == 0) made.mem_mib = made.mem_mib_of = 0;
    return made;
}

job::pod some_pod(rota::random& draw) {
    auto const gpus = one_of(draw, {0, 1, 1, 2, 4});
    return pod(gpus, gpus == 0 ? 0 : one_of(draw, {100, 500, 1000, 1000}),
               one_of<std::uint32_t>(draw, {0, 1'000, 10'000}), one_of<std::uint32_t>(draw, {0, 0, 100}));
}

/// In use of CPU, memory and GPUs afterwards, of those that the node has.
std::vector<double> shares(node_state const& on, job::pod const& need) {
    auto all = std::vector<double>{};
    all.push_back(1.0 - (double{1} * on.cpu_milli - need.cpu_milli) / on.cpu_milli_of);
    if (on.mem_mib_of != 0) all.push_back(1.0 - (double{1} * on.mem_mib - need.mem_mib) / on.mem_mib_of);
    if (on.gpus != 0)
        all.push_back(1.0 - static_cast<double>(free_milli(on) - need.total_milli()) / (1000.0 * on.gpus));
    return all;
}

void allocation_by_hand(tally& told) {
    // afterwards 50 of 100 cores, 600 of 1,000 MiB and 2 of 4 GPUs are in use
    auto const on = node({1000, 1000, 500, 0}, 60'000, 500);
    auto const need = pod(1, 500, 10'000, 100);
    auto const published = resource_weights{{1, 1, 0}};
    told.check(least_allocated{}.score(on, need) == 46, "least allocated: (50 + 40 + 50) / 3");
    told.check(least_allocated{published}.score(on, need) == 45, "least allocated: (50 + 40) / 2");
    told.check(least_allocated{{{0, 0, 5}}}.score(on, need) == 50, "least allocated: GPUs alone");
    told.check(most_allocated{}.score(on, need) == 53, "most allocated: (50 + 60 + 50) / 3");
    told.check(most_allocated{published}.score(on, need) == 55, "most allocated: (50 + 60) / 2");
    told.check(most_allocated{{{1, 3, 0}}}.score(on, need) == 57, "most allocated: (50 + 3 x 60) / 4");
    auto without = on;
    without.mem_mib = without.mem_mib_of = 0;
    told.check(most_allocated{}.score(without, pod(1, 500, 10'000)) == 50,
               "what a node has none of is left out");

    auto shape = requested_to_capacity{};
    told.check(shape.score(on, need) == 53, "requested to capacity: (50 + 60 + 50) / 3 = 53.3");
    shape = {.shape = {{0, 0}, {50, 10}, {100, 0}}, .points = 3};
    told.check(shape.score(on, need) == 93, "a peak at 50: (100 + 80 + 100) / 3 = 93.3");
    shape.weights = {{1, 2, 0}};
    told.check(shape.score(on, need) == 87, "(100 + 2 x 80) / 3 = 86.7, rounded");
    shape = {.shape = {{50, 0}, {100, 10}}, .points = 2};
    told.check(shape.score(on, need) == 20, "scores of 0 are left out of the mean, as published");
    shape.zeros_count = true;
    told.check(shape.score(on, need) == 7, "or counted: 20 / 3 = 6.7");
    told.check(shape.at(0) == 0 && shape.at(75) == 50 && shape.at(100) == 100, "before, between, at the end");
    told.check(requested_to_capacity{.shape = {{20, 3}, {80, 3}}, .points = 2}.at(95) == 30, "after the end");

    told.check(balanced_allocation{}.score(on, need) == 95, "balanced: the deviation of .5 .6 .5 is .047");
    told.check(balanced_allocation{published}.score(on, need) == 95, "balanced: (.6 - .5) / 2 = .05");
    told.check(balanced_allocation{published}.score(node({}, 20'000, 1'000), pod(0, 0, 10'000, 100)) == 60,
               "balanced: (.9 - .1) / 2 = .4");
    told.check(balanced_allocation{}.score(on, pod(0, 0)) == 0, "balanced: nothing asked for, no score");
}

void allocation_in_floating_point(tally& told) {
    auto draw = rota::random{3};
    auto tried = 0;
    auto good = true;
    for (auto i = 0; i != 200'000; ++i) {
        auto const on = some_node(draw);
        auto const need = some_pod(draw);
        if (!fits(on, need)) continue;
        ++tried;
        auto const in_use = shares(on, need);
        auto const n = static_cast<double>(in_use.size());
        auto used = 0.0;
        auto free = 0.0;
        auto mean = 0.0;
        auto squares = 0.0;
        for (auto const share : in_use) {
            used += std::floor(100 * share + 1e-9);
            free += std::floor(100 * (1 - share) + 1e-9);
            mean += share / n;
        }
        for (auto const share : in_use) squares += (share - mean) * (share - mean);
        good = good && most_allocated{}.score(on, need) == static_cast<std::int64_t>(used / n + 1e-9);
        good = good && least_allocated{}.score(on, need) == static_cast<std::int64_t>(free / n + 1e-9);
        auto const balance = 100 * (1 - std::sqrt(squares / n));
        if (std::abs(balance - std::round(balance)) > 1e-3 &&
            (need.cpu_milli | need.mem_mib | need.gpus) != 0)
            good = good && balanced_allocation{}.score(on, need) == static_cast<std::int64_t>(balance);
    }
    told.check(good && tried > 50'000, "allocation is its formula in floating point, wherever that is sure");
}

void ladder(tally& told) {
    auto const pack = kai_ladder<kai_order::pack>{};
    auto const spread = kai_ladder<kai_order::spread>{};
    auto const shared = node({500, 1000, 1000, 1000}, 10'000);
    auto const idle = node({1000}, 10'000);
    auto const share = pod(1, 300);
    told.check(pack.score(shared, share) > pack.score(idle, share), "a shared GPU before a fuller node");
    told.check(pack.score(shared, pod(1, 600)) < pack.score(idle, pod(1, 600)),
               "unless it has no room: then the fuller node");
    told.check(pack.score(shared, pod(1, 1000)) < pack.score(idle, pod(1, 1000)), "nor for a whole GPU");
    auto const no_gpus = node({}, 90'000);
    told.check(pack.score(no_gpus, pod(0, 0, 1'000)) > pack.score(idle, pod(0, 0, 1'000)),
               "a pod without GPUs: a node without, though emptier");
    told.check(pack.score(node({}, 8'000), pod(0, 0, 1)) > pack.score(no_gpus, pod(0, 0, 1)),
               "and of those the fuller");
    auto const most = node({1000, 1000, 1000, 0});
    auto const half = node({1000, 1000, 1000, 1000, 1000, 0, 0, 0});
    told.check(pack.score(most, pod(2, 1000)) > pack.score(half, pod(2, 1000)), "pack: 3 free before 5 free");
    told.check(spread.score(most, pod(2, 1000)) > spread.score(half, pod(2, 1000)),
               "spread: 3 of 4 before 5 of 8");
    told.check(spread.score(node({}, 0), pod(0, 0)) < spread.score(no_gpus, pod(0, 0)), "spread of CPU");
    auto const three = node({500, 1000, 800});
    told.check(pack.pick(three, share) == 1 && spread.pick(three, share) == 2,
               "a share: pack the fullest GPU, spread the emptiest");
    told.check(spread.pick(node({0, 1000, 800, 1000}), pod(2, 700)) == 0b1010, "spread of two shares");
    told.check(spread.pick(node({0, 1000, 1000}), pod(1, 1000)) == 2, "whole GPUs from the lowest");
}

void variability(tally& told) {
    auto draw = rota::random{5};
    auto table = std::vector<std::uint16_t>(3u * 2 * cluster::gpus_per_node_max);
    for (auto& milli : table) milli = static_cast<std::uint16_t>(900 + 10 * draw.below(8));
    auto const set = [&](int kind, int of_class, std::initializer_list<std::uint16_t> milli) {
        std::copy(milli.begin(), milli.end(),
                  table.begin() + (kind * 2 + of_class) * cluster::gpus_per_node_max);
    };
    set(0, 0, {1000, 1200, 900, 1500});
    set(1, 0, {1100, 1100, 1100, 1100});
    set(1, 1, {2000, 2000, 950, 2000});
    auto const sensitive = pal{{table.data(), 2}, 0};
    auto one = node({1000, 1000, 0, 1000});
    told.check(sensitive.score(one, pod(2, 1000)) == -1200, "the slowest of the two fastest free ones");
    told.check(sensitive.pick(one, pod(2, 1000)) == 0b0011, "which are the first two");
    told.check(sensitive.score(one, pod(0, 0)) == 0, "no GPU, no pace");
    auto other = one;
    other.kind = 1;
    told.check(sensitive.score(other, pod(2, 1000)) == -1100, "other hardware, other paces");
    told.check(sensitive.score(other, pod(1, 1000)) < sensitive.score(one, pod(1, 1000)),
               "one GPU: 1100 is behind 1000");
    other.milli[2] = 500;
    told.check(pal{{table.data(), 2}, 1}.pick(other, pod(1, 400)) == 0b0100, "a share on the fastest GPU");

    auto good = true;
    auto tried = 0;
    for (auto i = 0; i != 20'000; ++i) {
        auto const on = some_node(draw);
        auto const need = some_pod(draw);
        auto const of_class = static_cast<int>(draw.below(2));
        if (!fits(on, need) || need.gpus == 0) continue;
        ++tried;
        auto const score = pal{{table.data(), 2}, of_class};
        auto const pace = [&](std::uint32_t mask) { // of the slowest, of all sets that have room
            auto slowest = 0;
            for (auto g = 0; g != on.gpus; ++g) {
                if ((mask >> g & 1u) == 0) continue;
                if (on.milli[g] < need.milli) return std::numeric_limits<int>::max();
                slowest = std::max<int>(slowest,
                                        table[static_cast<std::size_t>((on.kind * 2 + of_class) * 16 + g)]);
            }
            return slowest;
        };
        auto best = std::numeric_limits<int>::max();
        for (auto mask = 1u; mask != 1u << on.gpus; ++mask)
            if (cluster::gpus_in(static_cast<std::uint16_t>(mask)) == need.gpus)
                best = std::min(best, pace(mask));
        good = good && score.score(on, need) == -best && pace(score.pick(on, need)) == best &&
               cluster::gpus_in(score.pick(on, need)) == need.gpus;
    }
    told.check(good && tried > 5'000, "no other set of GPUs has a faster slowest one");
}

/// Scores that tiers cannot hold back: within its bounds, at both ends.
template <std::int64_t Low, std::int64_t High>
struct of_cpu {
    static constexpr std::int64_t least = Low;
    static constexpr std::int64_t most = High;
    std::uint32_t node_state::* what = &node_state::cpu_milli;
    [[nodiscard]] std::int64_t score(node_state const& on, job::pod const&) const noexcept {
        return Low + on.*what % (High - Low + 1);
    }
    [[nodiscard]] std::uint16_t pick(node_state const& on, job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

void compositions(tally& told) {
    auto const on = node({1000, 1000, 500, 0}, 60'000, 500);
    auto const need = pod(1, 500, 10'000, 100);
    using sum = weighted<least_allocated, 2, balanced_allocation, 1>;
    static_assert(state_scorer<sum> && !row_scorer<sum> && locality_of<sum>() == locality::node);
    told.check(sum{}.score(on, need) == 2 * 46 + 95, "a weighted sum");
    told.check(weighted<sum, 1, most_allocated, -1>{}.score(on, need) == 2 * 46 + 95 - 53, "a sum of sums");
    using emptiest = kai_ladder<kai_order::spread>;
    told.check(weighted<emptiest, 1, least_allocated, 1>{}.pick(on, need) == 1 &&
                   weighted<least_allocated, 1, emptiest, 1>{}.pick(on, need) == 4,
               "the first one picks");

    using high = of_cpu<-3, 4>;
    using low = of_cpu<7, 11>;
    auto draw = rota::random{9};
    auto good = true;
    for (auto i = 0; i != 2'000; ++i) {
        auto a = on;
        auto b = on;
        for (auto* one : {&a, &b}) {
            one->cpu_milli = static_cast<std::uint32_t>(draw.below(8));
            one->mem_mib = static_cast<std::uint32_t>(draw.below(5));
            one->cpu_milli_of = static_cast<std::uint32_t>(draw.below(5));
        }
        auto const first = high{};
        auto const second = low{&node_state::mem_mib};
        auto const third = low{&node_state::cpu_milli_of};
        auto const both = tiers{first, tiers{second, third}};
        auto const key = [&](node_state const& of) {
            return std::vector{first.score(of, need), second.score(of, need), third.score(of, need)};
        };
        good = good && (key(a) < key(b)) == (both.score(a, need) < both.score(b, need)) &&
               both.score(a, need) >= both.least && both.score(a, need) <= both.most;
    }
    told.check(good, "tiers compare one after the other");

    static_assert(locality_of<stretched<least_remaining>>() == locality::row);
    static_assert(locality_of<tiers<stretched<least_remaining>, least_allocated>>() == locality::row);
    static_assert(locality_of<weighted<least_allocated, 1, stretched<least_remaining>, 1>>() ==
                  locality::row);
    static_assert(reads_held<weighted<least_allocated, 1, gpu_clustering, 1>>() && !reads_held<sum>());
    static_assert(reads_kind<weighted<pal, 1, gpu_clustering, 1>>() && !reads_kind<sum>());
}

/// A scan that normalises each part over the feasible nodes, in two loops.
void rows(tally& told) {
    using part = stretched<least_remaining, 100>;
    using other = stretched<least_aligned, 30>;
    auto draw = rota::random{13};
    auto same = true;
    auto as_alone = true;
    auto placed = 0;
    for (auto i = 0; i != 3'000; ++i) {
        auto states = std::vector<node_state>(draw.below(7));
        for (auto& one : states) one = some_node(draw);
        auto nodes = state_table(states);
        if (!states.empty() && draw.below(3) == 0)
            nodes.set_open(node_id{static_cast<std::uint32_t>(draw.below(states.size()))}, false);
        auto const need = some_pod(draw);
        auto low = std::vector<std::int64_t>(2, std::numeric_limits<std::int64_t>::max());
        auto high = std::vector<std::int64_t>(2, std::numeric_limits<std::int64_t>::min());
        auto const raw = [&](std::uint32_t n) {
            return std::vector{least_remaining{}.score(states[n], need),
                               least_aligned{}.score(states[n], need)};
        };
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
            if (nodes.takes(node_id{n}, need))
                for (auto p = std::size_t{0}; p != 2; ++p) {
                    low[p] = std::min(low[p], raw(n)[p]);
                    high[p] = std::max(high[p], raw(n)[p]);
                }
        auto const share = [&](std::uint32_t n, std::size_t p, std::int64_t top) {
            return high[p] == low[p] ? 0 : (raw(n)[p] - low[p]) * top / (high[p] - low[p]);
        };
        auto want = std::optional<node_id>{};
        auto best = std::int64_t{0};
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) {
            if (!nodes.takes(node_id{n}, need)) continue;
            auto const here = share(n, 0, 100) + 2 * share(n, 1, 30);
            if (want && here <= best) continue;
            want = node_id{n};
            best = here;
        }
        auto by_sum = scan<weighted<part, 1, other, 2>>{nodes};
        same = same && by_sum.best(by_sum.add(need)) == want;
        auto alone = scan<least_remaining>{nodes};
        auto stretched_alone = scan<part>{nodes};
        as_alone = as_alone && alone.best(alone.add(need)) == stretched_alone.best(stretched_alone.add(need));
        placed += want.has_value();
    }
    told.check(same && placed > 1'000, "a sum of stretched scores is that of two loops");
    told.check(as_alone, "stretching alone changes no choice");
}

} // namespace

int main() {
    auto told = tally{};
    allocation_by_hand(told);
    allocation_in_floating_point(told);
    ladder(told);
    variability(told);
    compositions(told);
    rows(told);
    return told.end();
}
