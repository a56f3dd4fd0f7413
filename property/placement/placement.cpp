// SPDX-License-Identifier: BSL-1.0
// Every placement policy on small clusters in any state: what it returns, when it refuses, and what it looks at.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/anchor_fragmentation.hpp>
#include <rota/placement/balanced_domains.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/dot_product.hpp>
#include <rota/placement/explain.hpp>
#include <rota/placement/fewest_hops.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/placement/random.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/worst_fit.hpp>
#include <rota/verify/liveness.hpp>
#include <rota/verify/safety.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

struct scene {
    cluster::spec cluster;
    std::vector<cluster::slice> held;
    std::vector<std::uint32_t> closed;
    job::request need;
};

/// The ledger of the scene; the held devices are taken in the given order.
cluster::ledger ledger_of(scene const& from, bool backwards = false) {
    auto made = cluster::ledger(from.cluster);
    auto order = from.held;
    if (backwards) std::reverse(order.begin(), order.end());
    if (!backwards)
        for (auto n : from.closed) made.set_open(node_id{n}, false);
    for (auto const& part : order) made.take(part);
    if (backwards)
        for (auto n : from.closed) made.set_open(node_id{n}, false);
    return made;
}

scene some_scene() {
    auto made = scene{};
    made.cluster.models = {"a", "b"};
    auto const models = *rc::gen::inRange(1, 3);
    auto const size = *rc::gen::element(1, 2, 4, 8);
    auto const even = *rc::gen::inRange(0, 2) == 0;
    auto const nodes = *rc::gen::inRange(1, 8);
    for (auto n = 0; n != nodes; ++n)
        made.cluster.nodes.push_back(
            {.gpus = static_cast<std::uint8_t>(even ? size : *rc::gen::inRange(1, size + 1)),
             .model = gpu_model{static_cast<std::uint8_t>(*rc::gen::inRange(0, models))},
             .cpu_milli = 8'000,
             .mem_mib = 8'192,
             .rack = static_cast<rack_id>(*rc::gen::inRange(0, 3)),
             .spine = {}});
    auto state = cluster::occupancy(made.cluster);
    auto const holders = *rc::gen::inRange(0, 12);
    for (auto i = 0; i != holders; ++i) {
        auto const n = static_cast<std::uint32_t>(*rc::gen::inRange(0, nodes));
        auto const part = cluster::slice{
            .node = node_id{n},
            .gpus = static_cast<std::uint16_t>(*rc::gen::inRange(1, 1 << made.cluster.nodes[n].gpus)),
            .milli = static_cast<std::uint16_t>(*rc::gen::element(1000, 1000, 500, 300)),
            .cpu_milli = static_cast<std::uint32_t>(*rc::gen::element(0, 1'000, 3'000)),
            .mem_mib = static_cast<std::uint32_t>(*rc::gen::element(0, 1'024))};
        if (!state.fits(part)) continue;
        state.take(part);
        made.held.push_back(part);
    }
    for (auto n = 0; n != nodes; ++n)
        if (*rc::gen::inRange(0, 8) == 0) made.closed.push_back(static_cast<std::uint32_t>(n));
    made.need = job::gang(*rc::gen::element(1, 1, 2, 3, 4, 5, 8, 12, 16),
                          static_cast<job::span>(*rc::gen::inRange(0, 4)));
    if (*rc::gen::inRange(0, 3) == 0) made.need.models = static_cast<std::uint32_t>(*rc::gen::inRange(1, 4));
    if (*rc::gen::inRange(0, 3) == 0)
        made.need.milli = made.need.milli_min = static_cast<std::uint16_t>(*rc::gen::element(250, 500, 700));
    if (*rc::gen::inRange(0, 3) == 0)
        made.need.cpu_milli = static_cast<std::uint32_t>(*rc::gen::element(1'000, 3'000));
    if (*rc::gen::inRange(0, 4) == 0) made.need.mem_mib = 3'072;
    return made;
}

/// By looking at every node: could a gang lie on what is free, spread as the policy would spread it?
template <placement::policy P>
bool possible(scene const& in, cluster::ledger const& free) {
    auto const& need = in.need;
    auto span = need.span;
    if (span == job::span::anywhere && placement::is_compact<P>()) {
        auto together = need;
        together.span = job::span::compact;
        if (verify::could_ever_run(in.cluster, together)) span = job::span::compact;
    }
    return verify::could_place(in.cluster, need, span, need.gpus_max, [&](std::size_t n) {
        auto const id = node_id{static_cast<std::uint32_t>(n)};
        if (!free.open(id)) return 0;
        return verify::node_room(need, in.cluster.nodes[n].gpus, free.state().cpu_milli(id),
                                 free.state().mem_mib(id),
                                 [&](int g) { return free.state().free_milli(id, g); });
    });
}

template <placement::policy P>
void placed_well(P const& policy) {
    auto const in = some_scene();
    auto const free = ledger_of(in);
    auto const before = free;
    auto const got = policy.place(in.need, free);
    RC_ASSERT((free == before)); // a bool: RC_ASSERT copies what it compares
    RC_CLASSIFY(static_cast<bool>(got), "placed");
    RC_ASSERT(static_cast<bool>(got) == possible<P>(in, free));
    if (!got) {
        RC_ASSERT((got.why() == placement::refusal::busy) == verify::could_ever_run(in.cluster, in.need));
        return;
    }
    RC_ASSERT(free.fits(*got));
    RC_ASSERT(free.open(*got));
    RC_ASSERT(got->gpus() == int{in.need.gpus_max});
    auto const parts = std::vector<cluster::slice>(got->begin(), got->end());
    RC_ASSERT(verify::detail::amount_fault(in.need, parts, false) == nullptr);
    RC_ASSERT(verify::detail::place_fault(in.cluster, in.need, parts) == nullptr);
    for (auto i = std::size_t{0}; i != parts.size(); ++i)
        for (auto k = std::size_t{0}; k != i; ++k) RC_ASSERT(parts[i].node != parts[k].node);
    RC_ASSERT(placement::may_fit(policy, in.need, free));
}

/// Freeing devices, or opening a node, never turns a placement into a refusal.
template <placement::policy P>
void monotone(P const& policy) {
    auto in = some_scene();
    auto free = ledger_of(in);
    RC_PRE(static_cast<bool>(policy.place(in.need, free)));
    while (!in.held.empty()) {
        auto const i = *rc::gen::inRange<std::size_t>(0, in.held.size());
        free.give(in.held[i]);
        in.held.erase(in.held.begin() + static_cast<std::ptrdiff_t>(i));
        RC_ASSERT(static_cast<bool>(policy.place(in.need, free)));
    }
    for (auto n : in.closed) {
        free.set_open(node_id{n}, true);
        RC_ASSERT(static_cast<bool>(policy.place(in.need, free)));
    }
}

/// The same request and an equal ledger, however it came about, give the same devices.
template <placement::policy P>
void blind(P const& policy) {
    auto const in = some_scene();
    auto const one = ledger_of(in);
    auto other = ledger_of(in, true);
    other.begin();
    if (!in.held.empty()) {
        other.give(in.held.front());
        other.rollback(0);
    }
    RC_ASSERT((one == other));
    auto const first = policy.place(in.need, one);
    auto const second = policy.place(in.need, other);
    RC_ASSERT(static_cast<bool>(first) == static_cast<bool>(second));
    if (first) RC_ASSERT(*first == *second);
    else RC_ASSERT(first.why() == second.why());
}

void explained() {
    auto const in = some_scene();
    auto const free = ledger_of(in);
    auto const told = placement::explain(in.need, free);
    RC_ASSERT(told.model + told.closed + told.gpus + told.cpu + told.memory + told.usable == free.size());
    auto const got = placement::first_fit{}.place(in.need, free);
    if (got) RC_ASSERT(told.usable >= got->size());
    else RC_ASSERT(told.why == got.why());
}

auto result = tally{};

template <placement::policy P>
void check_policy(std::string const& name, P const& policy) {
    auto const law = [&](std::string const& what, auto const& holds) {
        result.check(rc::check(name + what, holds), name + what);
    };
    law(": placements are gangs, refusals are honest", [&] { placed_well(policy); });
    law(": freeing devices refuses nobody", [&] { monotone(policy); });
    law(": looks at the request and the ledger alone", [&] { blind(policy); });
}

} // namespace

int main() {
    check_policy("first fit", placement::first_fit{});
    check_policy("best fit", placement::best_fit{});
    check_policy("worst fit", placement::worst_fit{});
    check_policy("consolidated", placement::consolidated{});
    check_policy("spread out", placement::spread_out{});
    check_policy("random", placement::random{placement::drawn{7}});
    check_policy("dot product", placement::dot_product{});
    check_policy("dot product, packing", placement::dot_product_packing{});
    auto const small = cluster::uniform(1, 1, 1); // the scenes have clusters of their own
    check_policy("tightest domain", placement::by_domain<placement::tightest_domain>{small});
    check_policy("balanced domains", placement::by_domain<placement::balanced_domains>{small});
    check_policy("fewest hops", placement::by_domain<placement::fewest_hops>{small});
    check_policy("anchor fragmentation", placement::by_domain<placement::anchor_fragmentation>{small});
    constexpr auto counted = "every node is counted under one reason";
    result.check(rc::check(counted, explained), counted);
    return result.end();
}
