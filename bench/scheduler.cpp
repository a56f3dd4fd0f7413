// SPDX-License-Identifier: BSL-1.0
// Whole simulations through the contract, with placement on nodes and per-job results: 100,000 jobs on 10,000 GPUs.
// Rows: policy/load x 10 (0: everything pending at once)/varied/log. The last rows compare with the definitions by
// scanning (property/queueing/naive.hpp) on 4,000 jobs and 256 GPUs.
#include <cstdlib>

#include <benchmark/benchmark.h>

#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/slurm_like.hpp>
#include <rota/system/srsf.hpp>
#include <rota/system/srtf.hpp>

#include "../property/queueing/naive.hpp"
#include "load.hpp"
#include "schedulers.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;

template <class Make>
void simulate(benchmark::State& state, std::size_t jobs, std::uint32_t nodes, double load, bool varied,
              bool logged, Make make) {
    if (smoke) {
        jobs = 500;
        nodes = 40;
    }
    auto const cluster = bench::cluster(nodes, varied);
    auto const work = bench::workload(jobs, cluster.gpus(), load, varied);
    auto events = std::uint64_t{0};
    auto preemptions = std::uint64_t{0};
    auto jct_ms = 0.0;
    for (auto _ : state) {
        auto log = log::schedule{};
        auto world = simulation::simulator(cluster, work, {}, logged ? recorder(log) : recorder());
        if (world.run([&] { return make(world); }) != simulation::simulator::ending::complete)
            state.SkipWithError("did not complete");
        events += 2 * work.size();
        preemptions = 0;
        jct_ms = 0;
        for (std::size_t j = 0; j != work.size(); ++j) {
            preemptions += world.results()[j].preemptions;
            jct_ms += static_cast<double>(world.results()[j].finish - work.specs[j].submit);
        }
        events += preemptions;
    }
    using benchmark::Counter;
    state.counters["mean_jct_s"] = jct_ms / 1000 / static_cast<double>(work.size());
    state.counters["preemptions"] = static_cast<double>(preemptions);
    state.counters["events"] = Counter(static_cast<double>(events), Counter::kIsRate);
    state.counters["s_an_event"] = Counter(static_cast<double>(events), Counter::kIsRate | Counter::kInvert);
}

template <class Make>
void rows(char const* name, Make make) {
    for (auto const varied : {false, true})
        for (auto const load10 : {8, 12, 30, 0})
            for (auto const logged : {false, true}) {
                if (logged && (varied || load10 != 30)) continue;
                auto const load = load10 == 0 ? 1e9 : load10 / 10.0;
                auto const label = std::string(name) + "/load:" + std::to_string(load10) +
                                   "/varied:" + (varied ? "1" : "0") + "/log:" + (logged ? "1" : "0");
                benchmark::RegisterBenchmark(label.c_str(), [=](benchmark::State& state) {
                    simulate(state, 100'000, 1'250, load, varied, logged, make);
                })->Unit(benchmark::kMillisecond);
            }
    benchmark::RegisterBenchmark(
        (std::string(name) + "/million/load:30").c_str(),
        [=](benchmark::State& state) { simulate(state, 1'000'000, 1'250, 3.0, false, false, make); })
        ->Unit(benchmark::kMillisecond)
        ->Iterations(1);
}

template <class Fast, class Slow>
void against(char const* name, Fast fast, Slow slow) {
    benchmark::RegisterBenchmark((std::string(name) + "/small").c_str(), [=](benchmark::State& state) {
        simulate(state, 4'000, 32, 3.0, false, false, fast);
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(
        (std::string(name) + "/small/by_definition").c_str(),
        [=](benchmark::State& state) { simulate(state, 4'000, 32, 3.0, false, false, slow); })
        ->Unit(benchmark::kMillisecond)
        ->Iterations(1);
}

} // namespace

int main(int argc, char** argv) {
    auto const place = placement::consolidated{};
    bench::each_scheduler([](char const* name, auto make) { rows(name, make); });
    rows("slurm_like", [](auto&) { return rota::system::slurm_like<>{}; });
    rows("conservative", [](auto&) { return rota::system::conservative<>{}; });
    against(
        "best_effort_fifo", [](auto&) { return rota::system::best_effort_fifo<>{}; },
        [](auto&) { return naive::greedy<queueing::fifo, naive::discipline::skip_ahead>{}; });
    against(
        "easy", [](auto&) { return rota::system::easy<>{}; },
        [](auto&) { return naive::greedy<queueing::fifo, naive::discipline::easy>{}; });
    against(
        "srtf", [](auto& world) { return rota::system::srtf<estimate::oracle>{world.clairvoyance()}; },
        [=](auto& world) {
            return scheduler{queueing::greedy{queueing::srtf{world.clairvoyance()}, queueing::skip_ahead{}},
                             place, preemption::by_order_with<false>{}};
        });
    // one row: what runs is sorted for every preemption that is tried
    benchmark::RegisterBenchmark("srsf/load:12/varied:0/log:0", [](benchmark::State& state) {
        simulate(state, 100'000, 1'250, 1.2, false, false,
                 [](auto& world) { return rota::system::srsf<estimate::oracle>{world.clairvoyance()}; });
    })->Unit(benchmark::kMillisecond);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
