// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
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

#include "../property/placement/mig_world.hpp"
#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;
using cluster::mig_kind;
using mig_world::gang;

struct saved {
    cluster::mig_ledger::mark to;
    cluster::mig_ledger ledger;
    mig_world::told world;
};

/// A byte each: nodes and layouts, a byte a node, and two bytes a step: instances that a rule places, instances that go, a
/// GPU that is split or joined, a job, a node that closes or opens, a checkpoint, a way back to one.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    auto at = std::size_t{0};
    size = std::min(size, std::size_t{60});
    auto const next = [&] { return at < size ? data[at++] : std::uint8_t{0}; };
    auto const first = next();
    auto spec = cluster::spec{};
    spec.models = {"a100", "a30", "whole"};
    auto halves = cluster::mig_layout{}.with(cluster::mig_a100::three, 0).with(cluster::mig_a100::three, 4);
    auto mixed = cluster::mig_layout{}
                     .with(cluster::mig_a100::two, 0)
                     .with(cluster::mig_a100::one, 3)
                     .with(cluster::mig_a100::three, 4);
    auto listed = std::vector<cluster::mig_layout>{};
    if (first / 4 % 2 != 0) listed = {std::move(halves), std::move(mixed)};
    for (auto nodes = 1 + first % 4; nodes != 0; --nodes) {
        auto const what = next();
        spec.nodes.push_back({.gpus = static_cast<std::uint8_t>(1 + what % 3),
                              .model = static_cast<gpu_model>(what / 3 % 4 % 3),
                              .cpu_milli = 8'000});
    }
    auto world = mig_world::told(spec, {{mig_kind::a100, std::move(listed)}, {mig_kind::a30, {}}, {}});
    auto ledger = cluster::mig_ledger(spec, world.rules);
    ledger.begin();
    auto marks = std::vector<saved>{};
    while (at < size) {
        auto const what = next();
        auto const how = next();
        auto const n = how % spec.nodes.size();
        auto const node = node_id{static_cast<std::uint32_t>(n)};
        switch (what % 8) {
        case 0: { // a GPU
            auto const g = static_cast<int>(how / 4u % spec.nodes[n].gpus);
            auto& there = world.gpus[n][static_cast<std::size_t>(g)];
            require(ledger.may_split(node, g) == (!there.split && world.rule(n).kind != mig_kind::none),
                    "may be split");
            if (there.split && there.instances.empty()) ledger.join(node, g);
            else if (ledger.may_split(node, g)) ledger.split(node, g);
            else break;
            there.split = !there.split;
            break;
        }
        case 4: { // a job that has the node's GPUs which are whole, for this step
            auto const gpus = ledger.whole().state().whole(node);
            auto const job = cluster::placement{cluster::slice{.node = node, .gpus = gpus}};
            require((gpus & ledger.split_gpus(node)) == 0, "a split GPU is nobody's whole one");
            if (gpus == 0) break;
            ledger.take(job);
            for (auto g = 0; g != spec.nodes[n].gpus; ++g)
                require(!ledger.may_split(node, g), "nor is one that a job has split");
            ledger.give(job);
            break;
        }
        case 1: // a node; that is not undone
            marks.clear();
            world.open[n] = world.open[n] == 0;
            ledger.set_open(node, world.open[n] != 0);
            break;
        case 2: // instances go
            if (world.gangs.empty()) break;
            std::swap(world.gangs[how % world.gangs.size()], world.gangs.back());
            for (auto const& one : world.gangs.back()) ledger.give(one);
            world.remove(world.gangs.back());
            world.gangs.pop_back();
            break;
        case 3:
            require(ledger.validate(), "a recount");
            if (how % 2 == 0 || marks.empty()) {
                if (marks.size() != 2) marks.push_back({ledger.checkpoint(), ledger, world});
                break;
            }
            marks.erase(marks.begin() + 1 + static_cast<std::ptrdiff_t>(how / 2u % marks.size()),
                        marks.end());
            ledger.rollback(marks.back().to);
            require(ledger == marks.back().ledger, "as it was");
            world = marks.back().world;
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
            auto const wanted = mig_world::naive(need, world, packs);
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
            world.gangs.push_back(*placed);
        }
        }
        told.add(ledger.whole().state().cpu_milli(node));
        auto split = std::uint32_t{0};
        for (auto g = std::size_t{0}; g != world.gpus[n].size(); ++g)
            split |= std::uint32_t{world.gpus[n][g].split} << g;
        require(ledger.whole().state().cpu_milli(node) == world.left(n).first &&
                    ledger.split_gpus(node) == split,
                "a list");
    }
    require(ledger.validate(), "a recount");
    ledger.end();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
