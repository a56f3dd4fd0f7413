// SPDX-License-Identifier: BSL-1.0
// Every engine finds the node that `scan` finds, on random clusters and streams of takes, releases, closings
// and openings; waves leave the same table behind as placing one by one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/automatic.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/count_order.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/requested_to_capacity.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/score_cache.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/sum_scorer.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tiers.hpp>
#include <rota/placement/weighted.hpp>

#include "../cases.hpp"
#include "../tally.hpp"
#include "worlds.hpp"

namespace {

using namespace rota;
using namespace worlds;

auto told = tally{};
auto cases = 0; ///< streams and sequences of waves
auto placed = 0;
auto refused = 0;

void check(bool good, std::string_view what) { told.check(good, what); }

/// Sums that need 64 bits, and some below 0.
struct far_apart {
    [[nodiscard]] std::int64_t score(placement::node_state const& on, job::pod const& need) const noexcept {
        return -weights(need).sum(on);
    }
    [[nodiscard]] std::uint16_t pick(placement::node_state const& on, job::pod const& need) const noexcept {
        return placement::tightest(on, need);
    }
    [[nodiscard]] placement::free_weights weights(job::pod const& need) const noexcept {
        return {
            .cpu_milli = (std::int64_t{1} << 31) + need.cpu_milli, .gpu_milli = -77'777, .whole_gpus = -3};
    }
    [[nodiscard]] std::int64_t limit(std::int64_t sum, job::pod const&) const noexcept { return sum; }
};

/// One score for every 25 of a sum that is not above 0.
struct coarse {
    [[nodiscard]] std::int64_t score(placement::node_state const& on, job::pod const& need) const noexcept {
        return -step(weights(need).sum(on));
    }
    [[nodiscard]] std::uint16_t pick(placement::node_state const& on, job::pod const& need) const noexcept {
        return placement::tightest(on, need);
    }
    [[nodiscard]] placement::free_weights weights(job::pod const&) const noexcept {
        return {.whole_gpus = -10};
    }
    [[nodiscard]] std::int64_t limit(std::int64_t sum, job::pod const&) const noexcept {
        return 25 * step(sum) + 24;
    }

private:
    static std::int64_t step(std::int64_t sum) noexcept { return sum / 25 - (sum % 25 < 0); }
};

/// One score for all sums.
struct level : coarse {
    [[nodiscard]] std::int64_t score(placement::node_state const&, job::pod const&) const noexcept {
        return 5;
    }
    [[nodiscard]] std::int64_t limit(std::int64_t, job::pod const&) const noexcept { return INT64_MAX; }
};

/// limit() is where the score changes, as far as CPU alone can tell.
template <placement::sum_scorer Scorer>
void limits(Scorer const& score, std::string const& name) {
    auto draw = rota::random{1};
    auto good = true;
    for (auto i = 0; i != 20'000; ++i) {
        auto const need = job::pod{.cpu_milli = one_of<std::uint32_t>(draw, {1, 20, 64, 4'000})};
        auto on = placement::node_state{};
        on.cpu_milli =
            static_cast<std::uint32_t>(need.cpu_milli + draw.below(i % 2 == 0 ? 400'000 : 0x7f000000));
        auto const here = score.score(on, need);
        auto const each = score.weights(need).cpu_milli;
        auto const last = score.limit(score.weights(need).sum(on), need) / each;
        if (last >= INT32_MAX) continue;
        on.cpu_milli = static_cast<std::uint32_t>(last);
        good = good && score.score(on, need) == here;
        on.cpu_milli = static_cast<std::uint32_t>(last + 1);
        good = good && score.score(on, need) < here;
    }
    check(good, "limits of " + name);
}

struct held {
    std::uint32_t request;
    placement::seat where;
};

/// An engine, whatever its type: streams are compiled once instead of once a scorer and engine.
struct any_engine {
    virtual ~any_engine() = default;
    virtual std::uint32_t add(job::pod const& need) = 0;
    virtual std::optional<node_id> best(std::uint32_t request) = 0;
    virtual void changed(node_id n) = 0;
    /// The GPUs it would take there, of those that say so.
    virtual std::optional<std::uint16_t> pick(std::uint32_t request, node_id n) = 0;
};
template <placement::engine Engine>
struct behind final : any_engine {
    template <class Scorer>
    behind(placement::state_table const& nodes, Scorer const& score) : engine{nodes, score} {}
    std::uint32_t add(job::pod const& need) override { return engine.add(need); }
    std::optional<node_id> best(std::uint32_t request) override { return engine.best(request); }
    void changed(node_id n) override { engine.changed(n); }
    std::optional<std::uint16_t> pick([[maybe_unused]] std::uint32_t request,
                                      [[maybe_unused]] node_id n) override {
        if constexpr (requires { engine.pick(request, n); }) return engine.pick(request, n);
        else return {};
    }
    Engine engine;
};
using picker = std::function<std::uint16_t(placement::node_state const&, job::pod const&)>;

/// Steps of a stream until something is wrong: which engine, or nothing.
std::string steps_of(world const& in, placement::state_table& nodes, any_engine& by_definition,
                     std::vector<any_engine*> const& engines, picker const& pick, std::uint64_t seed,
                     int steps) {
    auto draw = rota::random{seed};
    auto known = std::uint32_t{0};
    auto const learn = [&] { // requests become known one after the other
        auto good = by_definition.add(in.requests[known]) == known;
        for (auto* const one : engines) good = good && one->add(in.requests[known]) == known;
        ++known;
        return good;
    };
    if (!learn()) return "requests are numbered in order";
    auto const touch = [&](node_id n) {
        for (auto* const one : engines) one->changed(n);
    };
    auto lie = std::vector<held>{};
    for (auto step = 0; step != steps; ++step) {
        if (known != in.requests.size() && draw.below(3) == 0 && !learn())
            return "requests are numbered in order";
        auto const request = static_cast<std::uint32_t>(draw.below(known));
        auto const what = draw.below(16);
        if (what < 9) {
            auto const want = by_definition.best(request);
            for (auto* const one : engines)
                if (one->best(request) != want) return "step " + std::to_string(step);
            ++(want ? placed : refused);
            if (!want) continue;
            auto const gpus = pick(nodes[*want], in.requests[request]);
            for (auto* const one : engines)
                if (one->pick(request, *want).value_or(gpus) != gpus)
                    return "GPUs of step " + std::to_string(step);
            nodes.take(*want, in.requests[request], gpus);
            lie.push_back({request, {*want, gpus}});
            touch(*want);
        } else if (what < 14 && !lie.empty()) {
            std::swap(lie[draw.below(lie.size())], lie.back());
            auto const [of, where] = lie.back();
            lie.pop_back();
            nodes.give(where.node, in.requests[of], where.gpus);
            touch(where.node);
        } else if (nodes.size() != 0) {
            auto const n = node_id{static_cast<std::uint32_t>(draw.below(nodes.size()))};
            if (draw.below(4) == 0) nodes.set_predicates(n, draw());
            else nodes.set_open(n, what != 14 || !nodes.open(n));
            touch(n);
        }
    }
    for (auto r = std::uint32_t{0}; r != known; ++r)
        for (auto* const one : engines)
            if (one->best(r) != by_definition.best(r)) return "at the end";
    return {};
}
template <class Scorer, class... Engines>
std::string stream(world const& in, Scorer const& score, std::uint64_t seed, int steps) {
    auto nodes = in.table();
    auto by_definition = behind<placement::scan<Scorer>>{nodes, score};
    auto engines = std::tuple<behind<Engines>...>{behind<Engines>{nodes, score}...};
    return std::apply(
        [&](auto&... one) {
            auto const pick = [&score](auto const& on, auto const& need) { return score.pick(on, need); };
            return steps_of(in, nodes, by_definition, {&one...}, pick, seed, steps);
        },
        engines);
}

/// Queues in waves, with releases in between, against the same one by one.
template <class Scorer>
std::string waves(world const& in, Scorer const& score, std::uint64_t seed, int steps) {
    auto draw = rota::random{seed};
    auto nodes = in.table();
    auto slow_nodes = in.table();
    auto wave = placement::exact_wave<Scorer>{nodes, score, 1 + draw.below(12)};
    auto by_definition = placement::scan<Scorer>{slow_nodes, score};
    for (auto const& need : in.requests)
        if (wave.add(need) != by_definition.add(need)) return "requests are numbered in order";
    auto lie = std::vector<held>{};
    for (auto done = 0; done < steps;) {
        auto queue = std::vector<std::uint32_t>(1 + draw.below(24));
        for (auto& r : queue) r = static_cast<std::uint32_t>(draw.below(in.requests.size()));
        done += static_cast<int>(queue.size());
        auto const got = wave.place(queue);
        if (got.size() != queue.size()) return "an answer for each";
        for (auto i = std::size_t{0}; i != queue.size(); ++i) {
            auto const& need = in.requests[queue[i]];
            auto want = std::optional<placement::seat>{};
            if (auto const n = by_definition.best(queue[i])) {
                want = placement::seat{*n, score.pick(slow_nodes[*n], need)};
                slow_nodes.take(*n, need, want->gpus);
                lie.push_back({queue[i], *want});
            }
            if (got[i] != want) return "a wave's place " + std::to_string(i);
        }
        if (nodes != slow_nodes) return "the table after a wave";
        while (!lie.empty() && draw.below(3) != 0) {
            std::swap(lie[draw.below(lie.size())], lie.back());
            nodes.give(lie.back().where.node, in.requests[lie.back().request], lie.back().where.gpus);
            slow_nodes.give(lie.back().where.node, in.requests[lie.back().request], lie.back().where.gpus);
            lie.pop_back();
        }
        if (nodes.size() == 0) continue;
        auto const n = node_id{static_cast<std::uint32_t>(draw.below(nodes.size()))};
        nodes.set_open(n, !nodes.open(n));
        slow_nodes.set_open(n, nodes.open(n));
    }
    return {};
}

template <class Scorer>
void try_all(world const& in, Scorer const& score, std::uint64_t seed, int steps, std::string const& name) {
    using namespace placement;
    auto const said = [&](std::string const& wrong, char const* what) {
        ++cases;
        check(wrong.empty(), name + ", " + what + ", " + std::to_string(in.nodes.size()) + " nodes, seed " +
                                 std::to_string(seed) + ": " + wrong);
    };
    said(stream<Scorer, block_minimum<Scorer>>(in, score, seed, steps), "block_minimum");
    said(stream<Scorer, score_cache<Scorer>, state_memo<Scorer>, automatic<Scorer>>(in, score, seed, steps),
         "score_cache, state_memo, automatic");
    if constexpr (sum_scorer<Scorer>)
        said(stream<Scorer, simd_scan<Scorer>>(in, score, seed, steps), "simd_scan");
    if constexpr (count_ordered<Scorer>)
        said(stream<Scorer, bucket_index<Scorer>>(in, score, seed, steps), "bucket_index");
    said(waves(in, score, seed, steps), "exact_wave");
}

void try_scorers(std::uint64_t seed, std::size_t nodes, int steps) {
    using namespace placement;
    auto draw = rota::random{seed};
    auto const in = some_world(draw, nodes);
    auto const kinds = target_workload({{.cpu_milli = 4'000, .gpus = 1, .milli = 460},
                                        {.cpu_milli = 1'000, .gpus = 2, .milli = 1'000},
                                        {.cpu_milli = 16'000}});
    auto paces = std::vector<std::uint16_t>(3u * 2 * cluster::gpus_per_node_max);
    for (auto& milli : paces) milli = one_of<std::uint16_t>(draw, {900, 1000, 1000, 1400});
    switch (seed % 23) {
    case 0: return try_all(in, count_order<node_order::fewest_free>{}, seed, steps, "fewest free");
    case 1: return try_all(in, count_order<node_order::most_free>{}, seed, steps, "most free");
    case 2: return try_all(in, count_order<node_order::lowest_id>{}, seed, steps, "lowest id");
    case 3: return try_all(in, least_aligned{}, seed, steps, "least aligned");
    case 4: return try_all(in, least_remaining{}, seed, steps, "least remaining");
    case 5: return try_all(in, fgd{kinds.view()}, seed, steps, "fgd");
    case 6: return try_all(in, fgd_exact{kinds.view()}, seed, steps, "fgd exact");
    case 7: return try_all(in, gpu_packing{}, seed, steps, "gpu packing");
    case 8: return try_all(in, gpu_clustering{}, seed, steps, "gpu clustering");
    case 9: return try_all(in, indifferent{}, seed, steps, "indifferent");
    case 10: return try_all(in, scattered{}, seed, steps, "scattered");
    case 11: return try_all(in, coarse{}, seed, steps, "coarse");
    case 12: return try_all(in, level{}, seed, steps, "level");
    case 13: return try_all(in, least_allocated{}, seed, steps, "least allocated");
    case 14: return try_all(in, most_allocated{}, seed, steps, "most allocated");
    case 15: return try_all(in, requested_to_capacity{}, seed, steps, "requested to capacity");
    case 16: return try_all(in, balanced_allocation{}, seed, steps, "balanced allocation");
    case 17: return try_all(in, kai_ladder<kai_order::pack>{}, seed, steps, "kai ladder, pack");
    case 18: return try_all(in, kai_ladder<kai_order::spread>{}, seed, steps, "kai ladder, spread");
    case 19: return try_all(in, pal{{paces.data(), 2}, 1}, seed, steps, "pal");
    case 20:
        return try_all(in, weighted<fgd, 3, gpu_clustering, -1>{fgd{kinds.view()}, {}}, seed, steps,
                       "weighted");
    case 21: return try_all(in, tiers{most_allocated{}, balanced_allocation{}}, seed, steps, "tiers");
    default: return try_all(in, far_apart{}, seed, steps, "far apart");
    }
}

} // namespace

int main() {
    limits(placement::least_aligned{}, "least aligned");
    limits(placement::least_remaining{}, "least remaining");
    auto const count = std::max(static_cast<int>(cases_wanted(10'000)), 120);
    for (auto seed = std::uint64_t{1}; cases < count; ++seed) {
        auto draw = rota::random{seed * 7919};
        try_scorers(seed, draw.below(8) == 0 ? one_of<std::size_t>(draw, {31, 32, 33}) : draw.below(6), 60);
    }
    for (auto seed = std::uint64_t{1}; seed != 24; ++seed)
        for (auto const nodes : {0, 1, 31, 32, 33, 1023, 1024, 1025})
            try_scorers(seed, static_cast<std::size_t>(nodes), in_proportion(nodes < 1000 ? 400 : 150));
    for (auto const seed : {3, 5, 23})
        try_scorers(static_cast<std::uint64_t>(seed), 125'000, in_proportion(20));
    check(placed > cases && refused > cases, "pods were placed and refused");
    std::printf("%d cases, %d pods placed and %d refused in streams\n", cases, placed, refused);
    return told.end();
}
