// SPDX-License-Identifier: BSL-1.0
// Filters by hand and counted again; bands of priority against a list of pods and nothing else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/count_order.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/priority_bands.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/turned_away.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using namespace rota::placement;

template <class T>
T one_of(rota::random& draw, std::initializer_list<T> from) {
    return from.begin()[draw.below(from.size())];
}

void by_hand(tally& told) {
    auto whole = node_state{};
    whole.cpu_milli = 8'000;
    whole.mem_mib = 1'024;
    whole.gpus = 2;
    whole.milli[0] = whole.milli[1] = whole_gpu;
    auto const need = job::pod{
        .cpu_milli = 4'000, .mem_mib = 512, .gpus = 2, .milli = 500, .models = 1, .predicates = 0b101};
    auto nodes = std::vector<node_state>(9, whole);
    nodes[2].model = gpu_model{1};
    nodes[3].pods = 0;
    nodes[4].milli[1] = 499;
    nodes[5].cpu_milli = 3'999;
    nodes[6].mem_mib = 511;
    nodes[7].mem_mib = nodes[7].cpu_milli = 0; // the first reason counts
    auto table = state_table(nodes);
    for (auto n = std::uint32_t{0}; n != 9; ++n) table.set_predicates(node_id{n}, n == 1 ? 0b110 : 0b111);
    table.set_open(node_id{0}, false);
    auto const reasons =
        std::vector{filter::closed, filter::predicates, filter::model, filter::pods, filter::gpus,
                    filter::cpu,    filter::memory,     filter::cpu,   filter::none};
    auto each = true;
    for (auto n = std::uint32_t{0}; n != 9; ++n)
        each = each && first_filter(table, node_id{n}, need) == reasons[n];
    told.check(each, "each filter turns away the node that was made for it");
    auto const told_of = turned_away(table, need);
    told.check(told_of[filter::cpu] == 2 && told_of[filter::none] == 1 && told_of[filter::closed] == 1 &&
                   told_of[filter::pods] == 1 && told_of[filter::predicates] == 1,
               "a refusal counts them");
    told.check(first_filter(table, node_id{2}, {.models = 1}) == filter::none &&
                   first_filter(table, node_id{4}, {}) == filter::none,
               "a pod without GPUs asks for no model and no GPU");

    auto last = state_table(std::vector{whole});
    auto const small_pod = job::pod{.cpu_milli = 1};
    for (auto i = 0; i != 3; ++i) last.take(node_id{0}, small_pod, 0);
    told.check(last[node_id{0}].pods == 0xfffc, "a pod takes one of those that a node has room for");
    last.give(node_id{0}, small_pod, 0);
    told.check(last[node_id{0}].pods == 0xfffd, "and gives it back");
}

node_state some_node(rota::random& draw) {
    auto on = node_state{};
    on.gpus = one_of<std::uint8_t>(draw, {1, 2, 4});
    on.model = static_cast<gpu_model>(draw.below(2));
    on.cpu_milli = one_of<std::uint32_t>(draw, {4'000, 16'000});
    on.mem_mib = 4'096;
    on.pods = one_of<std::uint16_t>(draw, {1, 3, 0xffff});
    for (auto g = 0; g != on.gpus; ++g) on.milli[g] = whole_gpu;
    return on;
}

job::pod some_pod(rota::random& draw) {
    auto need = job::pod{};
    need.gpus = one_of<std::uint16_t>(draw, {0, 1, 1, 2, 4});
    need.milli = need.gpus == 0 ? std::uint16_t{0} : one_of<std::uint16_t>(draw, {300, 600, 1000, 1000});
    need.cpu_milli = one_of<std::uint32_t>(draw, {0, 1'000, 4'000});
    need.mem_mib = one_of<std::uint32_t>(draw, {0, 1'024});
    if (draw.below(4) == 0) need.models = 2;
    if (draw.below(4) == 0) need.predicates = one_of<std::uint64_t>(draw, {1, 1ull << 63});
    return need;
}

void counted_again(tally& told) {
    auto draw = rota::random{3};
    auto good = true;
    auto reasons = std::vector<std::uint32_t>(filters);
    for (auto i = 0; i != 3'000; ++i) {
        auto states = std::vector<node_state>(draw.below(9));
        for (auto& one : states) {
            one = some_node(draw);
            for (auto g = 0; g != one.gpus; ++g) one.milli[g] = one_of<std::uint16_t>(draw, {0, 500, 1000});
            one.cpu_milli = one_of<std::uint32_t>(draw, {0, 16'000});
            one.mem_mib = one_of<std::uint32_t>(draw, {0, 16'000});
            one.pods = static_cast<std::uint16_t>(draw.below(3));
        }
        auto nodes = state_table(states);
        auto const need = some_pod(draw);
        auto sum = std::uint32_t{0};
        auto takes = std::uint32_t{0};
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) {
            nodes.set_open(node_id{n}, draw.below(5) != 0);
            nodes.set_predicates(node_id{n}, draw());
            takes += nodes.takes(node_id{n}, need);
        }
        auto const told_of = turned_away(nodes, need);
        for (auto f = 0; f != filters; ++f) {
            sum += told_of.by[f];
            reasons[static_cast<std::size_t>(f)] += told_of.by[f];
        }
        auto by = scan<least_remaining>{nodes};
        good = good && sum == nodes.size() && told_of[filter::none] == takes &&
               (takes != 0) == by.best(by.add(need)).has_value();
    }
    told.check(good, "each node is counted once, and a refusal has no node that takes the pod");
    told.check(std::all_of(reasons.begin(), reasons.end(), [](auto count) { return count > 100; }),
               "every filter turned nodes away");
}

constexpr auto bands = 4;

struct held {
    std::uint32_t request;
    seat where;
    int band;
};

/// What the pods of these bands and above leave of the nodes.
state_table without(std::vector<node_state> const& empty, std::vector<job::pod> const& requests,
                    std::vector<held> const& lie, int below) {
    auto left = state_table(empty);
    for (auto const& one : lie)
        if (one.band >= below) left.take(one.where.node, requests[one.request], one.where.gpus);
    return left;
}

template <class Scorer, template <class> class Engine>
bool stream(std::uint64_t seed, int& direct, int& evicting, int& refused) {
    auto draw = rota::random{seed};
    auto states = std::vector<node_state>(1 + draw.below(6));
    for (auto& one : states) one = some_node(draw);
    auto requests = std::vector<job::pod>{};
    auto banded = priority_bands<Scorer, Engine>{states, bands};
    for (auto i = 0; i != 5; ++i) {
        requests.push_back(some_pod(draw));
        requests.back().predicates = 0;
        if (banded.add(requests.back()) != static_cast<std::uint32_t>(i)) return false;
    }
    auto lie = std::vector<held>{};
    for (auto step = 0; step != 60; ++step) {
        if (draw.below(3) == 0 && !lie.empty()) {
            std::swap(lie[draw.below(lie.size())], lie.back());
            banded.give(lie.back().request, lie.back().where, lie.back().band);
            lie.pop_back();
            continue;
        }
        auto const r = static_cast<std::uint32_t>(draw.below(requests.size()));
        auto const band = static_cast<int>(draw.below(bands));
        auto want = std::optional<banded_seat>{};
        for (auto below = 0; below <= band && !want; ++below) {
            auto const left = without(states, requests, lie, below);
            if (left != banded.without(below)) return false;
            auto by = scan<Scorer>{left};
            if (auto const n = by.best(by.add(requests[r])))
                want = banded_seat{{*n, Scorer{}.pick(left[*n], requests[r])}, below};
        }
        auto const got = banded.best(r, band);
        if (got != want) return false;
        if (!got) {
            ++refused;
            continue;
        }
        ++(got->below == 0 ? direct : evicting);
        for (auto i = lie.size(); i-- != 0;) // all that may have to leave the node do
            if (lie[i].where.node == got->where.node && lie[i].band < got->below) {
                banded.give(lie[i].request, lie[i].where, lie[i].band);
                lie.erase(lie.begin() + static_cast<std::ptrdiff_t>(i));
            }
        banded.take(r, got->where, band);
        lie.push_back({r, got->where, band});
    }
    return true;
}

void priorities(tally& told) {
    using fewest = count_order<node_order::fewest_free>;
    auto direct = 0;
    auto evicting = 0;
    auto refused = 0;
    auto good = true;
    for (auto seed = std::uint64_t{1}; seed != 200; ++seed) {
        good = good && stream<least_remaining, scan>(seed, direct, evicting, refused);
        good = good && stream<least_remaining, block_minimum>(seed, direct, evicting, refused);
        good = good && stream<least_remaining, simd_scan>(seed, direct, evicting, refused);
        good = good && stream<least_remaining, state_memo>(seed, direct, evicting, refused);
        good = good && stream<fewest, bucket_index>(seed, direct, evicting, refused);
    }
    told.check(good, "bands of priority find what a list of pods says, whichever engine");
    told.check(direct > 1'000 && evicting > 1'000 && refused > 1'000,
               "with and without victims, and nowhere");

    // one node full of band 0, one of band 1: band 2 takes the first, also where the scorer prefers the second
    auto on = node_state{};
    on.gpus = 1;
    on.milli[0] = whole_gpu;
    auto banded = priority_bands<fewest, bucket_index>{{on, on}, 3};
    auto const one = banded.add({.gpus = 1, .milli = whole_gpu});
    banded.take(one, {node_id{1}, 1}, 0);
    told.check(banded.best(one, 2) == banded_seat{{node_id{0}, 1}, 0}, "a free node first");
    banded.set_open(node_id{0}, false);
    told.check(banded.best(one, 2) == banded_seat{{node_id{1}, 1}, 1}, "then one whose pods are of band 0");
    told.check(!banded.best(one, 0), "which band 0 may not take");
    banded.set_open(node_id{0}, true);
    banded.take(one, {node_id{0}, 1}, 1);
    told.check(banded.best(one, 2) == banded_seat{{node_id{1}, 1}, 1}, "the least important has to leave");
    told.check(banded.best(one, 1) == banded_seat{{node_id{1}, 1}, 1} && !banded.best(one, 0),
               "nobody gives way to his own band");
}

} // namespace

int main() {
    auto told = tally{};
    by_hand(told);
    counted_again(told);
    priorities(told);
    return told.end();
}
