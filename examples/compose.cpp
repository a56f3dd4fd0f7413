// SPDX-License-Identifier: BSL-1.0
// Three policies make a scheduler; a simulated cluster runs it.
#include <cstdio>

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/las.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

namespace placement = rota::placement;
namespace preemption = rota::preemption;
namespace queueing = rota::queueing;

int main() {
    auto const cluster = rota::cluster::uniform(1, 2, 8); // 1 rack, 2 nodes, 8 GPUs each

    auto jobs = rota::job::workload{};
    auto const submit = [&jobs](rota::millis at_ms, int gpus, rota::millis run_ms) {
        jobs.specs.push_back({.submit = rota::sim_time{at_ms}, .need = rota::job::gang(gpus)});
        jobs.works.push_back({.duration_ms = run_ms});
    };
    constexpr auto minute = rota::millis{60'000};
    submit(0, 8, 60 * minute);
    submit(0, 8, 60 * minute);
    submit(5 * minute, 4, 10 * minute);
    submit(6 * minute, 16, 2 * minute);

    auto const make = [] {
        return rota::scheduler{queueing::greedy{queueing::las<>{}, queueing::skip_ahead{}},
                               placement::best_fit{}, preemption::by_order{}};
    };
    auto host = rota::simulation::simulator{cluster, jobs};
    host.run(make);

    std::puts("job  gpus  jct_min  preemptions");
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        auto const& came = host.results()[j];
        std::printf("%3zu  %4d  %7d  %11u\n", j, int{jobs.specs[j].need.gpus_min},
                    static_cast<int>((came.finish - jobs.specs[j].submit) / minute), came.preemptions);
    }
}

// Output:
// job  gpus  jct_min  preemptions
//   0     8       67           35
//   1     8       67           21
//   2     4       12           15
//   3    16        9           14
