// SPDX-License-Identifier: BSL-1.0
// Random clusters, jobs and worlds for whole schedulers, and what must hold in every one of them.
#ifndef ROTA_PROPERTY_QUEUEING_WORLDS_HPP
#define ROTA_PROPERTY_QUEUEING_WORLDS_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/simulator.hpp>

#include "../cases.hpp"
#include "../draw.hpp"
#include "../tally.hpp"

namespace worlds {

using namespace rota;

/// As many as are asked for, but at most so many.
inline int cases(int most) {
    auto const wanted = cases_wanted(static_cast<std::uint64_t>(most));
    return static_cast<int>(std::clamp(wanted, std::uint64_t{1}, static_cast<std::uint64_t>(most)));
}

struct taste {
    int models = 1;
    bool elastic = false;
    bool deadlines = false;
    bool exact_limits = false;
    int tenants = 1;
    int jobs_max = 14;
};

struct scene {
    cluster::spec cluster;
    job::workload jobs;
};

using ::draw;

inline scene make_scene(rota::random& dice, taste const& like) {
    auto made = scene{};
    auto const width = 1 << draw(dice, 0, 3);
    auto const cpus = dice.chance(0.3);
    made.cluster.models.clear();
    for (auto m = 0; m != like.models; ++m) {
        made.cluster.models.push_back("model" + std::to_string(m));
        for (auto n = draw(dice, 1, 3); n-- != 0;)
            made.cluster.nodes.push_back({.gpus = static_cast<std::uint8_t>(width),
                                          .model = static_cast<gpu_model>(m),
                                          .cpu_milli = cpus ? 4000u * static_cast<unsigned>(width) : 0u,
                                          .rack = static_cast<rack_id>(n)});
    }
    for (auto t = 1; t < like.tenants; ++t)
        made.jobs.tenants.push_back({static_cast<tenant_id>(draw(dice, 0, t - 1)),
                                     draw(dice, 0, 3),
                                     1000 * draw(dice, 0, width),
                                     {}});
    auto at = std::int64_t{0};
    for (auto i = draw(dice, 1, like.jobs_max); i-- != 0;) {
        auto asked = job::gang(draw(dice, 1, width));
        if (dice.chance(0.1)) asked = job::gang(width * draw(dice, 1, 2));
        auto of_model = std::array<int, 2>{0, 0};
        for (auto const& node : made.cluster.nodes) of_model[index(node.model)] += node.gpus;
        auto const largest = *std::max_element(of_model.begin(), of_model.end());
        asked.gpus_max = asked.gpus_min = static_cast<std::uint16_t>(std::min<int>(asked.gpus_max, largest));
        if (like.elastic && dice.chance(0.7)) {
            asked.gpus_min = static_cast<std::uint16_t>(draw(dice, 1, asked.gpus_max));
        } else if (asked.gpus_max == 1 && dice.chance(0.2)) {
            asked.milli = asked.milli_min = 500;
        }
        if (cpus) asked.cpu_milli = 1000u * static_cast<unsigned>(draw(dice, 0, 4));
        if (like.models > 1 && asked.gpus_max <= std::min(of_model[0], of_model[1]) && dice.chance(0.3))
            asked.models = 1u << draw(dice, 0, 1);
        auto const span = draw(dice, 0, 5);
        if (span == 0 && asked.gpus_max <= width) asked.span = job::span::one_node;
        if (span == 1) asked.span = job::span::compact;
        auto work = job::work{.duration_ms = 1000 * draw(dice, 0, 600)};
        if (dice.chance(0.5)) work.duration_ms += draw(dice, 0, 999);
        if (like.elastic) work.knee = static_cast<std::uint16_t>(draw(dice, 0, 4));
        if (like.models > 1 && dice.chance(0.7))
            work.model_rate[1] = static_cast<std::uint16_t>(draw(dice, 1, 8) * 500);
        auto spec = job::spec{.submit = sim_time{at}, .need = asked};
        spec.tenant = static_cast<tenant_id>(draw(dice, 0, like.tenants - 1));
        spec.priority = draw(dice, 0, 2);
        if (like.exact_limits)
            spec.limit_ms = work.duration_ms + (dice.chance(0.5) ? 0 : 1000 * draw(dice, 0, 300));
        else if (dice.chance(0.7)) spec.limit_ms = 1000 * draw(dice, 1, 900);
        if (like.exact_limits) spec.limit_ms = std::max<millis>(spec.limit_ms, 1);
        if (like.deadlines && dice.chance(0.7))
            spec.deadline = spec.submit + spec.limit_ms * draw(dice, 8, 50) / 10;
        made.jobs.specs.push_back(spec);
        made.jobs.works.push_back(work);
        if (dice.chance(0.6)) at += 1000 * draw(dice, 0, 200);
    }
    return made;
}

inline constexpr std::array<char const*, 8> names{"ideal",  "costly",   "slow",   "failing",
                                                  "faulty", "replaced", "rounds", "everything"};

/// One of eight worlds; every one but the first two is hard in its own way, the last in all.
inline simulation::conditions make_world(rota::random& dice, std::size_t which, cluster::spec const& on) {
    auto under = simulation::conditions{};
    under.seed = dice();
    under.spurious_pass = true;
    auto const all = which == 7;
    if (which == 1 || all) under.cost = preemption::fixed_cost{5'000, 30'000};
    if (which == 2 || all) {
        under.latency_ms_max = 5'000;
        under.late_ms_max = 8'000;
        under.repeat = 0.3;
        under.requeue_ms = 3'000;
        under.launch_ms = 2'000;
        under.log_orders = true;
    }
    if (which == 3 || all) {
        under.start_failure = 0.2;
        under.moves_in_place = dice.chance(0.5);
        under.crash_mean_ms = 3'600'000;
        under.checkpoint_every_ms = 60'000;
    }
    if (which == 4 || all)
        for (auto i = draw(dice, 1, 3); i-- != 0;) {
            auto const node = node_id{static_cast<std::uint32_t>(dice.below(on.nodes.size()))};
            auto const at = 1000 * draw(dice, 0, 1500);
            under.node_changes.push_back({sim_time{at}, node, cluster::node_state::down});
            under.node_changes.push_back(
                {sim_time{at + 1000 * draw(dice, 1, 600)}, node, cluster::node_state::up});
        }
    std::sort(under.node_changes.begin(), under.node_changes.end(),
              [](auto const& a, auto const& b) { return a.at < b.at; });
    for (auto const& one : std::vector<cluster::node_change>(under.node_changes))
        if (one.to == cluster::node_state::down)
            under.node_changes.push_back(
                {sim_time{3'000'000}, one.node, cluster::node_state::up}); // all are up in the end
    if (which == 5 || all)
        for (auto at = 0; at < 1'500'000; at += 1000 * draw(dice, 50, 500))
            under.new_scheduler.push_back(sim_time{at});
    if (which == 6) under.round_ms = 30'000;
    return under;
}

/// Runs it and checks what holds in every world. Returns whether the run completed.
template <class Make>
bool run(tally& told, simulation::simulator& world, std::string const& what, Make make) {
    auto turns = 0;
    auto const ending = world.run(make, [&](auto const&) { return ++turns < 200; });
    using rota::simulation::simulator;
    told.check(ending == simulator::ending::complete,
               what + ": ending " + std::to_string(static_cast<int>(ending)));
    if (ending != simulator::ending::complete) return false;
    auto const& want = world.state().want();
    told.check(want.refused() == 0, what + ": an action was refused");
    told.check(world.instants().restless() == 0, what + ": a pass without news changed something");
    auto idle = cluster::occupancy(want.free().layout());
    for (auto n = std::uint32_t{0}; n != idle.size(); ++n)
        idle.set_open(node_id{n}, want.free().open(node_id{n}));
    auto held = world.state().held();
    for (auto n = std::uint32_t{0}; n != idle.size(); ++n)
        held.set_open(node_id{n}, want.free().open(node_id{n}));
    told.check(held == idle && want.free().state() == idle && want.free().validate(),
               what + ": not everything is free at the end");
    return true;
}

} // namespace worlds

#endif
