// SPDX-License-Identifier: BSL-1.0
// Gang time slicing: shares of time come true, turns are useful time, it holds in every world, and turns are those by
// definition.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rota/placement/consolidated.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/queueing/slicer.hpp>
#include <rota/system/gang_time_slicing.hpp>

#include "../tally.hpp"
#include "against.hpp"
#include "naive_slicer.hpp"
#include "worlds.hpp"

using namespace rota;
using scheduler = system::gang_time_slicing<>;

namespace {

job::workload equal_jobs(std::vector<int> const& gpus, millis duration_ms) {
    auto jobs = job::workload{};
    for (auto g : gpus) {
        jobs.specs.push_back({.submit = sim_time{0}, .need = job::gang(g)});
        jobs.works.push_back({.duration_ms = duration_ms});
    }
    return jobs;
}

/// Runs jobs that outlast the time, and says how much useful time each had.
std::vector<millis> received(cluster::spec const& on, std::vector<int> const& gpus, millis time,
                             simulation::conditions under, millis quantum_ms) {
    auto jobs = equal_jobs(gpus, 1'000'000'000);
    jobs.specs.push_back({.submit = sim_time{time}, .need = job::gang(1)}); // the end of the observation
    jobs.works.push_back({.duration_ms = 1});
    auto had = std::vector<millis>(gpus.size());
    struct observed {
        scheduler inner;
        millis time;
        std::vector<millis>* had;
        std::vector<int> const* gpus;
        void on(event const& e, view const& v) { inner.on(e, v); }
        void decide(view const& v, actions& a) {
            if (index(v.now()) <= time)
                for (auto j = std::size_t{0}; j != had->size() && j < v.submitted(); ++j)
                    (*had)[j] = v.attained(static_cast<job_id>(j)) / (1000 * (*gpus)[j]);
            inner.decide(v, a);
        }
    };
    auto world = simulation::simulator(on, jobs, under);
    auto const make = [&] {
        auto made = observed{{}, time, &had, &gpus};
        made.inner.slices.quantum_ms = quantum_ms;
        return made;
    };
    (void)world.run(make, [&](auto const& w) { return index(w.state().now()) <= time; });
    return had;
}

/// Shares that depend on the job, the lane and the time, some of them nothing; one lane a model, or one for all.
template <class Slicer, class Placement>
struct sliced {
    Slicer slices{};
    Placement place{};
    bool equal = false; ///< all jobs have the share of gang_time_slicing

    void on(event const& e, view const& v) { slices.on(e, v); }
    void decide(view const& v, actions& a) {
        auto lanes = std::vector<std::uint32_t>{job::any_model};
        if (!equal && v.free().models() > 1) lanes = {1u, 2u};
        auto asked = std::int64_t{1};
        for (auto j : v.jobs()) asked += std::int64_t{v.need(j).gpus_max} * v.need(j).milli;
        auto const all = std::min<std::int64_t>(1000, 1'000'000 * v.free().open_gpus() / asked + 1);
        slices.share_out(v, a, place, std::span<std::uint32_t const>{lanes}, [&](job_id j, std::size_t lane) {
            if (equal) return all;
            auto const mixed = index(j) * 7u + lane * 3u + static_cast<unsigned>(index(v.now()) / 90'000);
            return static_cast<std::int64_t>(mixed % 5) * 250;
        });
    }
};

template <class Slicer>
Slicer with(millis quantum_ms) {
    auto made = Slicer{};
    made.quantum_ms = quantum_ms;
    return made;
}

template <class Placement>
void compare(tally& told, char const* name, int cases, worlds::taste const& like, bool equal,
             millis quantum_ms) {
    worlds::same(
        told, name, cases, like,
        [=] { return sliced<queueing::slicer, Placement>{with<queueing::slicer>(quantum_ms), {}, equal}; },
        [=] { return sliced<naive::slicer, Placement>{with<naive::slicer>(quantum_ms), {}, equal}; });
}

} // namespace

int main() {
    auto told = tally{};
    auto const hour = millis{3'600'000};

    // equal gangs on equal shares: within one lease of the share
    auto const one = cluster::uniform(1, 1, 4);
    for (auto const& gpus : {std::vector{4, 4, 4}, std::vector{2, 2, 2, 2}, std::vector{1, 1, 1, 1, 1, 1, 1},
                             std::vector{3, 1, 4}, std::vector{4, 1, 1, 1, 1}, std::vector{2, 4, 2}}) {
        auto asked = 0;
        for (auto g : gpus) asked += g;
        auto const had = received(one, gpus, 10 * hour, {}, 60'000);
        auto const share = 10 * hour * 4 / asked;
        for (auto j = std::size_t{0}; j != gpus.size(); ++j)
            told.check(std::abs(had[j] - share) <= 3 * 60'000,
                       "share of job " + std::to_string(j) + " of " + std::to_string(gpus.size()) + ": " +
                           std::to_string(had[j]) + " instead of " + std::to_string(share));
    }
    // nobody is stopped before he has worked for a whole lease, although switching costs more than the lease
    {
        auto under = simulation::conditions{};
        under.cost = preemption::fixed_cost{40'000, 90'000};
        auto const had = received(one, {4, 4}, 10 * hour, under, 60'000);
        for (auto one_had : had)
            told.check(one_had > hour && std::abs(had[0] - had[1]) <= 60'000, "useful leases");
    }
    // gangs of the whole cluster get their turn between small ones that come and go
    {
        auto jobs = equal_jobs({8}, 600'000);
        for (auto i = 0; i != 400; ++i) {
            jobs.specs.push_back({.submit = sim_time{1000 + 14'000 * i}, .need = job::gang(1)});
            jobs.works.push_back({.duration_ms = 50'000 + 1'000 * (i % 17)});
        }
        jobs.specs.front().submit = sim_time{500};
        jobs.specs.insert(jobs.specs.begin(), 8, {.submit = sim_time{0}, .need = job::gang(1)});
        jobs.works.insert(jobs.works.begin(), 8, {.duration_ms = 400'000});
        auto const two = cluster::uniform(1, 2, 4);
        auto world = simulation::simulator(two, jobs);
        told.check(world.run([] { return scheduler{}; }) == simulation::simulator::ending::complete,
                   "completes");
        told.check(index(world.results()[8].finish) < 3'000'000,
                   "a gang of the whole cluster is not starved");
    }
    // a single job is never stopped
    {
        auto const jobs = equal_jobs({4}, 10 * hour);
        auto world = simulation::simulator(one, jobs);
        (void)world.run([] { return scheduler{}; });
        told.check(world.results()[0].preemptions == 0 && index(world.results()[0].finish) == 10 * hour,
                   "alone");
    }

    auto const n = worlds::cases(1250);
    for (auto i = 0; i != n; ++i)
        for (auto w = std::size_t{0}; w != worlds::names.size(); ++w) {
            auto dice = rota::random(static_cast<std::uint64_t>(i) * 64 + w);
            auto const scene = worlds::make_scene(dice, {.models = 1 + i % 2, .elastic = i % 5 == 0});
            auto world =
                simulation::simulator(scene.cluster, scene.jobs, worlds::make_world(dice, w, scene.cluster));
            worlds::run(told, world, std::string(worlds::names[w]) + " " + std::to_string(i),
                        [] { return scheduler{}; });
        }

    auto const cases = worlds::cases(4'000);
    auto const deep = worlds::taste{.models = 2, .exact_limits = true, .jobs_max = 30};
    auto elastic = deep;
    elastic.elastic = true;
    compare<placement::consolidated>(told, "equal shares", cases, deep, true, 60'000);
    compare<placement::consolidated>(told, "lanes", cases, deep, false, 60'000);
    compare<placement::spread_out>(told, "spread out, short leases", cases / 4, deep, false, 20'000);
    compare<placement::consolidated>(told, "elastic", cases / 4, elastic, false, 60'000);
    return told.end();
}
