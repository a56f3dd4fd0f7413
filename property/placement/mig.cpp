// SPDX-License-Identifier: BSL-1.0
// Split GPUs on random walks: the ledger against a list of what lies where, policies against one look at everything.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
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
#include "mig_rules.hpp"

namespace {

using namespace rota;
using cluster::mig_instance;
using cluster::mig_kind;
using cluster::mig_layout;
using gang = std::vector<mig_instance>;

/// All that lies on one GPU.
struct lying {
    int milli = 0; ///< held by jobs
    bool split = false;
    gang instances;
};

/// The cluster as a list: who holds what, nothing summed up.
struct told {
    cluster::spec const* spec;
    std::vector<cluster::mig_rule> rules;
    std::vector<std::vector<lying>> gpus; ///< [nodes][GPUs]
    std::vector<char> open;               ///< [nodes]
    std::vector<gang> gangs;
    std::vector<cluster::placement> jobs;

    told(cluster::spec const& of, std::vector<cluster::mig_rule> given) : spec{&of}, rules{std::move(given)} {
        rules.resize(of.models.size());
        for (auto const& node : of.nodes) gpus.emplace_back(node.gpus);
        open.assign(of.nodes.size(), 1);
    }

    [[nodiscard]] cluster::mig_rule const& rule(std::size_t n) const {
        return rules[index(spec->nodes[n].model)];
    }
    [[nodiscard]] cluster::mig_device const& device(std::size_t n) const {
        return cluster::mig_device_of(rule(n).kind);
    }
    /// CPU and memory that nobody on the node holds.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> left(std::size_t n) const {
        auto cpu = std::int64_t{spec->nodes[n].cpu_milli};
        auto mem = std::int64_t{spec->nodes[n].mem_mib};
        for (auto const& gpu : gpus[n])
            for (auto const& one : gpu.instances) {
                cpu -= one.cpu_milli;
                mem -= one.mem_mib;
            }
        for (auto const& job : jobs)
            for (auto const& part : job)
                if (index(part.node) == n) {
                    cpu -= part.cpu_milli;
                    mem -= part.mem_mib;
                }
        return {cpu, mem};
    }
    [[nodiscard]] mig_rules::slices taken(std::size_t n, std::size_t g) const {
        auto made = mig_rules::slices{};
        for (auto const& one : gpus[n][g].instances)
            made = mig_rules::with(device(n), one.profile, one.start, made);
        return made;
    }
    /// Free and permitted starts of the profile on that GPU.
    [[nodiscard]] std::vector<int> starts(std::size_t n, std::size_t g, int profile, bool permitted) const {
        if (!gpus[n][g].split || profile >= device(n).profiles) return {};
        auto found = mig_rules::starts(device(n), profile, taken(n, g));
        if (!permitted || rule(n).listed.empty()) return found;
        std::erase_if(found, [&](int s) {
            return std::none_of(rule(n).listed.begin(), rule(n).listed.end(), [&](mig_layout const& one) {
                auto good = one.begins[s] == profile + 1;
                for (auto const& there : gpus[n][g].instances)
                    good &= one.begins[there.start] == there.profile + 1;
                return good;
            });
        });
        return found;
    }
    void add(gang const& more) {
        for (auto const& one : more) gpus[index(one.node)][one.gpu].instances.push_back(one);
    }
    void remove(gang const& gone) {
        for (auto const& one : gone) std::erase(gpus[index(one.node)][one.gpu].instances, one);
    }
    void change(cluster::placement const& job, int sign) {
        for (auto const& part : job)
            for (auto g = std::size_t{0}; g != gpus[index(part.node)].size(); ++g)
                if ((part.gpus >> g & 1) != 0) gpus[index(part.node)][g].milli += sign * part.milli;
    }
};

/// The answer by one look at everything for each instance; nothing where one finds no place.
std::optional<gang> naive(placement::mig_request const& need, told world, bool packs) {
    auto placed = gang{};
    for (auto i = 0; i != need.count; ++i) {
        auto best = std::optional<mig_instance>{};
        auto top = std::int64_t{0};
        for (auto n = std::size_t{0}; n != world.gpus.size(); ++n) {
            if (world.open[n] == 0 || world.rule(n).kind != need.kind) continue;
            if ((need.models >> index(world.spec->nodes[n].model) & 1u) == 0) continue;
            auto const [cpu, mem] = world.left(n);
            if (cpu < need.cpu_milli || mem < need.mem_mib) continue;
            auto const& on = world.device(n);
            for (auto g = std::size_t{0}; g != world.gpus[n].size(); ++g) {
                auto const taken = world.taken(n, g);
                auto const start =
                    mig_rules::best(on, {}, need.profile, taken, world.starts(n, g, need.profile, true));
                if (start < 0) continue;
                auto const after = mig_rules::with(on, need.profile, start, taken);
                auto const score =
                    packs ? std::count(taken.begin(), taken.end(), true)
                          : mig_rules::fragments(on, {}, taken) - mig_rules::fragments(on, {}, after);
                if (best && score <= top) continue;
                top = score;
                best = mig_instance{.node = node_id{static_cast<std::uint32_t>(n)},
                                    .gpu = static_cast<std::uint8_t>(g),
                                    .profile = need.profile,
                                    .start = static_cast<std::uint8_t>(start),
                                    .cpu_milli = need.cpu_milli,
                                    .mem_mib = need.mem_mib};
            }
        }
        if (!best) return {};
        placed.push_back(*best);
        world.add({*best});
    }
    return placed;
}

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
