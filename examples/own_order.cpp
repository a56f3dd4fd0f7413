// SPDX-License-Identifier: BSL-1.0
// A queue order of your own: the job that asks for the least GPU time goes first.
#include <cstdint>
#include <cstdio>

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/queueing/concepts.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

/// GPUs times the declared limit, in GPU-ms; who declares none comes last.
struct smallest_area {
    [[nodiscard]] std::int64_t key(rota::view const& v, rota::job_id j) const noexcept {
        auto const limit_ms = v.spec(j).limit_ms;
        return limit_ms == 0 ? INT64_MAX : std::int64_t{v.need(j).gpus_max} * limit_ms;
    }
};
static_assert(rota::queueing::explain_order<smallest_area>());

template <class Order>
rota::millis total_jct_ms(rota::cluster::spec const& cluster, rota::job::workload const& jobs, Order by) {
    auto host = rota::simulation::simulator{cluster, jobs};
    host.run([&by] { return rota::scheduler{rota::queueing::greedy{by}}; });
    auto sum = rota::millis{0};
    for (auto j = std::size_t{0}; j != jobs.size(); ++j)
        sum += host.results()[j].finish - jobs.specs[j].submit;
    return sum;
}

int main() {
    auto jobs = rota::job::workload{};
    auto const submit = [&jobs](int gpus, rota::millis run_ms) {
        jobs.specs.push_back({.need = rota::job::gang(gpus), .limit_ms = 2 * run_ms});
        jobs.works.push_back({.duration_ms = run_ms});
    };
    submit(8, 40'000);
    submit(8, 10'000);
    submit(2, 30'000);
    submit(4, 5'000);

    auto const cluster = rota::cluster::uniform(1, 1, 8);
    std::printf("fifo           %d ms\n",
                static_cast<int>(total_jct_ms(cluster, jobs, rota::queueing::fifo{})));
    std::printf("smallest_area  %d ms\n", static_cast<int>(total_jct_ms(cluster, jobs, smallest_area{})));
}

// Output:
// fifo           225000 ms
// smallest_area  155000 ms
