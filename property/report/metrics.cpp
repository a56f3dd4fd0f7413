// SPDX-License-Identifier: BSL-1.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/report/distribution.hpp>
#include <rota/report/facts.hpp>
#include <rota/report/facts_of_log.hpp>
#include <rota/report/jobs_csv.hpp>
#include <rota/report/metrics.hpp>
#include <rota/report/table.hpp>
#include <rota/simulation/simulator.hpp>

#include "../tally.hpp"

namespace {

namespace report = rota::report;
namespace job = rota::job;
using rota::millis;
using rota::sim_time;

auto result = tally{};
bool check(bool good, std::string_view what) { return result.check(good, what); }

/// Serves in order of submission; `quantum_ms` after its start a job makes room for those that wait.
class taking_turns {
public:
    explicit taking_turns(millis quantum_ms) : quantum_ms_{quantum_ms} {}

    void on(rota::event const&, rota::view const&) {}
    void decide(rota::view const& v, rota::actions& a) {
        auto waiting = false;
        for (auto round = 0; round != 2; ++round) {
            waiting = false;
            for (auto i = std::uint32_t{0}; i != v.submitted(); ++i) {
                auto const j = rota::job_id{i};
                if (!v.waiting(j)) continue;
                if (auto const where = placement_.place(v.need(j), v.free())) (void)a.start(j, *where);
                else waiting = true;
            }
            if (!waiting || round == 1 || quantum_ms_ == 0) break;
            for (auto i = std::uint32_t{0}; i != v.submitted(); ++i) {
                auto const j = rota::job_id{i};
                auto const& s = v.state(j);
                if (v.where(j) == rota::phase::running && s.accrues_from + quantum_ms_ <= v.now())
                    a.preempt(j);
            }
        }
        if (waiting && quantum_ms_ != 0) a.wake_at(v.now() + quantum_ms_);
    }

private:
    rota::placement::first_fit placement_;
    millis quantum_ms_;
};

job::workload drawn(std::uint64_t seed, std::size_t jobs) {
    auto random = rota::random{seed};
    auto made = job::workload{};
    auto at = std::int64_t{0};
    constexpr auto ends = std::array{job::outcome::completed, job::outcome::failed, job::outcome::cancelled,
                                     job::outcome::timed_out};
    for (auto i = std::size_t{0}; i != jobs; ++i) {
        at += static_cast<std::int64_t>(random.below(20'000));
        auto spec =
            job::spec{.submit = sim_time{at}, .need = job::gang(1 + static_cast<int>(random.below(9)))};
        if (spec.need.gpus_max == 1 && random.chance(0.5))
            spec.need.milli = spec.need.milli_min = static_cast<std::uint16_t>(100 * (1 + random.below(9)));
        made.specs.push_back(spec);
        made.works.push_back({.duration_ms = static_cast<millis>(random.below(200'000)),
                              .ends = ends[random.below(ends.size())]});
    }
    return made;
}

void by_hand() {
    // two GPUs: 0 runs 10 s alone on both; 1 (one GPU) and 2 (one GPU) wait for it; 3 is larger than the
    // cluster
    auto jobs = job::workload{};
    auto const add = [&](millis submit, int gpus, millis duration, job::outcome ends) {
        jobs.specs.push_back({.submit = sim_time{submit}, .need = job::gang(gpus)});
        jobs.works.push_back({.duration_ms = duration, .ends = ends});
    };
    add(1'000, 2, 10'000, job::outcome::completed);
    add(2'000, 1, 5'000, job::outcome::failed);
    add(3'000, 1, 1'000, job::outcome::cancelled);
    add(4'000, 3, 1'000, job::outcome::completed);
    jobs.names = {"first", "a,b", "say \"c\"", "3"};
    auto const cluster = rota::cluster::uniform(1, 1, 2);
    auto sim = rota::simulation::simulator{cluster, jobs};
    check(sim.run([] { return taking_turns{0}; }) == rota::simulation::simulator::ending::complete,
          "it ends");
    auto const all = report::facts_of(jobs, sim.results());
    auto const m = report::metrics_of(all, cluster.gpus());
    check(m.jobs == 4 && m.count(job::outcome::completed) == 1 && m.count(job::outcome::failed) == 1 &&
              m.count(job::outcome::cancelled) == 1 && m.count(job::outcome::rejected) == 1 &&
              m.count(job::outcome::unfinished) == 0,
          "outcomes");
    // jct 10, 14, 9 s; wait 0, 9, 8 s; makespan 1 s .. 16 s
    check(m.jct && m.jct->count == 3 && m.jct->mean == 11'000.0 && m.jct->median == 10'000 &&
              m.jct->p90 == 14'000 && m.jct->p99 == 14'000 && m.jct->max == 14'000,
          "completion times");
    check(m.wait && m.wait->mean == 17'000.0 / 3.0 && m.wait->median == 8'000 && m.wait->p99 == 9'000,
          "queueing delays");
    check(m.makespan_ms == 15'000, "makespan");
    check(m.held == 26'000'000 && m.useful == rota::int128{26'000'000} &&
              m.capacity == rota::int128{30'000'000},
          "GPU-milli x ms");
    check(m.utilisation() == 26.0 / 30.0 && m.allocation() == m.utilisation(), "utilisation");
    check(m.preemptions == 0 && m.overhead_ms == 0 && m.lost_ms == 0, "no stops");
    check(report::jobs_csv(jobs, all) ==
              std::string{report::jobs_csv_header} + "\n" +
                  "first,2,1000,1000,11000,10000,10000,0,0,0,completed\n"
                  "\"a,b\",1,2000,11000,16000,14000,5000,9000,0,0,failed\n"
                  "\"say \"\"c\"\"\",1,3000,11000,12000,9000,1000,8000,0,0,cancelled\n"
                  "3,3,4000,,,,0,,0,0,rejected\n",
          "CSV:\n" + report::jobs_csv(jobs, all));
}

void with_costs_by_hand() {
    // one GPU, turns of 10 s, 2 s to save and 3 s to restore: 0 works 10, saves 2; 1 works 10, saves 2, ...
    auto jobs = job::workload{};
    for (auto i = 0; i != 2; ++i) {
        jobs.specs.push_back({.submit = sim_time{0}, .need = job::gang(1)});
        jobs.works.push_back({.duration_ms = 15'000});
    }
    auto const cluster = rota::cluster::uniform(1, 1, 1);
    auto world = rota::simulation::conditions{};
    world.cost = rota::preemption::fixed_cost{.save_ms = 2'000, .restore_ms = 3'000};
    auto sim = rota::simulation::simulator{cluster, jobs, world};
    check(sim.run([] { return taking_turns{10'000}; }) == rota::simulation::simulator::ending::complete,
          "it ends");
    auto const m = report::metrics_of(report::facts_of(jobs, sim.results()), 1);
    // 0: 10 + save 2, restore 3 + 5; 1: 10 + save 2, restore 3 + 5. The GPU is never idle: 40 s.
    check(m.preemptions == 2 && m.overhead_ms == 10'000 && m.lost_ms == 0, "overhead of two stops");
    check(m.makespan_ms == 40'000 && m.held == 40'000'000 && m.useful == rota::int128{30'000'000},
          "held and useful differ by the overhead");
    check(m.utilisation() == 0.75 && m.allocation() == 1.0, "utilisation is without the overhead");
}

void nothing_and_one() {
    auto const none = report::metrics_of({}, 8);
    check(none.jobs == 0 && !none.jct && !none.wait && !none.makespan_ms && !none.capacity && none.held == 0,
          "an empty run has no data");
    check(!none.utilisation() && !none.allocation(), "an empty run has no utilisation");
    check(report::jobs_csv({}, {}) == std::string{report::jobs_csv_header} + "\n",
          "an empty CSV has its header");

    auto jobs = job::workload{};
    jobs.specs.push_back({.submit = sim_time{5}, .need = job::gang(1)});
    jobs.works.push_back({.duration_ms = 0});
    auto const cluster = rota::cluster::uniform(1, 1, 1);
    auto sim = rota::simulation::simulator{cluster, jobs};
    (void)sim.run([] { return taking_turns{0}; });
    auto const one = report::metrics_of(report::facts_of(jobs, sim.results()), 1);
    check(one.jct && one.jct->mean == 0 && one.jct->p99 == 0 && one.makespan_ms == 0, "a job of no length");
    check(!one.utilisation(), "no time, no utilisation: never NaN");

    jobs.specs[0].need = job::gang(2);
    auto too_large = rota::simulation::simulator{cluster, jobs};
    (void)too_large.run([] { return taking_turns{0}; });
    auto const refused = report::metrics_of(report::facts_of(jobs, too_large.results()), 1);
    check(refused.count(job::outcome::rejected) == 1 && !refused.jct && !refused.makespan_ms,
          "rejected jobs have no completion time");
}

void percentiles() {
    auto const hundred = [] {
        auto all = std::vector<millis>{};
        for (auto i = millis{1}; i <= 100; ++i) all.push_back(i);
        return all;
    }();
    for (auto p = 1; p <= 100; ++p) check(report::percentile(hundred, p) == p, "the p-th of 1 .. 100 is p");
    check(report::percentile({7}, 1) == 7 && report::percentile({7}, 100) == 7,
          "one value is every percentile");
    check(report::percentile({1, 2}, 50) == 1 && report::percentile({1, 2}, 51) == 2,
          "nearest rank, two values");
    check(report::percentile({1, 2, 3, 4, 5}, 90) == 5 && report::percentile({1, 2, 3, 4, 5}, 80) == 4,
          "nearest rank, five values");
    auto const huge = report::distribution_of({INT64_MAX, INT64_MAX, INT64_MAX});
    check(huge && huge->mean == static_cast<double>(INT64_MAX), "sums pass 2^63");
}

void log_equals_results() {
    auto const cluster = rota::cluster::uniform(2, 2, 4);
    auto worlds = std::vector<rota::simulation::conditions>(6);
    worlds[1].cost = rota::preemption::fixed_cost{.save_ms = 1'500, .restore_ms = 20'000};
    worlds[2].cost = rota::preemption::cost_by_size{};
    worlds[3].cost = rota::preemption::cost_by_state{};
    worlds[3].launch_ms = 700;
    worlds[4].round_ms = 60'000;
    worlds[5].crash_mean_ms = 150'000;
    worlds[5].node_changes = {{sim_time{300'000}, rota::node_id{1}, rota::cluster::node_state::down},
                              {sim_time{900'000}, rota::node_id{1}, rota::cluster::node_state::up}};
    auto stops = std::uint64_t{0};
    for (auto w = std::size_t{0}; w != worlds.size(); ++w)
        for (auto seed = std::uint64_t{1}; seed != 21; ++seed) {
            auto const jobs = drawn(seed, 60);
            auto schedule = rota::log::schedule{};
            auto sim = rota::simulation::simulator{cluster, jobs, worlds[w], rota::recorder{schedule}};
            auto const ended = sim.run([] { return taking_turns{30'000}; });
            auto const where = " in world " + std::to_string(w) + ", seed " + std::to_string(seed);
            check(ended == rota::simulation::simulator::ending::complete, "it ends" + where);
            auto const text = rota::log::from_text(rota::log::to_text(schedule));
            auto const told = report::facts_of(std::get<rota::log::schedule>(text));
            auto known = report::facts_of(jobs, sim.results());
            for (auto& one : known) { // what a log does not say
                one.useful.reset();
                one.became.overhead_ms = one.became.lost_ms = 0;
                stops += one.became.preemptions;
            }
            check(told == known, "the log tells what the simulator knows" + where);
            check(report::metrics_of(told, 16) == report::metrics_of(known, 16), "and the metrics" + where);
        }
    check(stops > 1000, "there were stops to tell of");
}

void tables() {
    auto t = report::table{{"name", "mean"}};
    t.add({"é", "1.5"});
    t.add({"longer", "10"});
    check(t.text() == "name    mean\n------  ----\né        1.5\nlonger    10\n", "a table:\n" + t.text());
}

} // namespace

int main() {
    by_hand();
    with_costs_by_hand();
    nothing_and_one();
    percentiles();
    log_equals_results();
    tables();
    return result.end();
}
