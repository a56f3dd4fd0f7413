// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_SWEEPS_HPP
#define ROTA_BENCH_SWEEPS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_policy.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/las.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>

#include "load.hpp"

namespace bench {

/// A policy by its name, as a sweep runs it and as the simulator does.
struct swept {
    char const* name;
    rota::cuda::sweep_policy policy;
};
inline constexpr swept all_swept[] = {{"fifo", rota::cuda::sweep_policy::fifo()},
                                      {"sjf", rota::cuda::sweep_policy::sjf()},
                                      {"srtf", rota::cuda::sweep_policy::srtf()},
                                      {"las", rota::cuda::sweep_policy::las()},
                                      {"tiresias_l", rota::cuda::sweep_policy::tiresias_l()}};

struct swept_cluster {
    std::uint32_t nodes;
    std::uint32_t gpus_a_node;
};

/// A workload of bench::workload for a small cluster: gangs of more than half of it ask for half.
inline rota::job::workload small_load(std::size_t jobs, swept_cluster on, double load, std::uint64_t seed) {
    auto const gpus = static_cast<int>(on.nodes * on.gpus_a_node);
    auto made = workload(jobs, gpus, load, false, seed);
    for (auto& one : made.specs) one.need = rota::job::gang(std::min<int>(one.need.gpus_max, gpus / 2));
    return made;
}

/// Runs the sweep's member m in the simulator; the ends are compared, and the program ends where one differs.
/// Returns   CPU time, ms.
inline double simulated_ms(rota::cuda::sweep_member const& what, rota::job::workload const& jobs,
                           rota::cuda::sweep_results const& got, std::size_t m) {
    using namespace rota;
    auto const cluster = cluster::uniform(1, what.nodes, static_cast<std::uint8_t>(what.gpus_a_node));
    auto under = simulation::conditions{};
    if (what.restore_ms != 0) under.cost = preemption::fixed_cost{0, what.restore_ms};
    auto const from = cpu_ms();
    auto host = simulation::simulator{cluster, jobs, under};
    auto end = simulation::simulator::ending::stuck;
    switch (what.policy.by) {
    case cuda::sweep_policy::order::fifo: end = host.run([] { return system::fifo<>{}; }); break;
    case cuda::sweep_policy::order::sjf:
        end = host.run([&] { return system::sjf{host.clairvoyance()}; });
        break;
    case cuda::sweep_policy::order::srtf:
        end = host.run([&] { return system::srtf{host.clairvoyance()}; });
        break;
    case cuda::sweep_policy::order::las:
        if (what.policy.quantum_ms != 0) end = host.run([] { return system::las<>{}; });
        else end = host.run([] { return system::tiresias_l<>{}; });
        break;
    }
    auto const took = cpu_ms() - from;
    auto equal = end == simulation::simulator::ending::complete;
    for (std::size_t j = 0; j != jobs.size(); ++j)
        equal = equal && got.finish(m, j) == host.results()[j].finish;
    if (!equal) {
        std::fprintf(stderr, "member %zu: the sweep and the simulator differ\n", m);
        std::exit(1);
    }
    return took;
}

} // namespace bench

#endif
