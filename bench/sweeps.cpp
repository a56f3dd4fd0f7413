// SPDX-License-Identifier: BSL-1.0
// One core: whole simulations a second of the simulator and of a sweep's source on the same workloads, as a table. Least
// CPU time of three runs; every job's end is compared. With ROTA_BENCH_SMOKE all is small and measures nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_room.hpp>
#include <rota/job/workload.hpp>

#include "load.hpp"
#include "sweeps.hpp"

int main() {
    auto const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
    auto const jobs = smoke ? std::size_t{50} : std::size_t{2'000};
    auto const loads = smoke ? std::uint64_t{1} : std::uint64_t{8};
    auto const turns = smoke ? 1 : 3;
    auto const clusters = std::vector<bench::swept_cluster>{{64, 1}, {8, 8}, {64, 8}};
    std::printf(
        "| %zu jobs | policy | load | simulator, runs/s | sweep's source, runs/s | ratio | bytes a member |\n"
        "|---|---|---|---|---|---|---|\n",
        jobs);
    for (auto const& on : clusters)
        for (auto const load : {0.8, 1.2})
            for (auto const& what : bench::all_swept) {
                auto works = std::vector<rota::job::workload>{};
                auto all = rota::cuda::sweep{};
                for (auto seed = std::uint64_t{1}; seed <= loads; ++seed) {
                    works.push_back(bench::small_load(jobs, on, load, seed));
                    auto const number = all.add(rota::cuda::sweep_jobs::from(works.back()).value());
                    all.add({.policy = what.policy,
                             .load = number,
                             .nodes = on.nodes,
                             .gpus_a_node = on.gpus_a_node});
                }
                auto by_simulator = 1e300;
                auto by_sweep = 1e300;
                for (auto turn = 0; turn != turns; ++turn) {
                    auto const from = bench::cpu_ms();
                    auto const got = all.on_host();
                    by_sweep = std::min(by_sweep, bench::cpu_ms() - from);
                    auto took = 0.0;
                    for (std::size_t m = 0; m != works.size(); ++m)
                        took += bench::simulated_ms(all.members()[m], works[m], got, m);
                    by_simulator = std::min(by_simulator, took);
                }
                auto const a_second = [&](double ms) { return static_cast<double>(works.size()) * 1e3 / ms; };
                std::printf("| %ux%u | `%s` | %.1f | %.0f | %.0f | %.1f | %zu |\n", on.nodes, on.gpus_a_node,
                            what.name, load, a_second(by_simulator), a_second(by_sweep),
                            by_simulator / by_sweep, rota::cuda::sweep_memory::bytes(all.room(), 1));
                std::fflush(stdout);
            }
    return 0;
}
