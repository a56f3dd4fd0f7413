// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

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
#include <rota/placement/outcome.hpp>

#include "../property/placement/mig_rules.hpp"
#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;
using cluster::mig_instance;
using cluster::mig_kind;
using gang = std::vector<mig_instance>;

/// The cluster as a list of what lies where, nothing summed up.
struct told_world {
    cluster::spec spec;
    std::vector<cluster::mig_rule> rules; ///< by model
    std::vector<std::vector<gang>> lying; ///< [nodes][GPUs]
    std::vector<std::uint32_t> split;     ///< [nodes], a bit a GPU
    std::vector<bool> open;               ///< [nodes]

    [[nodiscard]] cluster::mig_rule const& rule(std::size_t n) const {
        return rules[index(spec.nodes[n].model)];
    }
    [[nodiscard]] cluster::mig_device const& device(std::size_t n) const {
        return cluster::mig_device_of(rule(n).kind);
    }
    [[nodiscard]] std::uint32_t cpu_left(std::size_t n) const {
        auto left = spec.nodes[n].cpu_milli;
        for (auto const& gpu : lying[n])
            for (auto const& one : gpu) left -= one.cpu_milli;
        return left;
    }
    [[nodiscard]] mig_rules::slices taken(std::size_t n, std::size_t g) const {
        auto made = mig_rules::slices{};
        for (auto const& one : lying[n][g]) made = mig_rules::with(device(n), one.profile, one.start, made);
        return made;
    }
    /// Free starts of the profile on that GPU that its listed layouts permit.
    [[nodiscard]] std::vector<int> starts(std::size_t n, std::size_t g, int profile) const {
        if ((split[n] >> g & 1) == 0 || profile >= device(n).profiles) return {};
        auto found = mig_rules::starts(device(n), profile, taken(n, g));
        auto const& listed = rule(n).listed;
        if (listed.empty()) return found;
        std::erase_if(found, [&](int s) {
            return std::none_of(listed.begin(), listed.end(), [&](auto const& layout) {
                auto const& there = lying[n][g];
                return layout.begins[s] == profile + 1 &&
                       std::all_of(there.begin(), there.end(), [&](auto const& one) {
                           return layout.begins[one.start] == one.profile + 1;
                       });
            });
        });
        return found;
    }
    void add(gang const& more) {
        for (auto const& one : more) lying[index(one.node)][one.gpu].push_back(one);
    }
    void remove(gang const& gone) {
        for (auto const& one : gone) std::erase(lying[index(one.node)][one.gpu], one);
    }
};

/// The answer by one look at everything for each instance; nothing where one finds no place.
std::optional<gang> by_looking(placement::mig_request const& need, told_world world, bool packs) {
    auto placed = gang{};
    for (auto i = 0; i != need.count; ++i) {
        auto best = std::optional<mig_instance>{};
        auto top = std::int64_t{0};
        for (auto n = std::size_t{0}; n != world.lying.size(); ++n) {
            if (!world.open[n] || world.rule(n).kind != need.kind || world.cpu_left(n) < need.cpu_milli)
                continue;
            auto const& on = world.device(n);
            for (auto g = std::size_t{0}; g != world.lying[n].size(); ++g) {
                auto const taken = world.taken(n, g);
                auto const start =
                    mig_rules::best(on, {}, need.profile, taken, world.starts(n, g, need.profile));
                if (start < 0) continue;
                auto const after = mig_rules::with(on, need.profile, start, taken);
                auto const score = packs ? std::int64_t{std::count(taken.begin(), taken.end(), true)}
                                         : std::int64_t{mig_rules::fragments(on, {}, taken)} -
                                               mig_rules::fragments(on, {}, after);
                if (best && score <= top) continue;
                top = score;
                best = mig_instance{.node = node_id{static_cast<std::uint32_t>(n)},
                                    .gpu = static_cast<std::uint8_t>(g),
                                    .profile = need.profile,
                                    .start = static_cast<std::uint8_t>(start),
                                    .cpu_milli = need.cpu_milli};
            }
        }
        if (!best) return {};
        placed.push_back(*best);
        world.add({*best});
    }
    return placed;
}

struct saved {
    cluster::mig_ledger::mark to;
    cluster::mig_ledger ledger;
    told_world world;
    std::vector<gang> gangs;
};

} // namespace

/// A byte each: nodes and layouts, a byte a node, and two bytes a step: instances that a rule places, instances that go, a
/// GPU that is split or joined, a job, a node that closes or opens, a checkpoint, a way back to one.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    auto at = std::size_t{0};
    size = std::min(size, std::size_t{60});
    auto const next = [&] { return at < size ? data[at++] : std::uint8_t{0}; };
    auto world = told_world{};
    auto const first = next();
    world.spec.models = {"a100", "a30", "whole"};
    auto halves = cluster::mig_layout{}.with(cluster::mig_a100::three, 0).with(cluster::mig_a100::three, 4);
    auto mixed = cluster::mig_layout{}
                     .with(cluster::mig_a100::two, 0)
                     .with(cluster::mig_a100::one, 3)
                     .with(cluster::mig_a100::three, 4);
    auto listed = std::vector<cluster::mig_layout>{};
    if (first / 4 % 2 != 0) listed = {std::move(halves), std::move(mixed)};
    world.rules = {{mig_kind::a100, std::move(listed)}, {mig_kind::a30, {}}, {}};
    for (auto nodes = 1 + first % 4; nodes != 0; --nodes) {
        auto const what = next();
        world.spec.nodes.push_back({.gpus = static_cast<std::uint8_t>(1 + what % 3),
                                    .model = static_cast<gpu_model>(what / 3 % 4 % 3),
                                    .cpu_milli = 8'000});
        world.lying.emplace_back(1 + what % 3);
    }
    world.split.assign(world.spec.nodes.size(), 0);
    world.open.assign(world.spec.nodes.size(), true);
    auto ledger = cluster::mig_ledger(world.spec, world.rules);
    ledger.begin();
    auto gangs = std::vector<gang>{};
    auto marks = std::vector<saved>{};
    while (at < size) {
        auto const what = next();
        auto const how = next();
        auto const n = how % world.spec.nodes.size();
        auto const node = node_id{static_cast<std::uint32_t>(n)};
        switch (what % 8) {
        case 0: { // a GPU
            auto const g = static_cast<int>(how / 4u % world.spec.nodes[n].gpus);
            auto const bit = 1u << g;
            auto const is = (world.split[n] & bit) != 0;
            require(ledger.may_split(node, g) == (!is && world.rule(n).kind != mig_kind::none),
                    "may be split");
            if (is && world.lying[n][static_cast<std::size_t>(g)].empty()) ledger.join(node, g);
            else if (ledger.may_split(node, g)) ledger.split(node, g);
            else break;
            world.split[n] ^= bit;
            break;
        }
        case 4: { // a job that has the node's GPUs which are whole, for this step
            auto const gpus = ledger.whole().state().whole(node);
            auto const job = cluster::placement{cluster::slice{.node = node, .gpus = gpus}};
            require((gpus & ledger.split_gpus(node)) == 0, "a split GPU is nobody's whole one");
            if (gpus == 0) break;
            ledger.take(job);
            for (auto g = 0; g != world.spec.nodes[n].gpus; ++g)
                require(!ledger.may_split(node, g), "nor is one that a job has split");
            ledger.give(job);
            break;
        }
        case 1: // a node; that is not undone
            marks.clear();
            world.open[n] = !world.open[n];
            ledger.set_open(node, world.open[n]);
            break;
        case 2: // instances go
            if (gangs.empty()) break;
            std::swap(gangs[how % gangs.size()], gangs.back());
            for (auto const& one : gangs.back()) ledger.give(one);
            world.remove(gangs.back());
            gangs.pop_back();
            break;
        case 3:
            require(ledger.validate(), "a recount");
            if (how % 2 == 0 || marks.empty()) {
                if (marks.size() != 2) marks.push_back({ledger.checkpoint(), ledger, world, gangs});
                break;
            }
            marks.erase(marks.begin() + 1 + static_cast<std::ptrdiff_t>(how / 2u % marks.size()),
                        marks.end());
            ledger.rollback(marks.back().to);
            require(ledger == marks.back().ledger, "as it was");
            world = marks.back().world;
            gangs = marks.back().gangs;
            marks.pop_back();
            break;
        default: {
            auto need = placement::mig_request{};
            need.kind = how % 4 == 3 ? mig_kind::a30 : mig_kind::a100;
            need.profile = static_cast<std::uint8_t>(how / 4 % cluster::mig_device_of(need.kind).profiles);
            need.count = static_cast<std::uint16_t>(1 + what / 8 % 3);
            need.cpu_milli = what / 24 % 3 * 1'000u;
            auto const packs = what % 2 != 0;
            auto const answer = packs ? placement::by_mig<placement::mig_packing>{}.place(need, ledger)
                                      : placement::by_mig<placement::mig_gradient>{}.place(need, ledger);
            auto const wanted = by_looking(need, world, packs);
            auto const* const placed = std::get_if<gang>(&answer);
            told.add(placed != nullptr ? std::int64_t{index(placed->front().node)} : -1);
            auto const feasible = placement::feasible(need, ledger);
            require((placed != nullptr) == wanted.has_value(), "placed where there is room");
            if (placed == nullptr) {
                require((std::get<placement::refusal>(answer) == placement::refusal::busy) == feasible,
                        "refused as what it is");
                break;
            }
            require(feasible && *placed == *wanted, "where one look at everything puts it");
            for (auto const& one : *placed) {
                require(ledger.fits(one), "on what is free");
                ledger.take(one);
                require(!ledger.fits(one), "which is free no more");
            }
            world.add(*placed);
            gangs.push_back(*placed);
        }
        }
        told.add(ledger.whole().state().cpu_milli(node));
        require(ledger.whole().state().cpu_milli(node) == world.cpu_left(n) &&
                    ledger.split_gpus(node) == world.split[n],
                "a list");
    }
    require(ledger.validate(), "a recount");
    ledger.end();
}
