// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/anchor_fragmentation.hpp>
#include <rota/placement/balanced_domains.hpp>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/domain_sums.hpp>
#include <rota/placement/fewest_hops.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>

#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;
constexpr auto nodes_max = 24;
using counts = std::array<std::uint32_t, nodes_max>; ///< by node or domain

struct input {
    int rule = 0;
    cluster::spec cluster;
    std::vector<std::vector<std::uint32_t>> domains; ///< [levels x nodes]
    std::vector<placement::topology_gang> gangs;
    std::vector<std::uint8_t> steps;
    std::uint32_t width = 0; ///< of the lowest domains where all are alike, side by side; 0: they are not

    [[nodiscard]] std::uint32_t top() const { return static_cast<std::uint32_t>(domains.size()) + 1; }
};

/// A byte each: rule and gangs, nodes, then one a node, four a gang, and the rest are steps.
input decode(std::uint8_t const* data, std::size_t size) {
    auto at = std::size_t{0};
    auto const next = [&] { return at < size ? data[at++] : std::uint8_t{0}; };
    auto made = input{};
    auto const first = next();
    made.rule = first % 4;
    auto const gangs = 1 + first / 4 % 3;
    auto const levels = std::size_t{1} + first / 12 % 2;
    if (first / 24 % 4 == 1) made.width = 1 + first / 96 % 3 * 2u;
    made.cluster.models = {"a", "b"};
    made.domains.resize(levels);
    for (auto nodes = 1 + next() % nodes_max; nodes != 0; --nodes) {
        auto const what = next();
        made.cluster.nodes.push_back({.gpus = static_cast<std::uint8_t>(1 + what % 4),
                                      .model = static_cast<gpu_model>(what / 4 % 2),
                                      .cpu_milli = 8'000,
                                      .mem_mib = 8'192,
                                      .rack = {},
                                      .spine = {}});
        auto const n = static_cast<std::uint32_t>(made.domains[0].size());
        auto domain = made.width != 0 ? n / made.width : std::uint32_t{what} / 8 % 6;
        for (auto& level : made.domains) level.push_back(std::exchange(domain, domain / 2));
        made.cluster.nodes.back().rack = static_cast<rack_id>(made.domains.front().back());
        made.cluster.nodes.back().spine = static_cast<spine_id>(made.domains.back().back());
    }
    for (auto i = 0; i != gangs; ++i) {
        auto const pod = next();
        auto& gang = made.gangs.emplace_back(placement::pods_of(1, 1 + pod % 3));
        auto& [each, count, least] = gang.kinds.front();
        if (pod / 3 % 3 == 0) each.milli = each.milli_min = 400;
        if (pod / 9 % 3 == 0) each.cpu_milli = 1'500;
        if (pod / 27 % 3 != 0) each.models = static_cast<std::uint32_t>(pod / 27 % 3);
        auto const slice = next();
        gang.slice = 1 + slice % 3;
        gang.slice_level = gang.slice == 1 ? 0 : slice / 3u % (made.top() + 1);
        count = least = gang.slice * (1 + next() % 8);
        auto const where = next();
        gang.required =
            where % 8 == 7 ? placement::topology_gang::cluster_level : where % 8u % (made.top() + 1);
        gang.preferred = where / 8u % (std::min(gang.required, made.top()) + 1);
    }
    made.steps.assign(data + at, data + size);
    return made;
}

cluster::domain_tree tree_of(input const& in) {
    auto const nodes = static_cast<std::uint32_t>(in.cluster.nodes.size());
    if (in.width != 0) {
        auto fanouts = std::vector<std::uint32_t>(in.domains.size(), 2);
        fanouts.front() = in.width;
        return cluster::domain_tree::regular(nodes, fanouts);
    }
    return in.domains.size() == 2 ? cluster::domain_tree::of_racks(in.cluster)
                                  : cluster::domain_tree{nodes, in.domains};
}

/// The domain of a node at a level of the tree.
std::uint32_t domain_of(input const& in, std::uint32_t level, std::size_t n) {
    if (level == 0) return static_cast<std::uint32_t>(n);
    return level > in.domains.size() ? 0 : in.domains[level - 1][n];
}

/// The pods of each domain of a level.
counts sums_of(input const& in, std::uint32_t level, counts const& pods) {
    auto sums = counts{};
    for (auto n = std::size_t{0}; n != in.cluster.nodes.size(); ++n) sums[domain_of(in, level, n)] += pods[n];
    return sums;
}

/// Some domain of a level that is allowed holds the gang in whole slices, of one model of GPU.
bool holds(input const& in, placement::topology_gang const& gang, cluster::occupancy const& on) {
    auto const& kind = gang.kinds.front();
    for (auto m = std::uint8_t{0}; m != in.cluster.models.size(); ++m) {
        if (!kind.each.accepts(gpu_model{m})) continue;
        auto room = counts{};
        for (auto n = std::uint32_t{0}; n != in.cluster.nodes.size(); ++n)
            room[n] = placement::pods_on(kind.each, gpu_model{m}, on, node_id{n});
        auto const pods = sums_of(in, gang.slice_level, room);
        for (auto level = std::uint32_t{0}; level <= std::min(gang.required, in.top()); ++level) {
            auto sums = sums_of(in, level, room);
            if (level >= gang.slice_level) { // in whole slices
                sums = {};
                auto left = pods;
                for (auto n = std::size_t{0}; n != in.cluster.nodes.size(); ++n) {
                    auto& all = left[domain_of(in, gang.slice_level, n)];
                    sums[domain_of(in, level, n)] += all - all % gang.slice;
                    all = 0;
                }
            }
            if (*std::max_element(sums.begin(), sums.end()) >= kind.least) return true;
        }
    }
    return false;
}

/// The gang lies where it may, in whole pods and slices.
void check(input const& in, placement::topology_gang const& gang, cluster::ledger const& free,
           cluster::placement const& where) {
    require(free.fits(where) && free.open(where), "on what is free");
    auto const& kind = gang.kinds.front();
    auto pods = counts{};
    auto const model = in.cluster.nodes[index(where.front().node)].model;
    for (auto const& part : where) {
        auto const n = index(part.node);
        require(part.count() % kind.each.gpus_max == 0 && pods[n] == 0, "whole pods, and each node once");
        require(in.cluster.nodes[n].model == model && kind.each.accepts(model), "one model that it takes");
        pods[n] = static_cast<std::uint32_t>(part.count() / kind.each.gpus_max);
    }
    auto all = std::uint32_t{0};
    for (auto const sum : sums_of(in, gang.slice_level, pods)) {
        require(sum % gang.slice == 0, "whole slices");
        all += sum;
    }
    require(all == kind.least, "all of its pods");
    auto const within = sums_of(in, gang.required, pods);
    require(std::count(within.begin(), within.end(), 0u) + 1 == std::ssize(within), "in one domain");
}

/// One byte a step: place, release, open or close a node.
template <class Rule>
void compare(input const& in, outcome& told) {
    auto const tree = tree_of(in);
    auto free = cluster::ledger{in.cluster};
    auto const unused = cluster::occupancy{in.cluster};
    auto const planner = placement::gang_planner<Rule>{tree};
    auto engine = placement::domain_index<Rule>{tree, free};
    auto ever = std::vector<bool>{};
    for (auto const& gang : in.gangs) {
        static_cast<void>(engine.add(gang));
        ever.push_back(holds(in, gang, unused));
    }
    auto lie = std::vector<cluster::placement>{};
    auto const changed = [&](cluster::placement const& where) {
        for (auto const& part : where) engine.changed(part.node);
    };
    for (auto const step : in.steps) {
        auto const which = std::size_t{step} / 4;
        if (step % 4 < 2) {
            auto const g = which % in.gangs.size();
            auto const& gang = in.gangs[g];
            auto const got = engine.place(static_cast<std::uint32_t>(g));
            auto const want = planner.place(gang, free);
            require(static_cast<bool>(got) == static_cast<bool>(want),
                    "the index places what the planner does");
            if (got) require(*got == *want, "where the planner does");
            else require(got.why() == want.why(), "and refuses as it does");
            require(static_cast<bool>(got) == holds(in, gang, free.state()),
                    "placed where a domain has room");
            told.add(got ? std::int64_t{index(got->front().node)} : -1);
            if (!got) {
                require((got.why() == placement::refusal::busy) == ever[g],
                        "infeasible where an empty cluster has no room");
                continue;
            }
            check(in, gang, free, *got);
            free.take(*got);
            changed(*got);
            lie.push_back(*got);
        } else if (step % 4 == 2 && !lie.empty()) {
            std::swap(lie[which % lie.size()], lie.back());
            free.give(lie.back());
            changed(lie.back());
            lie.pop_back();
        } else {
            auto const n = node_id{static_cast<std::uint32_t>(which % in.cluster.nodes.size())};
            free.set_open(n, !free.open(n));
            engine.changed(n);
        }
    }
}

void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    auto const in = decode(data, std::min(size, std::size_t{120}));
    switch (in.rule) {
    case 0: compare<placement::tightest_domain>(in, told); break;
    case 1: compare<placement::balanced_domains>(in, told); break;
    case 2: compare<placement::fewest_hops>(in, told); break;
    default: compare<placement::anchor_fragmentation>(in, told);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
