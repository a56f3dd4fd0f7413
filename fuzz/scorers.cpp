// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/gpu_subsets.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/linked.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/power_of_d.hpp>
#include <rota/placement/priority_bands.hpp>
#include <rota/placement/relaxed_wave.hpp>
#include <rota/placement/requested_to_capacity.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/score_cache.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/stretched.hpp>
#include <rota/placement/tiers.hpp>
#include <rota/placement/turned_away.hpp>
#include <rota/placement/weighted.hpp>

#include "bytes.hpp"
#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;
using placement::node_state;
using placement::state_table;

/// Any scorer behind one type, so that engines are compiled once for all of them.
struct any_scorer {
    static constexpr bool reads_held = true;
    static constexpr bool reads_kind = true;

    void const* of = nullptr;
    std::int64_t (*score_of)(void const*, node_state const&, job::pod const&) noexcept = nullptr;
    std::uint16_t (*pick_of)(void const*, node_state const&, job::pod const&) noexcept = nullptr;

    [[nodiscard]] std::int64_t score(node_state const& on, job::pod const& need) const noexcept {
        return score_of(of, on, need);
    }
    [[nodiscard]] std::uint16_t pick(node_state const& on, job::pod const& need) const noexcept {
        return pick_of(of, on, need);
    }
};
template <placement::state_scorer Scorer>
any_scorer behind(Scorer const& of) {
    return {&of,
            [](void const* one, node_state const& on, job::pod const& need) noexcept {
                return static_cast<Scorer const*>(one)->score(on, need);
            },
            [](void const* one, node_state const& on, job::pod const& need) noexcept {
                return static_cast<Scorer const*>(one)->pick(on, need);
            }};
}

struct input {
    std::vector<node_state> nodes;
    std::vector<job::pod> requests;
    std::vector<std::uint8_t> steps; ///< place, release, open or close a node
};

/// A byte for both counts, five a request, four or five a node, and the rest are steps.
input decode(bytes in) {
    auto made = input{};
    auto const sizes = in.next();
    made.requests.resize(1 + sizes / 16 % 6);
    made.nodes.resize(sizes % 16);
    for (auto& need : made.requests) {
        auto const what = in.next();
        need.gpus = static_cast<std::uint16_t>(what % 8 % 5);
        if (need.gpus != 0) need.milli = static_cast<std::uint16_t>(what < 128 ? whole_gpu : 1 + what * 3);
        need.cpu_milli = in.next() * 100u;
        need.mem_mib = in.next() * 64u;
        need.models = in.next() | 1u;
        need.predicates = in.next() % 8 == 7 ? 1 : 0;
    }
    for (auto& on : made.nodes) {
        auto const what = in.next();
        on.gpus = static_cast<std::uint8_t>(what % 9);
        on.model = static_cast<gpu_model>(what / 9 % 4);
        on.cpu_milli = in.next() * 400u;
        on.mem_mib = in.next() * 256u;
        auto const more = in.next();
        on.cpu_milli_of = on.cpu_milli + more % 4 * 5'000;
        on.mem_mib_of = on.mem_mib + more / 4 % 4 * 3'000;
        on.kind = static_cast<std::uint16_t>(more / 16 % 4);
        if (more >= 192) on.pods = static_cast<std::uint16_t>(more % 3);
        auto const used = what < 150 ? 0u : in.next();
        for (auto g = 0; g != on.gpus; ++g)
            on.milli[g] =
                (used >> g & 1u) == 0 ? std::uint16_t{whole_gpu} : static_cast<std::uint16_t>(540 + g);
    }
    made.steps = in.rest(150);
    return made;
}

/// The first node of the highest score, by asking each.
template <class Score>
std::optional<node_id> highest(state_table const& nodes, job::pod const& need, Score score) {
    auto found = std::optional<node_id>{};
    for (auto i = std::uint32_t{0}; i != nodes.size(); ++i)
        if (auto const n = node_id{i}; nodes.takes(n, need) && (!found || score(n) > score(*found)))
            found = n;
    return found;
}

/// Follows the steps, each answer as by asking each node.
template <class Engine, class Best>
void follow(state_table& nodes, input const& in, Engine& engine, any_scorer const& score, Best best,
            outcome& told) {
    struct held {
        std::uint32_t request;
        placement::seat where;
    };
    auto lie = std::vector<held>{};
    for (auto const step : in.steps) {
        auto const which = std::size_t{step} / 4;
        if (step % 4 < 2) {
            auto const r = static_cast<std::uint32_t>(which % in.requests.size());
            auto const& need = in.requests[r];
            auto const got = engine.best(r);
            require(got == best(need), "the first of the best, by trying");
            auto const away = placement::turned_away(nodes, need);
            require(got.has_value() == (away[placement::filter::none] != 0), "a refusal has turned all away");
            told.add(got ? std::int64_t{index(*got)} : -1);
            if (!got) continue;
            lie.push_back({r, {*got, score.pick(nodes[*got], need)}});
            nodes.take(*got, need, lie.back().where.gpus);
            engine.changed(*got);
        } else if (step % 4 == 2 && !lie.empty()) {
            std::swap(lie[which % lie.size()], lie.back());
            nodes.give(lie.back().where.node, in.requests[lie.back().request], lie.back().where.gpus);
            engine.changed(lie.back().where.node);
            lie.pop_back();
        } else if (nodes.size() != 0) {
            auto const n = node_id{static_cast<std::uint32_t>(which % nodes.size())};
            nodes.set_open(n, !nodes.open(n));
            engine.changed(n);
        }
    }
}

template <class Engine>
void exact(state_table nodes, input const& in, any_scorer const& score, outcome& told) {
    auto engine = Engine{nodes, score};
    for (auto const& need : in.requests) static_cast<void>(engine.add(need));
    auto const best = [&](job::pod const& need) {
        return highest(nodes, need, [&](node_id n) { return score.score(nodes[n], need); });
    };
    follow(nodes, in, engine, score, best, told);
}

/// A scorer of the range of the others, which a scan alone may ask.
template <class Scorer>
void by_row(state_table nodes, input const& in, Scorer const& score, any_scorer const& pick, outcome& told) {
    auto engine = placement::scan<Scorer>{nodes, score};
    for (auto const& need : in.requests) static_cast<void>(engine.add(need));
    auto const best = [&](job::pod const& need) {
        auto all = typename Scorer::row{};
        for (auto i = std::uint32_t{0}; i != nodes.size(); ++i)
            if (nodes.takes(node_id{i}, need)) score.widen(all, nodes[node_id{i}], need);
        return highest(nodes, need, [&](node_id n) { return score.score(nodes[n], need, all); });
    };
    follow(nodes, in, engine, pick, best, told);
}

std::vector<std::uint32_t> queue_of(input const& in) {
    auto queue = std::vector<std::uint32_t>{};
    for (auto const step : in.steps) queue.push_back(static_cast<std::uint32_t>(step % in.requests.size()));
    return queue;
}

/// Whoever has no seat fits nowhere now, and the others lie where there is room.
template <class Wave>
void wave(state_table nodes, input const& in, any_scorer const& score, Wave make, bool as_one_by_one,
          outcome& told) {
    auto taken = nodes;
    auto by = make(taken);
    for (auto const& need : in.requests) static_cast<void>(by.add(need));
    auto const queue = queue_of(in);
    auto const placed = by.place(queue);
    for (auto i = std::size_t{0}; i != queue.size(); ++i) {
        auto const& need = in.requests[queue[i]];
        if (as_one_by_one) {
            auto const n = highest(nodes, need, [&](node_id at) { return score.score(nodes[at], need); });
            require(n.has_value() == placed[i].has_value(), "a wave places what fits");
            require(!n || *placed[i] == placement::seat{*n, score.pick(nodes[*n], need)}, "as one by one");
        }
        told.add(placed[i] ? std::int64_t{index(placed[i]->node)} : -1);
        if (!placed[i]) continue;
        require(nodes.takes(placed[i]->node, need), "what a wave places fits");
        nodes.take(placed[i]->node, need, placed[i]->gpus);
    }
    require(nodes == taken, "a wave takes what it says");
    for (auto i = std::size_t{0}; i != queue.size(); ++i)
        for (auto n = std::uint32_t{0}; n != nodes.size() && !placed[i]; ++n)
            require(!nodes.takes(node_id{n}, in.requests[queue[i]]), "nobody is refused who fits");
}

void drawn(state_table nodes, input const& in, any_scorer const& score, std::uint32_t d, outcome& told) {
    auto engine = placement::power_of_d<any_scorer>{nodes, 1 + d, d, score};
    for (auto const& need : in.requests) static_cast<void>(engine.add(need));
    for (auto const r : queue_of(in)) {
        auto const& need = in.requests[r];
        auto const best = highest(nodes, need, [&](node_id n) { return score.score(nodes[n], need); });
        auto const got = nodes.size() == 0 ? std::nullopt : engine.best(r);
        require(got.has_value() == best.has_value(), "a draw finds a node where there is one");
        if (!got) continue;
        require(nodes.takes(*got, need), "on which the pod fits");
        require(d + 1 < nodes.size() || got == best, "of all nodes it is the best");
        told.add(index(*got));
        nodes.take(*got, need, score.pick(nodes[*got], need));
    }
}

/// Pods of three bands: a step asks, and lays the pod where those that are in its way have left.
void banded(state_table const& nodes, input const& in, any_scorer const& score, outcome& told) {
    constexpr auto bands = 3;
    auto empty = std::vector<node_state>{};
    for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) empty.push_back(nodes[node_id{n}]);
    auto by = placement::priority_bands<any_scorer, placement::block_minimum>{empty, bands, score};
    for (auto const& need : in.requests) static_cast<void>(by.add(need));
    struct held {
        std::uint32_t request;
        int band;
        placement::seat where;
    };
    auto lie = std::vector<held>{};
    for (auto const step : in.steps) {
        auto const r = static_cast<std::uint32_t>(step / 4 % in.requests.size());
        auto const band = step % 4;
        if (band == bands) {
            if (nodes.size() == 0) continue;
            auto const n = node_id{step / 4 % nodes.size()};
            by.set_open(n, !by.without(0).open(n));
            continue;
        }
        auto const& need = in.requests[r];
        auto const got = by.best(r, band);
        auto want = std::optional<placement::banded_seat>{};
        for (auto v = 0; v <= band && !want; ++v) {
            auto const& free = by.without(v);
            if (auto const n = highest(free, need, [&](node_id at) { return score.score(free[at], need); }))
                want = placement::banded_seat{{*n, score.pick(free[*n], need)}, v};
        }
        require(got == want, "as few bands leave as can be, and of those nodes the best");
        if (!got) continue;
        told.add(index(got->where.node)), told.add(got->below);
        std::erase_if(lie, [&](held const& one) {
            auto const goes = one.where.node == got->where.node && one.band < got->below;
            if (goes) by.give(one.request, one.where, one.band);
            return goes;
        });
        by.take(r, got->where, band);
        lie.push_back({r, band, got->where});
    }
    for (auto const& one : lie) by.give(one.request, one.where, one.band);
    for (auto v = 0; v != bands; ++v)
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
            require(by.without(v)[node_id{n}] == empty[n], "all given back, nothing is left");
}

/// What a scorer says of each node by itself.
template <class Scorer>
void alone(state_table const& nodes, input const& in, Scorer const& score) {
    for (auto const& need : in.requests)
        for (auto i = std::uint32_t{0}; i != nodes.size(); ++i) {
            auto const& on = nodes[node_id{i}];
            if (!nodes.takes(node_id{i}, need)) continue;
            auto const worth = score.score(on, need);
            if constexpr (placement::bounded<Scorer>)
                require(Scorer::least <= worth && worth <= Scorer::most, "a score is within its bounds");
            auto const gpus = std::uint32_t{score.pick(on, need)};
            require(std::popcount(gpus) == need.gpus, "as many GPUs as the pod asks for");
            for (auto left = gpus; left != 0; left &= left - 1)
                require(on.milli[std::countr_zero(left)] >= need.milli, "each has room");
        }
}

/// The first two bytes select the scorer and what is asked of it.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    using namespace placement;
    auto from = bytes{data, size};
    auto const which = from.next();
    auto const rule = from.next();
    auto const in = decode(from);
    auto nodes = state_table(in.nodes);
    for (auto n = std::uint32_t{0}; n < nodes.size(); n += 2) nodes.set_predicates(node_id{n}, 1);
    auto const ask = [&]<class Scorer>(Scorer const& of) {
        alone(nodes, in, of);
        auto const score = behind(of);
        auto const some = std::size_t{1 + rule / 16};
        switch (rule % 8) {
        case 0: return exact<scan<any_scorer>>(nodes, in, score, told);
        case 1: return exact<block_minimum<any_scorer>>(nodes, in, score, told);
        case 2: return exact<state_memo<any_scorer>>(nodes, in, score, told);
        case 3: return exact<score_cache<any_scorer>>(nodes, in, score, told);
        case 4: return drawn(nodes, in, score, rule / 16, told);
        case 5: return banded(nodes, in, score, told);
        case 6:
            return wave(
                nodes, in, score,
                [&](state_table& on) {
                    return relaxed_wave<any_scorer, relax::stale_scores>{on, 1 + some % 3, some, score};
                },
                some == 1, told);
        default:
            if (rule / 8 % 2 == 0)
                return wave(
                    nodes, in, score,
                    [&](state_table& on) { return exact_wave<any_scorer>{on, score, some}; }, true, told);
            wave(
                nodes, in, score,
                [&](state_table& on) {
                    return relaxed_wave<any_scorer, relax::one_winner>{on, 1 + some % 3, some, score};
                },
                some == 1, told);
        }
    };
    switch (which % 13) {
    case 0: return ask(least_allocated{});
    case 1:
    case 10: return ask(most_allocated{{{rule % 3, 1, 2}}});
    case 2: {
        auto score = requested_to_capacity{};
        if (which >= 128)
            score.shape[1] = {1 + rule % 99, 10 - rule % 11}, score.shape[2] = {100, rule % 11},
            score.points = 3;
        score.zeros_count = rule % 2 == 0;
        return ask(score);
    }
    case 3: return ask(balanced_allocation{{{1, rule % 2, 1}}});
    case 4: return ask(kai_ladder<kai_order::pack>{});
    case 5: return ask(kai_ladder<kai_order::spread>{});
    case 6: {
        auto slow = std::array<std::uint16_t, 4 * 2 * cluster::gpus_per_node_max>{}; // 4 kinds, 2 classes
        for (auto i = std::size_t{0}; i != slow.size(); ++i)
            slow[i] = static_cast<std::uint16_t>(1'000 + i * i * (1 + which) % 97);
        auto const table = variability_view{slow.data(), 2};
        auto const of_class = which < 128 ? 1 : 0;
        auto const score = pal{table, of_class};
        for (auto const& need : in.requests)
            for (auto const& on : in.nodes) {
                auto paces = std::vector<int>{};
                for (auto g = 0; g != on.gpus; ++g)
                    if (on.milli[g] >= need.milli) paces.push_back(table.of(on.kind, of_class, g));
                std::sort(paces.begin(), paces.end());
                require(need.gpus == 0 || paces.size() < need.gpus ||
                            score.score(on, need) == -paces[need.gpus - 1u],
                        "no other GPUs of the node are faster");
            }
        return ask(score);
    }
    case 7: return ask(weighted<gpu_packing, 3, least_allocated, 2>{});
    case 8: return ask(tiers<most_allocated, balanced_allocation>{});
    case 9: {
        auto far = gpu_subsets::distances{};
        for (auto a = 0; a != gpu_subsets::gpus_max; ++a)
            for (auto b = 0; b != a; ++b)
                far.between[a][b] = far.between[b][a] =
                    static_cast<std::uint8_t>((a * b + a) * (1 + which) % 5);
        auto const table = std::make_unique<gpu_subsets const>(far);
        return ask(linked<least_remaining>{*table});
    }
    case 11: return by_row(nodes, in, stretched<gpu_packing>{}, behind(gpu_packing{}), told);
    default:
        by_row(nodes, in, weighted<stretched<least_remaining>, 2, balanced_allocation, 1>{},
               behind(least_remaining{}), told);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
