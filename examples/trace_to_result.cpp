// SPDX-License-Identifier: BSL-1.0
// A synthetic workload for 512 GPUs under published schedulers; stops and restarts cost what the Helios study charges.
#include <cstdio>

#include <rota/cluster/spec.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/report/facts.hpp>
#include <rota/report/metrics.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>
#include <rota/trace/generator.hpp>

using world = rota::simulation::simulator;

int main() {
    auto asked = rota::trace::generator_settings{};
    asked.preset = rota::trace::helios_venus;
    asked.jobs = 5'000;
    asked.seed = 7;
    asked.target = rota::trace::target_load{.gpus = 512, .load = 0.9};
    asked.gpus_max = 512;
    auto const jobs = rota::trace::generate(asked);
    auto const cluster = rota::cluster::uniform(4, 16, 8);

    auto under = rota::simulation::conditions{};
    under.cost = rota::preemption::cost_by_size{};

    auto const run = [&](char const* name, auto make) {
        auto host = world{cluster, jobs, under};
        host.run([&] { return make(host); });
        auto const all = rota::report::facts_of(jobs, host.results());
        auto const found = rota::report::metrics_of(all, cluster.gpus());
        std::printf("%-14s  mean JCT %6d s  p99 %7d s  preemptions %4d\n", name,
                    static_cast<int>(found.jct->mean / 1'000), static_cast<int>(found.jct->p99 / 1'000),
                    static_cast<int>(found.preemptions));
    };
    run("fifo", [](world const&) { return rota::system::fifo<>{}; });
    run("tiresias_l", [](world const&) { return rota::system::tiresias_l<>{}; });
    run("srtf, limits", [](world const&) { return rota::system::srtf<>{}; });
    run("srtf, oracle",
        [](world const& host) { return rota::system::srtf<rota::estimate::oracle>{host.clairvoyance()}; });
}

// Output:
// fifo            mean JCT 129716 s  p99  425694 s  preemptions    0
// tiresias_l      mean JCT  16373 s  p99  312513 s  preemptions 1145
// srtf, limits    mean JCT  15357 s  p99  296923 s  preemptions 2279
// srtf, oracle    mean JCT  15474 s  p99  304819 s  preemptions 2181
