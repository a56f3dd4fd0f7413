// SPDX-License-Identifier: BSL-1.0
// The packing experiment against a naive one: all nodes asked for every pod, and a cluster's own accounts.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/packing/arrivals.hpp>
#include <rota/packing/choice.hpp>
#include <rota/packing/curve.hpp>
#include <rota/packing/experiment.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/uniform_draw.hpp>

#include "../tally.hpp"
#include "naive.hpp"

namespace {

using namespace rota;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

struct scene {
    cluster::spec cluster;
    std::vector<job::pod> pods;
};

scene some_scene() {
    auto made = scene{};
    made.cluster.models = {"a", "b"};
    auto const nodes = *rc::gen::inRange(1, 12);
    auto const sizes = *rc::gen::element(1, 2, 3); // of node, so that some are alike
    for (auto n = 0; n != nodes; ++n) {
        auto const kind = *rc::gen::inRange(0, sizes);
        made.cluster.nodes.push_back({.gpus = static_cast<std::uint8_t>(kind == 0   ? 8
                                                                        : kind == 1 ? 2
                                                                                    : 4),
                                      .model = static_cast<gpu_model>(kind % 2),
                                      .cpu_milli = kind == 0 ? 64'000u : 24'000u,
                                      .mem_mib = 131'072,
                                      .rack = {},
                                      .spine = {}});
    }
    auto const kinds = *rc::gen::inRange(1, 9);
    for (auto i = 0; i != kinds; ++i) {
        auto need = job::pod{};
        need.gpus = static_cast<std::uint16_t>(i == 0 ? 1 : *rc::gen::element(0, 1, 1, 1, 2, 4, 8));
        need.milli = static_cast<std::uint16_t>(need.gpus == 0   ? 0
                                                : need.gpus == 1 ? *rc::gen::element(110, 460, 500, 810, 1000)
                                                                 : 1000);
        need.cpu_milli = *rc::gen::element(0u, 2'000u, 8'000u, 12'000u);
        need.mem_mib = *rc::gen::element(0u, 1'024u, 30'000u);
        if (need.gpus != 0 && *rc::gen::inRange(0, 4) == 0) need.models = *rc::gen::element(1u, 2u);
        made.pods.insert(made.pods.end(), static_cast<std::size_t>(*rc::gen::inRange(1, 12)), need);
    }
    return made;
}

/// Calls visit(policy, name) for each policy of the study.
template <class Visit>
void each_policy(packing::experiment const& of, Visit visit) {
    visit(placement::fgd{of.target()});
    visit(placement::fgd_exact{of.target()});
    visit(placement::gpu_packing{});
    visit(placement::gpu_clustering{});
    visit(placement::least_remaining{});
    visit(placement::least_aligned{});
    visit(placement::uniform_draw{3});
}

void run_is_naive_run() {
    auto const in = some_scene();
    auto const of = packing::experiment(in.cluster, in.pods);
    auto const order =
        of.draw(*rc::gen::element(0, 500, 1300, 3000), *rc::gen::inRange<std::uint64_t>(0, 1000));
    each_policy(of, [&](auto const& policy) {
        using policy_type = std::remove_cvref_t<decltype(policy)>;
        auto const steps = of.run(order, policy);
        RC_ASSERT(steps == of.template run_with<naive::scan<policy_type>>(order, policy));

        // the same steps in a cluster's own accounts
        auto free = cluster::occupancy(in.cluster);
        auto used = std::int64_t{0};
        auto arrived = std::int64_t{0};
        RC_ASSERT(steps.size() == order.pods.size());
        for (auto i = std::size_t{0}; i != steps.size(); ++i) {
            auto const& need = in.pods[order.pods[i]];
            arrived += need.total_milli();
            auto const slice_on = [&](std::uint32_t n, std::uint16_t gpus) {
                return cluster::slice{.node = node_id{n},
                                      .gpus = gpus,
                                      .milli = need.milli,
                                      .cpu_milli = need.cpu_milli,
                                      .mem_mib = need.mem_mib};
            };
            if (steps[i].where) {
                auto const n = order.nodes[steps[i].where.rank];
                auto const part = slice_on(n, steps[i].where.gpus);
                RC_ASSERT(cluster::gpus_in(part.gpus) == need.gpus);
                RC_ASSERT(need.accepts(in.cluster.nodes[n].model));
                RC_ASSERT(free.fits(part));
                free.take(part);
                used += need.total_milli();
            } else {
                for (auto n = std::uint32_t{0}; n != in.cluster.nodes.size(); ++n) {
                    auto gpus = 0;
                    for (auto g = 0; g != in.cluster.nodes[n].gpus; ++g)
                        gpus += free.fits(slice_on(n, static_cast<std::uint16_t>(1u << g)));
                    RC_ASSERT(!need.accepts(in.cluster.nodes[n].model) || !free.fits(slice_on(n, 0)) ||
                              gpus < need.gpus);
                }
            }
            RC_ASSERT(steps[i].used_milli == used && steps[i].arrived_milli == arrived);
        }
        auto fragments = std::int64_t{0};
        for (auto n = std::uint32_t{0}; n != in.cluster.nodes.size(); ++n) {
            auto state = placement::empty_state(in.cluster.nodes[n]);
            state.cpu_milli = free.cpu_milli(node_id{n});
            for (auto g = 0; g != state.gpus; ++g)
                state.milli[g] = static_cast<std::uint16_t>(free.free_milli(node_id{n}, g));
            fragments += fragment(state, of.target());
        }
        if (!steps.empty()) RC_ASSERT(steps.back().fragment == fragments);
    });
}

/// A node on which nothing fits changes no decision, wherever it stands in rank.
void a_useless_node_changes_nothing() {
    auto in = some_scene();
    for (auto& need : in.pods) need.cpu_milli = std::max(need.cpu_milli, 1'000u);
    auto const before = packing::experiment(in.cluster, in.pods);
    auto order = before.draw(0, 5);
    auto wider = in.cluster;
    wider.nodes.push_back({.gpus = 0, .model = {}, .cpu_milli = 0, .mem_mib = 0, .rack = {}, .spine = {}});
    auto const after = packing::experiment(wider, in.pods);
    auto const at = *rc::gen::inRange<std::size_t>(0, order.nodes.size() + 1);
    auto moved = order;
    moved.nodes.insert(moved.nodes.begin() + static_cast<std::ptrdiff_t>(at),
                       static_cast<std::uint32_t>(in.cluster.nodes.size()));
    each_policy(before, [&](auto const& policy) {
        auto const a = before.run(order, policy);
        auto b = after.run(moved, policy);
        for (auto& one : b)
            if (one.where && one.where.rank > at) --one.where.rank;
        RC_ASSERT(a == b);
    });
}

void arrivals_are_tuned() {
    auto const in = some_scene();
    auto const capacity = in.cluster.gpus() * whole_gpu;
    auto const load = std::int64_t{*rc::gen::inRange(0, 4000)};
    auto const seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    auto const nodes = static_cast<std::uint32_t>(in.cluster.nodes.size());
    auto const got = packing::draw_arrivals(in.pods, nodes, capacity, load, seed);
    auto const again = packing::draw_arrivals(in.pods, nodes, capacity, load, seed);
    RC_ASSERT(got.pods == again.pods && got.nodes == again.nodes);

    auto ranks = got.nodes;
    std::sort(ranks.begin(), ranks.end());
    for (auto n = std::uint32_t{0}; n != nodes; ++n) RC_ASSERT(ranks[n] == n);
    auto const total = [&](std::vector<std::uint32_t> const& some) {
        auto sum = std::int64_t{0};
        for (auto const i : some) sum += in.pods[i].total_milli();
        return sum;
    };
    auto all = std::vector<std::uint32_t>(in.pods.size());
    for (auto i = std::uint32_t{0}; i != all.size(); ++i) all[i] = i;
    auto const target = capacity * load / 1000;
    auto prefix = got.pods;
    if (load == 0 || total(all) == target) {
        RC_ASSERT(prefix.size() == all.size());
    } else if (total(all) <
               target) { // each pod once, then clones of any; a last one of several GPUs may pass
        RC_ASSERT(prefix.size() >= all.size());
        RC_ASSERT(total(got.pods) <= target + 7 * whole_gpu);
        auto least = std::int64_t{0};
        for (auto const& one : in.pods) least = std::max<std::int64_t>(least, one.milli);
        RC_ASSERT(total(got.pods) + least > target);
        prefix.resize(all.size());
    } else {
        RC_ASSERT(prefix.size() < all.size());
        RC_ASSERT(total(got.pods) <= target);
        for (auto const i : prefix) all.erase(std::find(all.begin(), all.end(), i)); // each at most once
        RC_ASSERT(std::any_of(all.begin(), all.end(), [&](auto i) { // the last one out was needed
            return total(got.pods) + in.pods[i].total_milli() > target;
        }));
        return;
    }
    std::sort(prefix.begin(), prefix.end());
    RC_ASSERT(prefix == all);
}

void orders_are_even() {
    auto const pods = std::vector<job::pod>(4, job::pod{.gpus = 1, .milli = 1000});
    auto first = std::vector<int>(4);
    auto clone = std::vector<int>(4);
    auto out = std::vector<int>(4);
    auto node = std::vector<int>(3);
    constexpr auto n = 12'000;
    for (auto seed = std::uint64_t{0}; seed != n; ++seed) {
        auto const up = packing::draw_arrivals(pods, 3, 5'000, 1'000, seed);
        auto const down = packing::draw_arrivals(pods, 3, 3'000, 1'000, seed);
        if (up.pods.size() != 5 || down.pods.size() != 3) return check(false, "five pods and three");
        ++first[up.pods[0]];
        ++clone[up.pods[4]];
        ++node[up.nodes[2]];
        for (auto i = std::uint32_t{0}; i != 4; ++i)
            out[i] += std::find(down.pods.begin(), down.pods.end(), i) == down.pods.end();
    }
    auto const even = [&](std::vector<int> const& counts) {
        auto const expected = static_cast<double>(n) / static_cast<double>(counts.size());
        return std::all_of(counts.begin(), counts.end(),
                           [&](int c) { return std::abs(c - expected) < 5 * std::sqrt(expected); });
    };
    check(even(first), "every pod comes first as often");
    check(even(clone), "every pod is cloned as often");
    check(even(out), "every pod is taken out as often");
    check(even(node), "every node comes last as often");
}

void curve_by_hand() {
    // 10 GPUs, weight 2; arrived 0.4 %, 1.5 % (rounds up to 2), 2.4 %, 5 %
    auto const step = [](std::int64_t arrived, std::int64_t used, std::int64_t fragment) {
        return packing::step{.arrived_milli = arrived, .used_milli = used, .fragment = fragment, .where = {}};
    };
    auto const got = packing::curve_of(
        {step(40, 40, 2'000), step(150, 150, 1'000), step(240, 150, 3'000), step(500, 10'000, 0)}, 10'000, 2);
    auto const near = [](double a, double b) { return std::abs(a - b) < 1e-9; };
    check(got.size() == 6, "columns 0 to 5");
    check(got[0] && near(got[0]->allocated, 0.4) && near(got[0]->fragment, 10), "one step");
    check(got[2] && near(got[2]->allocated, 1.5) && near(got[2]->fragment, 10) &&
              near(got[2]->fragment_of_idle, 100'000.0 / 9'850),
          "the mean of two steps");
    check(got[1] && near(got[1]->allocated, (0.4 + 1.5 + 1.5) / 3), "none: the columns beside it");
    check(got[3] && near(got[3]->allocated, 1.5), "none: the one beside it that there is");
    check(got[5] && near(got[5]->allocated, 100) && near(got[5]->fragment_of_idle, 0), "nothing idle");
    auto const gap = packing::curve_of({step(0, 0, 0), step(500, 0, 0)}, 10'000, 2);
    check(gap.size() == 6 && !gap[2] && !gap[3], "nothing near: none");
    check(packing::curve_of({step(333, 333, 0)}, 10'000, 2)[3]->allocated == 3.33, "hundredths");
    check(packing::curve_of({step(0, 0, 0), step(2'000'000, 0, 0)}, 10'000, 2).size() == 1, "far beyond");
}

void nothing_to_pack_on() {
    auto const nobody = cluster::spec{};
    auto const pods = std::vector<job::pod>{{.cpu_milli = 1'000}, {.gpus = 1, .milli = 500}};
    auto const of = packing::experiment(nobody, pods);
    each_policy(of, [&](auto const& policy) {
        auto const steps = of.run(of.draw(0, 1), policy);
        check(steps.size() == 2 && !steps[0].where && !steps[1].where && steps[1].used_milli == 0 &&
                  steps[1].arrived_milli == 500 && steps[1].fragment == 0,
              "a cluster without nodes holds nothing");
    });
}

} // namespace

int main() {
    nothing_to_pack_on();
    orders_are_even();
    curve_by_hand();
    auto const property = [](char const* what, auto test) { check(rc::check(what, test), what); };
    property("every run is the naive run, step for step, and the cluster's own accounts agree",
             run_is_naive_run);
    property("a node on which nothing fits changes nothing", a_useless_node_changes_nothing);
    property("arrivals are the pods, tuned to the load", arrivals_are_tuned);
    return told.end();
}
