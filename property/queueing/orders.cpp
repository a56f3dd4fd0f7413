// SPDX-License-Identifier: BSL-1.0
// What the orders are known to do: SRTF's optimum, the identities of LAS and Gittins, EASY's two examples.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/estimate/empirical_law.hpp>
#include <rota/estimate/exponential_law.hpp>
#include <rota/estimate/noisy.hpp>
#include <rota/estimate/point_law.hpp>
#include <rota/estimate/user_history.hpp>
#include <rota/log/text.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/discretised_las.hpp>
#include <rota/queueing/gittins.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/queueing/srsf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/las.hpp>
#include <rota/system/srtf.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;
using namespace rota::queueing;

auto result = tally{};
bool check(bool good, std::string_view what) { return result.check(good, what); }

struct asked {
    std::int64_t at, run;
    int gpus = 1;
    std::int32_t priority = 0;
};
job::workload workload(std::vector<asked> const& jobs) {
    auto made = job::workload{};
    for (auto const& one : jobs) {
        auto spec = job::spec{};
        spec.submit = sim_time{one.at};
        spec.need = job::gang(one.gpus);
        spec.limit_ms = one.run;
        spec.priority = one.priority;
        auto work = job::work{};
        work.duration_ms = one.run;
        made.specs.push_back(spec);
        made.works.push_back(work);
    }
    return made;
}
job::workload draw(std::uint64_t seed, std::size_t jobs_max, std::uint64_t gpus_max, std::uint64_t run_max) {
    auto r = rota::random(seed);
    auto jobs = std::vector<asked>{};
    auto at = std::int64_t{0};
    for (auto i = std::uint64_t{0}, n = 1 + r.below(jobs_max); i != n; ++i) {
        at += static_cast<std::int64_t>(r.below(4));
        jobs.push_back({at, 1 + static_cast<std::int64_t>(r.below(run_max)),
                        static_cast<int>(1 + r.below(gpus_max)), static_cast<std::int32_t>(r.below(3))});
    }
    return workload(jobs);
}

struct outcome {
    std::string log;
    std::vector<std::int64_t> starts, ends;
    std::int64_t flow = 0;
};
template <class Make>
outcome run(job::workload const& jobs, std::uint32_t nodes, std::uint8_t gpus, Make make) {
    auto const cluster = cluster::uniform(1, nodes, gpus);
    auto log = rota::log::schedule{};
    auto world = simulation::simulator(cluster, jobs, {}, recorder(log));
    auto told = outcome{};
    if (world.run([&] { return make(world); }) != simulation::simulator::ending::complete) return told;
    told.log = rota::log::to_text(log);
    for (std::size_t j = 0; j != jobs.size(); ++j) {
        told.starts.push_back(index(world.results()[j].first_start));
        told.ends.push_back(index(world.results()[j].finish));
        told.flow += told.ends.back() - index(jobs.specs[j].submit);
    }
    return told;
}
template <class A, class B>
void same(char const* what, int cases, std::uint64_t gpus_max, A a, B b) {
    for (auto c = 1; c <= cases; ++c) {
        auto const jobs = draw(static_cast<std::uint64_t>(c), 8, gpus_max, 9);
        auto const one = run(jobs, 2, 4, a);
        if (!one.log.empty() && one.log == run(jobs, 2, 4, b).log) continue;
        check(false, std::string(what) + ", case " + std::to_string(c));
        return;
    }
    check(true, what);
}

/// The least total time in system on one GPU that any preemptive schedule reaches, by trying them all.
std::int64_t best_flow(job::workload const& jobs, std::vector<std::int64_t> left, std::int64_t now,
                       std::map<std::pair<std::int64_t, std::vector<std::int64_t>>, std::int64_t>& known) {
    auto const done = std::all_of(left.begin(), left.end(), [](auto l) { return l == 0; });
    if (done) return 0;
    if (auto const hit = known.find({now, left}); hit != known.end()) return hit->second;
    auto present = std::int64_t{0};
    for (std::size_t j = 0; j != left.size(); ++j)
        present += left[j] > 0 && index(jobs.specs[j].submit) <= now;
    auto best = std::int64_t{-1};
    for (std::size_t j = 0; j != left.size(); ++j) {
        if (left[j] == 0 || index(jobs.specs[j].submit) > now) continue;
        --left[j];
        if (auto const here = best_flow(jobs, left, now + 1, known); best < 0 || here < best) best = here;
        ++left[j];
    }
    if (best < 0) best = best_flow(jobs, left, now + 1, known); // nobody is there
    return known[{now, left}] = best + present;
}

auto const oracle_srtf = [](auto& world) {
    return rota::system::srtf<estimate::oracle>{world.clairvoyance()};
};

} // namespace

int main() {
    auto const cases = static_cast<int>(cases_wanted(10'000));

    // SRTF on one GPU: the textbook example, and the optimum by brute force
    auto const textbook = run(workload({{0, 8}, {1, 4}, {2, 9}, {3, 5}}), 1, 1, oracle_srtf);
    check(textbook.ends == std::vector<std::int64_t>{17, 5, 26, 10} && textbook.flow == 4 * 13,
          "SRTF: 17 5 26 10, mean JCT 13");
    auto optimal = true;
    for (auto c = 1; c <= cases && optimal; ++c) {
        auto const jobs = draw(static_cast<std::uint64_t>(c), 4, 1, 4);
        auto left = std::vector<std::int64_t>{};
        for (auto const& work : jobs.works) left.push_back(work.duration_ms);
        auto known = std::map<std::pair<std::int64_t, std::vector<std::int64_t>>, std::int64_t>{};
        optimal = run(jobs, 1, 1, oracle_srtf).flow == best_flow(jobs, left, 0, known);
    }
    check(optimal, "SRTF reaches the least total time in system on one GPU");
    same("SRSF of jobs of one GPU is SRTF", cases, 1, oracle_srtf, [](auto& world) {
        return scheduler{greedy{srsf{world.clairvoyance()}, skip_ahead{}}, placement::consolidated{},
                         preemption::by_order{}};
    });
    same("an oracle without noise is the oracle", cases, 4, oracle_srtf,
         [](auto& world) { return rota::system::srtf{estimate::noisy{world.clairvoyance(), 0.0, 7}}; });

    // LAS
    auto const two =
        run(workload({{0, 1000}, {0, 2000}}), 1, 1, [](auto&) { return rota::system::las<>{1}; });
    check(std::abs(two.ends[0] - 2000) <= 1 && two.ends[1] == 3000, "LAS of sizes 1 and 2 ends at 2 and 3");
    auto const sunk = run(workload({{0, 3}, {1, 1}}), 1, 1, [](auto&) {
        return scheduler{greedy{queueing::discretised_las<queueing::service::time>{{2}}, skip_ahead{}},
                         placement::consolidated{}, preemption::by_order{}};
    });
    check(sunk.ends == std::vector<std::int64_t>{4, 3}, "LAS sinks at its threshold of 2, not before");
    { // a node goes away a ms before the threshold: the job still goes before a later one of the top level
        auto const jobs = workload({{0, 5}, {1, 5}});
        auto under = simulation::conditions{};
        under.node_changes = {{sim_time{1}, node_id{0}, cluster::node_state::down},
                              {sim_time{2}, node_id{0}, cluster::node_state::up}};
        auto const one = cluster::uniform(1, 1, 1);
        auto world = simulation::simulator(one, jobs, under);
        auto const made = [] {
            return scheduler{greedy{queueing::discretised_las<queueing::service::time>{{2}}, skip_ahead{}},
                             placement::consolidated{}, preemption::by_order{}};
        };
        check(world.run(made) == simulation::simulator::ending::complete &&
                  index(world.results()[1].finish) == 8, // from 3 on, where the first sinks
              "LAS: a job stopped a ms before its threshold keeps its level");
    }
    same(
        "LAS without thresholds is FIFO", cases, 4, [](auto&) { return rota::system::best_effort_fifo<>{}; },
        [](auto&) {
            return scheduler{greedy{discretised_las<>{std::vector<std::int64_t>{}}, skip_ahead{}},
                             placement::consolidated{}, preemption::by_order{}};
        });

    // Gittins
    auto const cluster = cluster::uniform(1, 1, 1);
    auto const nobody = intents(cluster, tenant_tree{});
    auto const v = view(nobody);
    auto const any = job_id{};
    auto const two_point = estimate::empirical_law({1, 10});
    check(two_point.index(v, any, 0) == estimate::index_unit / 2, "Gittins, sizes 1 and 10: G(0) = 1/2");
    check(two_point.index(v, any, 1) == estimate::index_unit / 9, "Gittins, sizes 1 and 10: G(1) = 1/9");
    check(two_point.index(v, any, 10) == 0 && two_point.next_change(v, any, 0) == 1,
          "Gittins ends with the largest sample");
    auto const scaled = estimate::empirical_law({7, 70});
    check(scaled.index(v, any, 0) == two_point.index(v, any, 0) / 7, "Gittins scales as 1 / time");
    auto const gittins_with = [](auto law) {
        return [law](auto&) {
            return scheduler{greedy{gittins{law}, skip_ahead{}}, placement::consolidated{},
                             preemption::by_order{}};
        };
    };
    auto const newcomer = run(workload({{0, 10}, {1, 1}}), 1, 1, gittins_with(two_point));
    check(newcomer.ends == std::vector<std::int64_t>{11, 2},
          "a newcomer passes a job of age 1 under sizes 1 and 10");
    same(
        "Gittins of an exponential law is FIFO", cases, 4,
        [](auto&) { return rota::system::best_effort_fifo<>{}; },
        gittins_with(estimate::exponential_law{100}));
    same(
        "Gittins of one known size is FIFO", cases, 4,
        [](auto&) { return rota::system::best_effort_fifo<>{}; },
        gittins_with(estimate::empirical_law({1000})));
    same("Gittins of known sizes is SRTF", cases, 4, oracle_srtf, [](auto& world) {
        return scheduler{
            greedy{gittins<estimate::point_law<estimate::oracle>, service::time>{{world.clairvoyance(), 1}},
                   skip_ahead{}},
            placement::consolidated{}, preemption::by_order{}};
    });
    auto quantiles = std::vector<std::int64_t>{};
    for (auto i = 0; i != 20'000; ++i)
        quantiles.push_back(1 + static_cast<std::int64_t>(-1e6 * std::log(1.0 - (i + 1.0) / 20'001)));
    auto const near_exponential = estimate::empirical_law(std::move(quantiles));
    for (auto const age : {0, 500'000, 1'000'000, 2'000'000})
        check(std::abs(static_cast<double>(near_exponential.index(v, any, age)) / 1e9 - 1.0) < 0.02,
              "Gittins of exponential quantiles is constant within 2 % at age " + std::to_string(age));

    // a quantum that no service of a gang of 16 reaches within 64 bits is never crossed
    using starts = std::vector<std::int64_t>;
    check(run(workload({{0, 10, 16}, {0, 10, 16}}), 1, 16,
              [](auto&) {
                  return rota::system::las<service::time>{600'000'000'000'000};
              }).starts == starts{0, 10},
          "LAS in one quantum is FIFO");

    // backfill: 4 GPUs, two busy until 10, the head wants 4; then 8 GPUs with two extra at the shadow
    auto const by_easy = [](auto&) { return rota::system::easy<>{}; };
    auto const by_holds = [](auto&) { return rota::system::conservative<>{}; };
    check(run(workload({{0, 10, 2}, {0, 5, 4}, {0, 10, 2}}), 1, 4, by_easy).starts == starts{0, 10, 0},
          "EASY fills up to the shadow");
    check(run(workload({{0, 10, 2}, {0, 5, 4}, {0, 11, 2}}), 1, 4, by_easy).starts == starts{0, 10, 15},
          "EASY does not pass the shadow");
    check(run(workload({{0, 10, 4}, {0, 5, 6}, {0, 100, 2}, {0, 100, 2}}), 1, 8, by_easy).starts ==
              starts{0, 10, 0, 15},
          "EASY gives away what the head leaves, once");
    check(run(workload({{0, 10, 3}, {0, 20, 2}, {0, 5, 4}, {0, 100, 1}}), 2, 4, by_easy).starts ==
              starts{0, 0, 10, 0},
          "EASY keeps a long job off the head's node although it is the tightest");
    check(run(workload({{0, 10, 2}, {0, 5, 4}, {0, 11, 2}}), 1, 4, by_holds).starts == starts{0, 10, 15},
          "conservative keeps its holds");
    same("one GPU each: EASY is FIFO", cases, 1, [](auto&) { return rota::system::fifo<>{}; }, by_easy);

    // multifactor: weights matter by their ratios; user history: the mean of the last two
    same(
        "multifactor by scaled weights", cases / 10, 4,
        [](auto&) {
            return scheduler{
                greedy{multifactor{.age_weight = 3, .size_weight = 5, .priority_weight = 7}, skip_ahead{}}};
        },
        [](auto&) {
            return scheduler{greedy{
                multifactor{.age_weight = 300, .size_weight = 500, .priority_weight = 700}, skip_ahead{}}};
        });
    auto history = workload({{0, 10}, {20, 30}, {100, 5}, {100, 40}});
    for (auto& spec : history.specs) spec.user = user_id{1}, spec.limit_ms = 1000;
    history.specs[3].user = user_id{2};
    auto const learnt = run(history, 1, 1, [](auto&) {
        return scheduler{greedy{queueing::sjf{estimate::user_history{}}, strict{}}};
    });
    check(learnt.starts == starts{0, 20, 100, 105}, "the user with short jobs so far goes first");
    auto means = workload({{0, 10}, {20, 30}, {60, 25}, {200, 5}, {200, 5}});
    for (auto& spec : means.specs) spec.user = user_id{1}, spec.limit_ms = 1000;
    means.specs[2].user = means.specs[3].user = user_id{2};
    auto const averaged = run(means, 1, 1, [](auto&) {
        return scheduler{greedy{queueing::sjf{estimate::user_history{}}, strict{}}};
    });
    check(averaged.starts == starts{0, 20, 60, 205, 200}, "10 and 30 are less than 25 on average");

    return result.end();
}
