// SPDX-License-Identifier: BSL-1.0
// Whoever is admitted is on time, gangs included; on one GPU admission is the test of the sums; every world holds.
#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <rota/log/schedule.hpp>
#include <rota/system/edf_admission.hpp>

#include "../tally.hpp"
#include "worlds.hpp"

using namespace rota;
using scheduler = system::edf_admission<>;

namespace {

/// One GPU, all jobs at once: in the order of their deadlines, whoever keeps every sum within its deadline.
void sums(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto jobs = job::workload{};
    for (auto i = worlds::draw(dice, 1, 12); i-- != 0;) {
        auto const length = 1000 * worlds::draw(dice, 1, 60);
        jobs.specs.push_back({.need = job::gang(1),
                              .limit_ms = length,
                              .deadline = sim_time{1000 * worlds::draw(dice, 1, 300)}});
        jobs.works.push_back({.duration_ms = length});
    }
    auto order = std::vector<std::size_t>(jobs.size());
    for (auto j = std::size_t{0}; j != order.size(); ++j) order[j] = j;
    std::sort(order.begin(), order.end(), [&](auto x, auto y) {
        return std::tuple{jobs.specs[x].deadline, x} < std::tuple{jobs.specs[y].deadline, y};
    });
    auto admitted = std::vector<bool>(jobs.size());
    for (auto j : order) {
        admitted[j] = true;
        for (auto d : order) { // the sum test, for every deadline
            auto sum = std::int64_t{0};
            for (auto k = std::size_t{0}; k != jobs.size(); ++k)
                if (admitted[k] && jobs.specs[k].deadline <= jobs.specs[d].deadline)
                    sum += jobs.specs[k].limit_ms;
            if (admitted[d] && sum > index(jobs.specs[d].deadline)) admitted[j] = false;
        }
    }
    auto const one = cluster::uniform(1, 1, 1);
    auto world = simulation::simulator(one, jobs);
    (void)world.run([] { return scheduler{}; });
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        auto const& r = world.results()[j];
        told.check((r.outcome == job::outcome::completed) == admitted[j],
                   "the test of the sums, seed " + std::to_string(seed));
        told.check(!admitted[j] || r.finish <= jobs.specs[j].deadline, "on time on one GPU");
    }
}

void by_hand(tally& told) {
    // two nodes of four: gangs of four twice, then one that only fits a gap between windows
    auto const on = cluster::uniform(1, 2, 4);
    auto jobs = job::workload{};
    auto const add = [&](std::int64_t at, int gpus, millis length, std::int64_t deadline) {
        jobs.specs.push_back({.submit = sim_time{at},
                              .need = job::gang(gpus),
                              .limit_ms = length,
                              .deadline = sim_time{deadline}});
        jobs.works.push_back({.duration_ms = length});
    };
    add(0, 8, 100, 100);  // at once
    add(0, 8, 100, 400);  // 100 to 200
    add(0, 4, 50, 140);   // could end at 150: rejected
    add(10, 3, 100, 300); // 200 to 300
    add(10, 4, 100, 300); // 200 to 300 on the other node
    add(10, 4, 100, 305); // no node before 300: rejected
    add(10, 1, 100, 305); // the GPU left beside the gang of three
    auto log = log::schedule{};
    auto world = simulation::simulator(on, jobs, {}, recorder(log));
    told.check(world.run([] { return scheduler{}; }) == simulation::simulator::ending::complete, "completes");
    auto const finish = [&](std::size_t j) { return index(world.results()[j].finish); };
    told.check(finish(0) == 100 && finish(1) == 200 && finish(3) == 300 && finish(4) == 300 &&
                   finish(6) == 300,
               "windows by hand");
    told.check(world.results()[2].outcome == job::outcome::rejected && finish(2) == 0 &&
                   world.results()[5].outcome == job::outcome::rejected && finish(5) == 10,
               "rejected on arrival");
    auto said = 0;
    for (auto const& r : log.records) said += r.kind == log::kind::reject && r.why == log::cause::deadline;
    told.check(said == 2, "rejected because of the deadline");
}

/// Jobs that end early: the windows behind them move up, none moves back.
void compression(tally& told) {
    auto const on = cluster::uniform(1, 1, 2);
    auto jobs = job::workload{};
    for (auto i = 0; i != 6; ++i) {
        jobs.specs.push_back({.need = job::gang(i % 2 + 1), .limit_ms = 1000, .deadline = sim_time{10'000}});
        jobs.works.push_back({.duration_ms = i == 0 || i == 2 ? 300 : 1000});
    }
    auto world = simulation::simulator(on, jobs);
    (void)world.run([] { return scheduler{}; });
    auto const finish = [&](std::size_t j) { return index(world.results()[j].finish); };
    told.check(finish(0) == 300 && finish(2) == 300, "singles side by side");
    told.check(finish(1) == 1300 && finish(3) == 2300 && finish(4) == 3300 && finish(5) == 4300,
               "all move up");
}

} // namespace

int main() {
    auto told = tally{};
    by_hand(told);
    compression(told);
    auto const n = worlds::cases(10'000);
    for (auto i = 0; i != n; ++i) sums(told, static_cast<std::uint64_t>(i));

    auto on_time = 0;
    auto rejected = 0;
    for (auto i = 0; i != n; ++i) {
        auto dice = rota::random(static_cast<std::uint64_t>(i));
        auto const scene =
            worlds::make_scene(dice, {.models = 1 + i % 2, .deadlines = true, .exact_limits = true});
        auto jobs = scene.jobs;
        for (auto& work : jobs.works) work.model_rate.fill(1000); // a limit holds wherever the job runs
        auto log = log::schedule{};
        auto under = simulation::conditions{};
        under.spurious_pass = true;
        auto world = simulation::simulator(scene.cluster, jobs, under, recorder(log));
        auto const what = "on time " + std::to_string(i);
        if (!worlds::run(told, world, what, [] { return scheduler{}; })) continue;
        for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
            auto const& r = world.results()[j];
            rejected += r.outcome == job::outcome::rejected;
            if (r.outcome == job::outcome::rejected || jobs.specs[j].deadline == never) continue;
            ++on_time;
            told.check(r.finish <= jobs.specs[j].deadline, what);
        }
        auto promised = std::vector<sim_time>(jobs.size(), never);
        for (auto const& r : log.records) {
            if (r.kind == log::kind::promise) {
                told.check(sim_time{r.value} <= promised[r.job], what + ": a window moved back");
                promised[r.job] = sim_time{r.value};
            }
            if (r.kind == log::kind::start)
                told.check(r.at <= promised[r.job], what + ": a window was missed");
        }
    }
    told.check(n < 1000 || (on_time > n && rejected > n / 2),
               "jobs were admitted " + std::to_string(on_time) + " and rejected " + std::to_string(rejected));

    for (auto i = 0; i != (n + 7) / 8; ++i)
        for (auto w = std::size_t{0}; w != worlds::names.size(); ++w) {
            auto dice = rota::random(static_cast<std::uint64_t>(i) * 64 + w);
            auto const scene = worlds::make_scene(dice, {.models = 1 + i % 2,
                                                         .elastic = i % 5 == 0,
                                                         .deadlines = i % 3 != 0,
                                                         .exact_limits = i % 2 == 0});
            auto world =
                simulation::simulator(scene.cluster, scene.jobs, worlds::make_world(dice, w, scene.cluster));
            worlds::run(told, world, std::string(worlds::names[w]) + " " + std::to_string(i),
                        [] { return scheduler{}; });
        }
    return told.end();
}
