// SPDX-License-Identifier: BSL-1.0
// Defragmentation: who moves, what it costs, when it is not worth it, and that every job ends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/worst_fit.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using simulation::simulator;

void add(job::workload& to, millis submit, int gpus, millis runs, job::span how = job::span::anywhere) {
    to.specs.push_back({.submit = sim_time{submit}, .need = job::gang(gpus, how)});
    to.works.push_back({.duration_ms = runs});
}

template <class Preemption>
std::vector<simulation::result> run(tally& told, cluster::spec const& cluster, job::workload const& jobs,
                                    simulation::conditions const& under, Preemption evict) {
    auto sim = simulator{cluster, jobs, under};
    auto const ended =
        sim.run([&] { return scheduler{queueing::greedy<>{}, placement::worst_fit{}, evict}; });
    auto all = ended == simulator::ending::complete;
    for (auto const& one : sim.results()) all = all && one.outcome == job::outcome::completed;
    told.check(all, "every job runs to its end");
    return sim.results();
}

/// Two nodes of 8 with 4 GPUs in use each: a gang that needs one node starts when one of the jobs has moved.
void one_move(tally& told, millis restore_ms, millis worth_ms, bool moves) {
    auto const cluster = cluster::uniform(1, 2, 8);
    auto jobs = job::workload{};
    add(jobs, 0, 4, 100'000);
    add(jobs, 0, 4, 100'000);
    add(jobs, 1'000, 8, 10'000, job::span::one_node);
    auto under = simulation::conditions{};
    under.cost = preemption::fixed_cost{.save_ms = 0, .restore_ms = restore_ms};
    auto const got = run(told, cluster, jobs, under, preemption::by_migration{under.cost, worth_ms});
    auto const name = "restore " + std::to_string(restore_ms) + ", worth " + std::to_string(worth_ms);
    told.check(got[2].first_start == sim_time{moves ? 1'000 : 100'000}, name + ": the gang's start");
    auto const late = std::max(index(got[0].finish), index(got[1].finish));
    auto const early = std::min(index(got[0].finish), index(got[1].finish));
    told.check(early == 100'000, name + ": one job does not notice");
    told.check(late == (moves ? 100'000 + restore_ms : 100'000), name + ": one pays for its move");
}

/// Plans of a scheduler, each judged when it is made.
struct judge {
    tally* told = nullptr;
    int* plans = nullptr;
    queueing::greedy<> queue{};
    placement::worst_fit place{};
    preemption::by_migration moves{preemption::cost_by_size{}};

    void on(event const& happened, view const& v) { queue.on(happened, v, moves); }
    void decide(view const& v, actions& a) {
        for (auto j : v.jobs()) {
            if (!v.waiting(j) || place.place(v.need(j), v.free())) continue;
            auto const found = moves.planned(v, place, j);
            if (!found) continue;
            ++*plans;
            judged(v, *found);
        }
        queue.decide(v, a, place, moves);
    }
    void judged(view const& v, preemption::by_migration::plan const& found) const {
        auto left = v.free();
        auto apart = true;
        auto cost = std::int64_t{0};
        for (auto const& one : found.moves) { // all at once: nothing of it waits for another move
            apart = apart && left.fits(one.to) && left.open(one.to);
            if (apart) left.take(one.to);
            auto const gpus = v.intent(one.job).gpus();
            cost += preemption::cost_by_size{}.of(v.spec(one.job), gpus).restore_ms * gpus;
        }
        told->check(apart, "moves go to devices that are free now");
        told->check(cost == found.cost_gpu_ms(), "a plan costs what its moves cost");
        for (auto const& one : found.moves) left.give(v.intent(one.job));
        told->check(left.fits(found.gang), "the gang fits where they were");
        for (auto const& one : found.moves) {
            auto again = left;
            auto fits = again.fits(v.intent(one.job));
            if (fits) again.take(v.intent(one.job));
            told->check(!fits || !again.fits(found.gang), "nobody moves in vain");
        }
    }
};

void random_worlds(tally& told) {
    auto plans = 0;
    auto waited = std::int64_t{0};
    auto waits = std::int64_t{0};
    for (auto seed = std::uint64_t{1}; seed != 30; ++seed) {
        auto draw = rota::random{seed};
        auto const below = [&](std::uint64_t n) { return static_cast<std::int64_t>(draw.below(n)); };
        auto const cluster = cluster::uniform(2, 3, 8);
        auto jobs = job::workload{};
        auto at = millis{0};
        for (auto i = 0; i != 200; ++i) {
            at += below(60'000);
            auto const gpus = std::vector{1, 1, 2, 2, 3, 4, 8, 16}[static_cast<std::size_t>(below(8))];
            add(jobs, at, gpus, 30'000 + below(600'000), gpus < 8 ? job::span::one_node : job::span::compact);
        }
        auto under = simulation::conditions{};
        under.cost = preemption::cost_by_size{};
        auto sim = simulator{cluster, jobs, under};
        auto const ended = sim.run([&] { return judge{&told, &plans}; });
        told.check(ended == simulator::ending::complete, "all end");
        auto const still = run(told, cluster, jobs, under, preemption::never{});
        for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
            waited += still[j].first_start - jobs.specs[j].submit;
            waits += sim.results()[j].first_start - jobs.specs[j].submit;
        }
    }
    told.check(plans > 100, "plans were made");
    told.check(waits < waited, "jobs wait less than where nobody moves");
}

} // namespace

int main() {
    auto told = tally{};
    one_move(told, 0, 600'000, true);
    one_move(told, 30'000, 600'000, true);
    one_move(told, 30'000, 15'000, true);  // 4 GPUs for 30 s, worth 8 for 15 s
    one_move(told, 30'000, 14'999, false); // a little less
    random_worlds(told);
    return told.end();
}
