// SPDX-License-Identifier: BSL-1.0
// Whole simulations with tenants: 100,000 jobs of eight tenants on 10,000 GPUs in racks of 16 nodes, a fifth of the jobs
// opportunistic. CPU time of the lesser of two runs, and what the jobs of the tenants wait.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/hived.hpp>
#include <rota/system/quota_drf.hpp>

#include "load.hpp"
#include "markdown.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;

job::workload work_of_tenants(std::size_t jobs, std::int64_t gpus, double load) {
    auto made = bench::workload(jobs, gpus, load, false);
    made.tenants.resize(9);
    for (auto t = std::size_t{1}; t != 9; ++t) made.tenants[t].nominal_milli = gpus / 8 * whole_gpu;
    auto draw = rota::random{17};
    for (auto& one : made.specs) {
        one.tenant = static_cast<tenant_id>(1 + draw.below(8));
        one.priority = draw.below(5) == 0 ? -1 : 0;
    }
    return made;
}

template <class Make>
void row(bench::markdown const& out, char const* name, cluster::spec const& cluster,
         std::vector<job::workload> const& works, Make make) {
    auto cells = std::vector<std::string>{name};
    for (auto const& work : works) {
        auto least = std::numeric_limits<double>::infinity();
        auto waited = std::int64_t{0};
        auto own = std::int64_t{0};
        for (auto i = 0; i != (smoke ? 1 : 2); ++i) {
            auto sim = simulation::simulator{cluster, work};
            auto const from = bench::cpu_ms();
            if (sim.run(make) != simulation::simulator::ending::complete) std::exit(1);
            least = std::min(least, bench::cpu_ms() - from);
            waited = own = 0;
            for (auto j = std::size_t{0}; j != work.size(); ++j)
                if (work.specs[j].priority >= 0) {
                    waited += sim.results()[j].first_start - work.specs[j].submit;
                    ++own;
                }
        }
        cells.push_back(bench::rounded(least));
        cells.push_back(bench::rounded(static_cast<double>(waited) / 1e3 / static_cast<double>(own)));
    }
    out.row(cells);
}

} // namespace

int main() {
    auto const jobs = std::size_t{smoke ? 300u : 100'000u};
    auto const cluster = cluster::uniform(smoke ? 8 : 78, 16, 8);
    auto works = std::vector<job::workload>{};
    auto header = std::vector<std::string>{"scheduler"};
    for (auto const load : {0.8, 1.2}) {
        works.push_back(work_of_tenants(jobs, cluster.gpus(), load));
        header.push_back("load " + bench::rounded(load) + ": CPU ms");
        header.push_back("wait s");
    }
    auto const out = bench::markdown{header};
    row(out, "`best_effort_fifo`", cluster, works, [] { return system::best_effort_fifo<>{}; });
    row(out, "`quota_drf`", cluster, works, [] { return system::quota_drf<>{}; });
    row(out, "`hived`", cluster, works, [] { return system::hived<>{}; });
}
