// SPDX-License-Identifier: BSL-1.0
// Simulated queues against queueing theory, and what must hold in every run without statistics.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/gang_time_slicing.hpp>
#include <rota/system/las.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/verify/decoder.hpp>

#include "../cases.hpp"
#include "../tally.hpp"
#include "suite.hpp"

namespace {

using namespace rota;
using estimate::oracle;

auto result = tally{};

constexpr double service_ms = 1e6; ///< mean; a tick is a millionth of it

enum class law_of_sizes : std::uint8_t { exponential, deterministic, hyperexponential };

double drawn(rota::random& random, law_of_sizes law) {
    auto const exponential = [&] { return -std::log(1.0 - random.unit()); };
    switch (law) {
    case law_of_sizes::deterministic: return 1.0;
    case law_of_sizes::hyperexponential: return (random.chance(0.9) ? 0.5 : 5.5) * exponential();
    case law_of_sizes::exponential: break;
    }
    return exponential();
}

/// The sanitizers look at memory and not at means: where few cases are asked for, a sample is an eighth as large and
/// may be as much more uncertain.
auto const smaller = cases_wanted(10'000) < 1'000 ? std::size_t{8} : std::size_t{1};

/// Poisson arrivals at load rho for `servers` gangs of `gpus` GPUs.
job::workload queue(std::uint64_t seed, std::size_t jobs, double rho, int servers, int gpus,
                    law_of_sizes law) {
    auto made = job::workload{};
    auto random = rota::random(seed);
    auto at = 0.0;
    for (auto j = std::size_t{0}; j != jobs / smaller; ++j) {
        at += drawn(random, law_of_sizes::exponential) * service_ms / (rho * servers);
        auto& spec = made.specs.emplace_back();
        spec.submit = sim_time{std::llround(at)};
        spec.need = job::gang(gpus);
        made.works.emplace_back().duration_ms = std::llround(drawn(random, law) * service_ms);
        spec.limit_ms = std::max<millis>(1, made.works.back().duration_ms);
    }
    return made;
}

template <class Make>
std::vector<simulation::result> simulate(cluster::spec const& cluster, job::workload const& jobs, Make make,
                                         log::schedule* to = nullptr, simulation::conditions under = {}) {
    auto host =
        simulation::simulator(cluster, jobs, std::move(under), to == nullptr ? recorder{} : recorder{*to});
    auto const how = host.run([&] { return make(std::as_const(host)); });
    result.check(how == simulation::simulator::ending::complete, "a run is complete");
    return host.results();
}

constexpr auto fifo = [](auto const&) { return system::fifo<>{}; };
constexpr auto easy = [](auto const&) { return system::easy<>{}; };
constexpr auto greedy = [](auto const&) { return system::best_effort_fifo<>{}; };
constexpr auto sjf = [](auto const& s) { return system::sjf<oracle>{s.clairvoyance()}; };
constexpr auto srtf = [](auto const& s) { return system::srtf<oracle>{s.clairvoyance()}; };

/// The mean of a statistic of jobs agrees with theory: within 5 standard errors of batch means, plus a bias that is
/// known, and the standard error is small enough to say something.
template <class Statistic>
void agrees(std::string const& what, std::vector<simulation::result> const& results,
            job::workload const& jobs, double truth, double width, Statistic of, double bias = 0) {
    static constexpr auto batches = std::size_t{40};
    auto const first = results.size() / 20; // starts empty: the first twentieth is left out
    auto const each = (results.size() - first) / batches;
    auto sum = 0.0;
    auto squares = 0.0;
    for (auto b = std::size_t{0}; b != batches; ++b) {
        auto mean = 0.0;
        for (auto i = first + b * each; i != first + (b + 1) * each; ++i)
            mean += of(results[i], jobs.specs[i]) / static_cast<double>(each);
        sum += mean;
        squares += mean * mean;
    }
    auto const mean = sum / batches;
    auto const error = std::sqrt((squares / batches - mean * mean) / (batches - 1));
    std::printf("%-34s %9.5f, theory %9.5f, standard error %.5f\n", what.c_str(), mean, truth, error);
    result.check(std::abs(mean - truth) <= 5 * error + bias * truth, what + " disagrees with theory");
    result.check(error <= width * std::sqrt(static_cast<double>(smaller)) * truth,
                 what + " is too uncertain to say anything");
}
double response(simulation::result const& r, job::spec const& spec) {
    return static_cast<double>(r.finish - spec.submit) / service_ms;
}
double waited(simulation::result const& r, job::spec const& spec) {
    return r.first_start > spec.submit ? 1.0 : 0.0;
}

void theory() {
    using law = law_of_sizes;
    auto const one = cluster::uniform(1, 1, 1);
    auto const mm1 = [&](double rho, std::uint64_t seed) {
        return queue(seed, 600'000, rho, 1, 1, law::exponential);
    };
    {
        auto const jobs = mm1(0.5, 11);
        auto const run = simulate(one, jobs, fifo);
        agrees("M/M/1 0.5 FCFS", run, jobs, 2.0, 0.01, response);
        agrees("M/M/1 0.5 chance to wait", run, jobs, 0.5, 0.01, waited);
        agrees("M/M/1 0.5 SRPT", simulate(one, jobs, srtf), jobs, 1.425373, 0.01, response);
    }
    {
        auto const jobs = mm1(0.8, 12);
        agrees("M/M/1 0.8 FCFS", simulate(one, jobs, fifo), jobs, 5.0, 0.03, response);
        agrees("M/M/1 0.8 SRPT", simulate(one, jobs, srtf), jobs, 2.352773, 0.02, response);
    }
    for (auto const& [servers, rho, wait, mean] :
         {std::tuple{2, 0.5, 1.0 / 3.0, 4.0 / 3.0}, {8, 0.8, .4576449254, 1.2860280784}}) {
        auto const jobs = queue(21, 400'000, rho, servers, 1, law::exponential);
        auto const run = simulate(cluster::uniform(1, 1, static_cast<std::uint8_t>(servers)), jobs, fifo);
        auto const name = "M/M/" + std::to_string(servers);
        agrees(name + " FCFS", run, jobs, mean, 0.02, response);
        agrees(name + " chance to wait (Erlang C)", run, jobs, wait, 0.02, waited);
    }
    { // whole-cluster gangs are one server, whatever the nodes
        auto const jobs = queue(31, 300'000, 0.5, 1, 16, law::exponential);
        agrees("M/M/1 0.5 of whole clusters", simulate(cluster::uniform(2, 1, 8), jobs, fifo), jobs, 2.0,
               0.02, response);
    }
    { // Pollaczek-Khinchine
        auto const jobs = queue(41, 400'000, 0.8, 1, 1, law::deterministic);
        agrees("M/D/1 0.8 FCFS", simulate(one, jobs, fifo), jobs, 3.0, 0.02, response);
    }
    {
        auto const jobs = queue(51, 600'000, 0.8, 1, 1, law::hyperexponential);
        agrees("M/H2/1 0.8 FCFS", simulate(one, jobs, fifo), jobs, 14.0, 0.06, response);
        agrees("M/H2/1 0.8 SRPT", simulate(one, jobs, srtf), jobs, 2.184685, 0.02, response);
    }
    { // quanta of a twentieth of the mean service instead of none: the bias is theirs
        auto const quantised = [](auto const&) {
            return system::las<>{static_cast<std::int64_t>(service_ms) / 20};
        };
        auto const jobs = queue(61, 500'000, 0.8, 1, 1, law::hyperexponential);
        agrees("M/H2/1 0.8 LAS", simulate(one, jobs, quantised), jobs, 3.731007, 0.04, response, 0.03);
        auto const exponential = queue(62, 60'000, 0.5, 1, 1, law::exponential);
        agrees("M/M/1 0.5 LAS", simulate(one, exponential, quantised), exponential, 2.0, 0.04, response,
               0.02);
    }
    { // processor sharing by such quanta: the mean does not depend on the law of sizes
        auto const shared = [](auto const&) {
            auto slicing = system::gang_time_slicing<>{};
            slicing.slices.quantum_ms = static_cast<std::int64_t>(service_ms) / 20;
            return slicing;
        };
        for (auto const& [name, sizes] : {std::pair{"M/M/1 0.5 PS", law::exponential},
                                          {"M/D/1 0.5 PS", law::deterministic},
                                          {"M/H2/1 0.5 PS", law::hyperexponential}}) {
            auto const jobs = queue(71, 100'000, 0.5, 1, 1, sizes);
            agrees(name, simulate(one, jobs, shared), jobs, 2.0, 0.03, response, 0.02);
        }
    }
}

// --- without statistics, on small trials

verify::trial small(std::uint64_t seed, verify::feature jobs) {
    return verify::draw(seed, verify::world::ideal, jobs);
}

std::int64_t total_flow(job::workload const& jobs, std::vector<simulation::result> const& results) {
    auto sum = std::int64_t{0};
    for (auto j = std::size_t{0}; j != results.size(); ++j) sum += results[j].finish - jobs.specs[j].submit;
    return sum;
}
std::vector<sim_time> finishes(std::vector<simulation::result> const& results) {
    auto all = std::vector<sim_time>{};
    for (auto const& one : results) all.push_back(one.finish);
    return all;
}

template <class Make>
void exact(std::string const& name, Make make, std::uint64_t seed) {
    using verify::feature;
    auto const usual = verify::without(feature::all, feature::elastic | feature::deadlines |
                                                         feature::infeasible | feature::limits);
    auto const what = small(seed, usual);
    auto first = log::schedule{};
    auto const results = simulate(what.cluster, what.jobs, make, &first);
    auto const at = name + ", seed " + std::to_string(seed) + ": ";

    auto again = log::schedule{};
    (void)simulate(what.cluster, what.jobs, make, &again);
    result.check(log::to_text(first) == log::to_text(again), at + "the same input gives the same bytes");

    auto inside = std::int64_t{0};
    auto integral = int128{0};
    auto last = sim_time{};
    auto idle = std::vector<sim_time>{}; // instants at whose end nobody is there
    for (auto i = std::size_t{0}; i != first.records.size(); ++i) {
        auto const& r = first.records[i];
        integral += int128{inside} * (r.at - last);
        last = r.at;
        inside += r.kind == log::kind::submit;
        inside -= r.kind == log::kind::finish || r.kind == log::kind::fail || r.kind == log::kind::cancel;
        if (inside == 0 && (i + 1 == first.records.size() || first.records[i + 1].at != r.at))
            idle.push_back(r.at);
    }
    result.check(integral == int128{total_flow(what.jobs, results)}, at + "Little's law");

    for (auto cut : idle) { // what comes later does not know what was before
        auto rest = what.jobs;
        auto const gone =
            static_cast<std::size_t>(std::find_if(rest.specs.begin(), rest.specs.end(),
                                                  [&](auto const& s) { return s.submit > cut; }) -
                                     rest.specs.begin());
        rest.specs.erase(rest.specs.begin(), rest.specs.begin() + static_cast<std::ptrdiff_t>(gone));
        rest.works.erase(rest.works.begin(), rest.works.begin() + static_cast<std::ptrdiff_t>(gone));
        auto const later = finishes(results);
        result.check(
            finishes(simulate(what.cluster, rest, make)) ==
                std::vector<sim_time>(later.begin() + static_cast<std::ptrdiff_t>(gone), later.end()),
            at + "cut where it is idle");
    }

    auto slow = what.jobs;
    for (auto j = std::size_t{0}; j != slow.size(); ++j) {
        slow.specs[j].submit = sim_time{7 * index(slow.specs[j].submit)};
        slow.specs[j].limit_ms *= 7;
        slow.works[j].duration_ms *= 7;
    }
    auto scaled = finishes(results);
    for (auto& one : scaled) one = sim_time{7 * index(one)};
    auto const whole_rates =
        std::all_of(slow.works.begin(), slow.works.end(),
                    [](auto const& w) { return w.model_rate[1] == 1000; }) &&
        std::all_of(slow.specs.begin(), slow.specs.end(), [](auto const& s) { return s.limit_ms >= 7 * 1; });
    if (whole_rates)
        result.check(finishes(simulate(what.cluster, slow, make)) == scaled, at + "seven times as slow");

    auto renamed = what.jobs; // a job that no cluster holds takes the first id
    renamed.specs.insert(renamed.specs.begin(), renamed.specs.front());
    renamed.specs.front().need = job::gang(static_cast<int>(what.cluster.gpus()) + 1);
    renamed.works.insert(renamed.works.begin(), job::work{});
    auto shifted = finishes(simulate(what.cluster, renamed, make));
    shifted.erase(shifted.begin());
    result.check(shifted == finishes(results), at + "other ids in the same order");
}

void identities(std::uint64_t seed) {
    using verify::feature;
    auto const at = "seed " + std::to_string(seed) + ": ";
    { // one GPU: every work-conserving policy is done at the same time, SRPT has the least total flow
        auto what = small(seed, feature::none);
        what.cluster = cluster::uniform(1, 1, 1);
        auto const least = simulate(what.cluster, what.jobs, srtf);
        auto const judge = [&](std::string const& name, auto make) {
            auto const other = simulate(what.cluster, what.jobs, make);
            auto const end = [](auto const& results) {
                return std::max_element(results.begin(), results.end(),
                                        [](auto const& a, auto const& b) { return a.finish < b.finish; })
                    ->finish;
            };
            result.check(end(other) == end(least), at + name + ": another makespan on one GPU");
            result.check(total_flow(what.jobs, least) <= total_flow(what.jobs, other),
                         at + name + ": less flow than SRPT");
        };
        judge("fifo", fifo);
        judge("sjf", sjf);
        judge("las", [](auto const&) { return system::las<>{2}; });
        judge("easy", easy);
    }
    { // one-GPU jobs: nobody can be backfilled; equal lengths: the order is that of submission
        auto const singles = small(seed, feature::none);
        auto const plain = finishes(simulate(singles.cluster, singles.jobs, fifo));
        result.check(plain == finishes(simulate(singles.cluster, singles.jobs, easy)),
                     at + "EASY is FIFO for single GPUs");
        result.check(plain == finishes(simulate(singles.cluster, singles.jobs, greedy)),
                     at + "skipping is FIFO for single GPUs");
        auto equal = small(seed, feature::gangs);
        for (auto j = std::size_t{0}; j != equal.jobs.size(); ++j)
            equal.jobs.works[j].duration_ms = equal.jobs.specs[j].limit_ms = 5;
        result.check(finishes(simulate(equal.cluster, equal.jobs, fifo)) ==
                         finishes(simulate(equal.cluster, equal.jobs, sjf)),
                     at + "SJF is FIFO for equal lengths");
    }
}

} // namespace

int main() {
    theory();
    for (auto seed = std::uint64_t{1}; seed <= cases_wanted(10'000); ++seed) {
        exact("fifo", fifo, seed);
        exact("easy", easy, seed);
        exact("sjf", sjf, seed);
        exact("srtf", srtf, seed);
        identities(seed);
    }
    return result.end();
}
