// SPDX-License-Identifier: BSL-1.0
#include "run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/view.hpp>
#include <rota/report/facts_of_log.hpp>
#include <rota/simulation/simulator.hpp>

#include "failure.hpp"

namespace cli {

namespace {

/// What results alone cannot say of jobs whose devices may change: how many they held, run by run.
bool some_are_elastic(rota::job::workload const& jobs) {
    return std::any_of(jobs.specs.begin(), jobs.specs.end(), [](auto const& spec) {
        return !spec.need.rigid() || spec.need.milli_min != spec.need.milli;
    });
}

/// A scheduler before whose passes a signal ends the command: the simulator looks up once in thousands of instants.
struct interruptible {
    any_scheduler inner;
    void on(rota::event const& happened, rota::view const& v) { inner.on(happened, v); }
    void decide(rota::view const& v, rota::actions& a) {
        stop_if_signalled();
        inner.decide(v, a);
    }
};

} // namespace

run simulate_one(inputs const& in, chosen const& scheduler, world_options const& asked,
                 rota::simulation::conditions const& world, bool logged, progress& bar, resume_file* note) {
    using rota::simulation::simulator;
    auto out = run{};
    out.label = scheduler.label;
    auto const elastic = some_are_elastic(in.jobs);
    auto sim =
        simulator{in.cluster, in.jobs, world, logged || elastic ? rota::recorder{out.log} : rota::recorder{}};
    auto const where = setting{.placement = asked.placement,
                               .seed = asked.seed,
                               .workload = in.jobs,
                               .cluster = in.cluster,
                               .cost = world.cost,
                               .truth = sim.clairvoyance(),
                               .simulated = true};
    auto const make = [&] { return interruptible{scheduler.what->make(scheduler.values, where)}; };
    out.claims = make().inner.claims();
    auto const size = static_cast<double>(std::max<std::size_t>(in.jobs.size(), 1));
    auto const watch = [&](simulator const& of) {
        bar.show(static_cast<double>(of.ended()) / size);
        if (note != nullptr) note->reached(out.log);
        return signalled() == 0;
    };
    bar.begin(out.label);
    auto const from = std::chrono::steady_clock::now();
    auto ended = simulator::ending::stopped;
    try {
        ended = sim.run(make, watch);
    } catch (failure const&) {
        if (note != nullptr) note->reached(out.log);
        throw;
    }
    out.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    stop_if_signalled();
    out.facts = rota::report::facts_of(in.jobs, sim.results());
    if (elastic) {
        auto const told = rota::report::facts_of(out.log);
        for (auto j = std::size_t{0}; j != told.size(); ++j) {
            out.facts[j].held = told[j].held;
            out.facts[j].useful.reset();
        }
        if (!logged) out.log = {};
    }
    out.metrics = rota::report::metrics_of(out.facts, in.cluster.gpus());
    auto const left = in.jobs.size() - sim.ended();
    if (ended == simulator::ending::stuck)
        out.trouble = fmt::format("{}: {} of {} jobs never ended and nothing more can happen", out.label,
                                  left, in.jobs.size());
    if (ended == simulator::ending::unsettled)
        out.trouble = fmt::format("{}: it does not come to rest at {} ms; {} of {} jobs had not ended",
                                  out.label, index(sim.state().now()), left, in.jobs.size());
    bar.end(fmt::format("{} jobs in {:.2f} s", sim.ended(), out.wall_s));
    return out;
}

} // namespace cli
