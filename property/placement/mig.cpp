// SPDX-License-Identifier: BSL-1.0
// Split GPUs on random walks: the ledger against a list of what lies where, policies against one look at everything.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/mig_explain.hpp>
#include <rota/placement/mig_gradient.hpp>
#include <rota/placement/mig_packing.hpp>
#include <rota/placement/mig_request.hpp>
#include <rota/placement/mig_table.hpp>
#include <rota/placement/outcome.hpp>

#include "../tally.hpp"
#include "mig_world.hpp"

namespace {

using namespace rota;
using cluster::mig_instance;
using cluster::mig_kind;
using cluster::mig_layout;
using mig_world::gang;
using mig_world::naive;
using mig_world::told;

/// How many instances the open cluster has room for, where nothing is listed.
std::int64_t room(placement::mig_request const& need, told const& world) {
    auto sum = std::int64_t{0};
    for (auto n = std::size_t{0}; n != world.gpus.size(); ++n) {
        if (world.open[n] == 0 || world.rule(n).kind != need.kind) continue;
        if ((need.models >> index(world.spec->nodes[n].model) & 1u) == 0) continue;
        auto here = std::size_t{0};
        for (auto g = std::size_t{0}; g != world.gpus[n].size(); ++g)
            here += world.starts(n, g, need.profile, false).size();
        auto const [cpu, mem] = world.left(n);
        auto fit = static_cast<std::int64_t>(here);
        if (need.cpu_milli != 0) fit = std::min(fit, cpu / need.cpu_milli);
        if (need.mem_mib != 0) fit = std::min(fit, mem / need.mem_mib);
        sum += fit;
    }
    return sum;
}

/// Each node under the first reason that turns it away.
placement::mig_reasons reasons(placement::mig_request const& need, told const& world) {
    auto counted = placement::mig_reasons{};
    for (auto n = std::size_t{0}; n != world.gpus.size(); ++n) {
        auto split = false;
        auto fits = false;
        auto permitted = false;
        for (auto g = std::size_t{0}; g != world.gpus[n].size(); ++g) {
            split |= world.gpus[n][g].split;
            fits |= !world.starts(n, g, need.profile, false).empty();
            permitted |= !world.starts(n, g, need.profile, true).empty();
        }
        auto const [cpu, mem] = world.left(n);
        auto const accepted =
            world.rule(n).kind == need.kind && (need.models >> index(world.spec->nodes[n].model) & 1u) != 0;
        ++(!accepted              ? counted.model
           : world.open[n] == 0   ? counted.closed
           : !split               ? counted.whole
           : !fits                ? counted.slices
           : !permitted           ? counted.listed
           : cpu < need.cpu_milli ? counted.cpu
           : mem < need.mem_mib   ? counted.memory
                                  : counted.usable);
    }
    return counted;
}

/// The layouts that Volcano configures for an A100: equal instances, or three of 2g and one of 1g.
std::vector<mig_layout> few_layouts() {
    auto ones = mig_layout{};
    for (auto s = 0; s != 7; ++s) ones = ones.with(cluster::mig_a100::one, s);
    auto twos = mig_layout{}.with(cluster::mig_a100::one, 6);
    for (auto s : {0, 2, 4}) twos = twos.with(cluster::mig_a100::two, s);
    return {ones, twos, mig_layout{}.with(cluster::mig_a100::three, 0).with(cluster::mig_a100::three, 4),
            mig_layout{}.with(cluster::mig_a100::seven, 0)};
}

cluster::spec some_cluster() {
    auto made = cluster::spec{};
    made.models = {"a100", "a30", "other", "h100"};
    auto const nodes = *rc::gen::element(1, 2, 3, 4, 5);
    for (auto n = 0; n != nodes; ++n)
        made.nodes.push_back(
            {.gpus = static_cast<std::uint8_t>(*rc::gen::element(0, 1, 2, 3, 4)),
             .model = gpu_model{static_cast<std::uint8_t>(*rc::gen::element(0, 0, 0, 1, 2, 3))},
             .cpu_milli = 16'000,
             .mem_mib = 16'384});
    return made;
}

placement::mig_request some_request() {
    auto need = placement::mig_request{};
    need.kind = *rc::gen::element(mig_kind::a100, mig_kind::a100, mig_kind::a100, mig_kind::a30);
    need.profile = static_cast<std::uint8_t>(need.kind == mig_kind::a30
                                                 ? *rc::gen::element(0, 0, 1, 2, 3)
                                                 : *rc::gen::element(0, 0, 0, 1, 2, 2, 3, 4, 5, 6));
    need.count = static_cast<std::uint16_t>(*rc::gen::element(1, 1, 1, 1, 1, 1, 2, 2, 3, 5, 8, 0));
    need.cpu_milli = static_cast<std::uint32_t>(*rc::gen::element(0, 0, 500, 3'000));
    need.mem_mib = static_cast<std::uint32_t>(*rc::gen::element(0, 0, 512, 3'000));
    need.models = *rc::gen::element(job::any_model, job::any_model, 1u, 8u, 6u);
    return need;
}

cluster::placement some_devices(cluster::spec const& of) {
    auto const n = *rc::gen::inRange<std::size_t>(0, of.nodes.size());
    return cluster::placement{cluster::slice{
        .node = node_id{static_cast<std::uint32_t>(n)},
        .gpus = static_cast<std::uint16_t>(*rc::gen::inRange(1, 1 << std::max<int>(of.nodes[n].gpus, 1))),
        .milli = static_cast<std::uint16_t>(*rc::gen::element(1000, 1000, 500, 300)),
        .cpu_milli = static_cast<std::uint32_t>(*rc::gen::element(0, 1'000))}};
}

void compare(cluster::mig_ledger const& ledger, told const& world) {
    RC_ASSERT(ledger.validate());
    for (auto n = std::size_t{0}; n != world.gpus.size(); ++n) {
        auto const node = node_id{static_cast<std::uint32_t>(n)};
        auto const [cpu, mem] = world.left(n);
        RC_ASSERT(ledger.whole().state().cpu_milli(node) == cpu);
        RC_ASSERT(ledger.whole().state().mem_mib(node) == mem);
        for (auto g = 0; g != world.spec->nodes[n].gpus; ++g) {
            auto const& here = world.gpus[n][static_cast<std::size_t>(g)];
            RC_ASSERT(((ledger.split_gpus(node) >> g & 1) != 0) == here.split);
            RC_ASSERT(here.split || here.instances.empty());
            RC_ASSERT(!here.split || here.milli == 0); // never both
            RC_ASSERT(ledger.whole().state().free_milli(node, g) ==
                      (here.split ? 0 : whole_gpu - here.milli));
            auto covered = std::array<int, cluster::mig_slices_max>{};
            for (auto const& one : here.instances)
                for (auto i = 0; i != world.device(n).of[one.profile].size; ++i)
                    ++covered[static_cast<std::size_t>(one.start + i)];
            for (auto s = std::size_t{0}; s != covered.size(); ++s) {
                RC_ASSERT(covered[s] <= 1); // disjoint
                RC_ASSERT((ledger.taken(node, g) >> s & 1) == covered[s]);
            }
        }
    }
}

/// A policy's answer, and everything it is held to. The instances, where there are any.
gang ask(placement::mig_request const& need, cluster::mig_ledger const& ledger, told const& world,
         bool packs) {
    auto const place = [&] {
        return packs ? placement::by_mig<placement::mig_packing>{}.place(need, ledger)
                     : placement::by_mig<placement::mig_gradient>{}.place(need, ledger);
    };
    auto const answer = place();
    RC_ASSERT((answer == place()));
    auto const* placed = std::get_if<gang>(&answer);
    auto counted = reasons(need, world);
    counted.why =
        placement::feasible(need, ledger) ? placement::refusal::busy : placement::refusal::infeasible;
    RC_ASSERT((placement::explain(need, ledger) == counted));
    if (counted.why == placement::refusal::infeasible) {
        RC_ASSERT(placed == nullptr && std::get<placement::refusal>(answer) == counted.why);
        auto empty = told{*world.spec, world.rules};
        for (auto& node : empty.gpus)
            for (auto& gpu : node) gpu.split = true;
        RC_ASSERT(need.count == 0 || !naive(need, empty, packs));
        return {};
    }
    auto const wanted = naive(need, world, packs);
    RC_ASSERT((placed != nullptr) == wanted.has_value());
    if (placed == nullptr) {
        RC_ASSERT(std::get<placement::refusal>(answer) == placement::refusal::busy);
        auto const listed = std::any_of(world.rules.begin(), world.rules.end(),
                                        [](cluster::mig_rule const& rule) { return !rule.listed.empty(); });
        RC_ASSERT(listed || room(need, world) < need.count);
        return {};
    }
    RC_ASSERT((*placed == *wanted));
    return *placed;
}

struct mark {
    cluster::mig_ledger::mark to;
    told world;
    cluster::mig_ledger ledger;
};

void walk() {
    auto const spec = some_cluster();
    auto const few = *rc::gen::element(false, false, true);
    auto const rules =
        std::vector<cluster::mig_rule>{{mig_kind::a100, few ? few_layouts() : std::vector<mig_layout>{}},
                                       {mig_kind::a30, {}},
                                       {},
                                       {mig_kind::a100, {}}};
    auto ledger = cluster::mig_ledger(spec, rules);
    auto world = told{spec, rules};
    auto const empty = ledger;
    auto marks = std::vector<mark>{};
    auto placed = 0;
    auto undone = 0;
    ledger.begin();
    for (auto n = std::uint32_t{0}; n != ledger.size(); ++n) // most walks begin with GPUs that can be used
        for (auto g = 0; g != spec.nodes[n].gpus; ++g) {
            if (!ledger.may_split(node_id{n}, g) || *rc::gen::element(false, false, true)) continue;
            ledger.split(node_id{n}, g);
            world.gpus[n][static_cast<std::size_t>(g)].split = true;
        }
    auto const steps = *rc::gen::inRange(10, 80);
    for (auto step = 0; step != steps; ++step) {
        switch (*rc::gen::element(0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 9)) {
        case 0: { // split
            auto const n = *rc::gen::inRange<std::size_t>(0, spec.nodes.size());
            for (auto g = 0; g != spec.nodes[n].gpus; ++g) {
                auto& here = world.gpus[n][static_cast<std::size_t>(g)];
                auto const may = world.rule(n).kind != mig_kind::none && !here.split && here.milli == 0;
                auto const node = node_id{static_cast<std::uint32_t>(n)};
                RC_ASSERT(ledger.may_split(node, g) == may);
                if (!may) continue;
                ledger.split(node, g);
                here.split = true;
            }
            break;
        }
        case 1: { // join what is empty
            auto const n = *rc::gen::inRange<std::size_t>(0, spec.nodes.size());
            for (auto g = 0; g != spec.nodes[n].gpus; ++g) {
                auto& here = world.gpus[n][static_cast<std::size_t>(g)];
                if (!here.split || !here.instances.empty()) continue;
                ledger.join(node_id{static_cast<std::uint32_t>(n)}, g);
                here.split = false;
            }
            break;
        }
        case 2: { // instances
            auto const got = ask(some_request(), ledger, world, *rc::gen::arbitrary<bool>());
            if (got.empty()) break;
            for (auto const& one : got) {
                RC_ASSERT(ledger.fits(one));
                ledger.take(one);
                RC_ASSERT(!ledger.fits(one));
            }
            world.add(got);
            world.gangs.push_back(got);
            ++placed;
            break;
        }
        case 3: { // any instance, as anybody might ask for it
            auto const n = *rc::gen::inRange<std::size_t>(0, spec.nodes.size());
            if (spec.nodes[n].gpus == 0) break;
            auto const one =
                mig_instance{.node = node_id{static_cast<std::uint32_t>(n)},
                             .gpu = static_cast<std::uint8_t>(*rc::gen::inRange(0, int{spec.nodes[n].gpus})),
                             .profile = static_cast<std::uint8_t>(*rc::gen::element(0, 1, 2, 3, 4, 5)),
                             .start = static_cast<std::uint8_t>(*rc::gen::element(0, 1, 2, 3, 4, 5, 6, 7)),
                             .cpu_milli = static_cast<std::uint32_t>(*rc::gen::element(0, 3'000)),
                             .mem_mib = static_cast<std::uint32_t>(*rc::gen::element(0, 3'000))};
            auto const open = world.starts(n, one.gpu, one.profile, true);
            auto const [cpu, mem] = world.left(n);
            auto const fits = std::find(open.begin(), open.end(), int{one.start}) != open.end() &&
                              cpu >= one.cpu_milli && mem >= one.mem_mib;
            RC_ASSERT(ledger.fits(one) == fits);
            if (!fits) break;
            ledger.take(one);
            world.add({one});
            world.gangs.push_back({one});
            break;
        }
        case 9: { // instances go, and what fitted before still fits
            if (world.gangs.empty()) break;
            auto const need = some_request();
            auto const before = ask(need, ledger, world, false);
            auto const i = *rc::gen::inRange<std::size_t>(0, world.gangs.size());
            auto const gone = world.gangs[i];
            for (auto const& one : gone) ledger.give(one);
            world.gangs.erase(world.gangs.begin() + static_cast<std::ptrdiff_t>(i));
            world.remove(gone);
            auto const after = ask(need, ledger, world, false);
            RC_ASSERT(few || before.empty() || !after.empty());
            break;
        }
        case 4: { // a job
            auto const job = some_devices(spec);
            auto const& part = job.front();
            auto fits = world.left(index(part.node)).first >= part.cpu_milli;
            for (auto g = 0; g != cluster::gpus_per_node_max; ++g) {
                if ((part.gpus >> g & 1) == 0) continue;
                auto const there = g < spec.nodes[index(part.node)].gpus;
                auto const* here =
                    there ? &world.gpus[index(part.node)][static_cast<std::size_t>(g)] : nullptr;
                fits = fits && there && !here->split && here->milli + part.milli <= whole_gpu;
            }
            RC_ASSERT(ledger.whole().fits(job) == fits);
            if (!fits) break;
            ledger.take(job);
            world.change(job, +1);
            world.jobs.push_back(job);
            break;
        }
        case 5: { // a job ends
            if (world.jobs.empty()) break;
            ledger.give(world.jobs.back());
            world.change(world.jobs.back(), -1);
            world.jobs.pop_back();
            break;
        }
        case 6: { // a node fails or comes back; that cannot be undone
            marks.clear();
            auto const n = *rc::gen::inRange<std::size_t>(0, spec.nodes.size());
            world.open[n] = world.open[n] == 0;
            ledger.set_open(node_id{static_cast<std::uint32_t>(n)}, world.open[n] != 0);
            break;
        }
        case 7: marks.push_back({ledger.checkpoint(), world, ledger}); break;
        default: { // undo to any of the nested marks
            if (marks.empty()) break;
            auto const i = *rc::gen::inRange<std::size_t>(0, marks.size());
            ledger.rollback(marks[i].to);
            RC_ASSERT((ledger == marks[i].ledger));
            world = marks[i].world;
            marks.erase(marks.begin() + static_cast<std::ptrdiff_t>(i), marks.end());
            ++undone;
            break;
        }
        }
        compare(ledger, world);
    }
    RC_CLASSIFY(placed > 2, "three requests placed");
    RC_CLASSIFY(undone > 0, "undid something");
    RC_CLASSIFY(few, "few layouts");
    for (auto const& one : world.gangs)
        for (auto const& part : one) ledger.give(part);
    for (auto const& job : world.jobs) ledger.give(job);
    for (auto n = std::uint32_t{0}; n != ledger.size(); ++n) {
        ledger.set_open(node_id{n}, true);
        for (auto left = unsigned{ledger.split_gpus(node_id{n})}; left != 0; left &= left - 1)
            ledger.join(node_id{n}, std::countr_zero(left));
    }
    RC_ASSERT((ledger == empty));
}

/// The other way round than packing: what a scorer of one's own looks like.
struct emptiest {
    std::int64_t sign = 0;
    [[nodiscard]] std::int64_t operator()(placement::mig_table const&, unsigned taken,
                                          unsigned) const noexcept {
        return sign * std::popcount(taken);
    }
};

bool own_scorer() {
    auto const spec = cluster::uniform(1, 1, 2);
    auto ledger = cluster::mig_ledger(spec, {{mig_kind::a100, {}}});
    for (auto g : {0, 1}) ledger.split(node_id{0}, g);
    auto const need = placement::mig_request{.count = 2};
    auto const spread = std::get<gang>(placement::by_mig{emptiest{-1}}.place(need, ledger));
    auto const packed = std::get<gang>(placement::by_mig{emptiest{+1}}.place(need, ledger));
    return spread[0].gpu == 0 && spread[1].gpu == 1 && packed[0].gpu == 0 && packed[1].gpu == 0;
}

/// With profiles counting alike 2g goes beside the 3g; where only 3g counts, it keeps away from its other half.
bool weights_count() {
    auto const spec = cluster::uniform(1, 1, 2);
    auto ledger = cluster::mig_ledger(spec, {{mig_kind::a100, {}}});
    for (auto g : {0, 1}) ledger.split(node_id{0}, g);
    ledger.take({.node = node_id{0}, .gpu = 1, .profile = cluster::mig_a100::three, .start = 0});
    auto const need = placement::mig_request{.profile = cluster::mig_a100::two};
    auto policy = placement::by_mig<placement::mig_gradient>{};
    auto const beside = std::get<gang>(policy.place(need, ledger)).front();
    auto const only_three =
        placement::mig_table{cluster::mig_device_of(mig_kind::a100), {{0, 0, 0, 1, 0, 0}}};
    policy.weigh(mig_kind::a100, only_three);
    auto const away = std::get<gang>(policy.place(need, ledger)).front();
    return beside.gpu == 1 && beside.start == 4 && away.gpu == 0 && away.start == 4;
}

} // namespace

int main() {
    auto result = tally{};
    result.check(rc::check("split GPUs are what lies on them, and policies look everywhere", walk), "walk");
    result.check(weights_count(), "the weights decide where an instance goes");
    result.check(own_scorer(), "one's own scorer decides on which GPU");
    return result.end();
}
