// SPDX-License-Identifier: BSL-1.0
// Whole simulations a second: a device, one core with the same source, and one core with the simulator, measured in one
// run, as a table in Markdown. With the environment's ROTA_BENCH_SMOKE all is small and measures nothing.
//
// A sweep: seeds x sizes of the cluster, and for policies that preempt x costs of a restart. The device's time is wall
// time, once with all uploads and once with the download of every job's end as well, the least of three; a core's is CPU
// time over a sample of the members. The ends of the sample are compared with the simulator's: the program ends with an
// error where one differs.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/cuda/check.hpp>
#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_device.cuh>
#include <rota/cuda/sweep_load.hpp>
#include <rota/job/workload.hpp>

#include "../bench/load.hpp"
#include "../bench/processor.hpp"
#include "../bench/stopwatch.hpp"
#include "../bench/sweeps.hpp"

namespace sweeping {

using namespace bench;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;

double wall_ms() { return 1'000 * now_s(); }

void print_machine() {
    auto device = 0;
    rota::cuda::check(cudaGetDevice(&device), "cudaGetDevice");
    auto about = cudaDeviceProp{};
    rota::cuda::check(cudaGetDeviceProperties(&about, device), "cudaGetDeviceProperties");
    auto const attribute = [&](cudaDeviceAttr which) {
        auto value = 0;
        rota::cuda::check(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
        return value;
    };
    std::printf("%s, %d SMs at up to %d MHz, memory %d MHz, %d bits wide, %zu MiB; one core of %s\n\n",
                about.name, about.multiProcessorCount, attribute(cudaDevAttrClockRate) / 1000,
                attribute(cudaDevAttrMemoryClockRate) / 1000, attribute(cudaDevAttrGlobalMemoryBusWidth),
                about.totalGlobalMem >> 20, processor().c_str());
}

void row(swept const& what, swept_cluster on, double load) {
    auto const jobs = smoke ? std::size_t{50} : std::size_t{2'000};
    auto const seeds = smoke ? std::uint32_t{4} : std::uint32_t{1'024};
    auto const variants = smoke ? std::uint32_t{8} : std::uint32_t{64};
    auto works = std::vector<rota::job::workload>{};
    auto all = rota::cuda::sweep{};
    for (auto seed = std::uint32_t{0}; seed != seeds; ++seed) {
        works.push_back(small_load(jobs, on, load, seed + 1));
        auto const number = all.add(rota::cuda::sweep_jobs::from(works.back()).value());
        for (auto v = std::uint32_t{0}; v != variants; ++v)
            all.add({.policy = what.policy,
                     .load = number,
                     .nodes = on.nodes + (what.policy.preempts ? v % 8 : v),
                     .gpus_a_node = on.gpus_a_node,
                     .restore_ms = what.policy.preempts ? 1'000 * (v / 8) : 0});
    }
    auto device = rota::cuda::sweep_device{};
    auto alone = 1e300;
    auto with_ends = 1e300;
    auto at_once = std::size_t{0};
    for (auto turn = 0; turn != (smoke ? 1 : 3); ++turn) {
        auto const from = wall_ms();
        at_once = device.run_only(all);
        alone = std::min(alone, wall_ms() - from);
    }
    auto const from = wall_ms();
    auto const got = device.run(all);
    with_ends = wall_ms() - from;

    auto sample = rota::cuda::sweep{};
    for (auto const& one : all.loads()) sample.add(one);
    auto const size = all.members().size();
    auto const sampled = std::min<std::size_t>(size, 32);
    auto simulator_ms = 0.0;
    for (std::size_t i = 0; i != sampled; ++i) {
        auto const m = i * (size - 1) / (sampled - 1);
        auto const& member = all.members()[m];
        sample.add(member);
        simulator_ms += simulated_ms(member, works[member.load], got, m);
    }
    auto const started = cpu_ms();
    auto const on_core = sample.on_host();
    auto const source_ms = cpu_ms() - started;
    auto instants = std::uint64_t{0};
    for (auto const& one : got.answers()) instants += one.instants;
    auto const a_second = [](std::size_t runs, double ms) { return static_cast<double>(runs) * 1e3 / ms; };
    auto const by_device = a_second(size, alone);
    std::printf("| %ux%u | `%s` | %.1f | %zu | %zu | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |\n",
                on.nodes, on.gpus_a_node, what.name, load, size, at_once, a_second(sampled, simulator_ms),
                a_second(sampled, source_ms), by_device, a_second(size, with_ends),
                static_cast<double>(instants) / alone / 1e3, by_device / a_second(sampled, simulator_ms),
                by_device / a_second(sampled, source_ms));
    std::fflush(stdout);
}

} // namespace sweeping

int main() try {
    if (rota::cuda::devices() == 0) {
        std::puts("skipped: no device");
        return 77;
    }
    sweeping::print_machine();
    std::puts("| cluster | policy | load | members | at once | simulator, runs/s | sweep's source on the "
              "core, runs/s | "
              "device, runs/s | with every end, runs/s | million instants/s | device / simulator | device / "
              "source |\n"
              "|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (auto const& on : {bench::swept_cluster{64, 1}, bench::swept_cluster{8, 8}})
        for (auto const load : {0.8, 1.2})
            for (auto const& what : bench::all_swept)
                if (std::string{what.name} != "las")
                    sweeping::row(what, on, load); // a thousand times the instants
    std::puts("\n1 passed, 0 failed");
    return 0;
} catch (rota::cuda::error const& failed) {
    std::printf("FAILED: %s\n0 passed, 1 failed\n", failed.what());
    return 1;
}
