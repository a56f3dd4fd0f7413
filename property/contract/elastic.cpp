// SPDX-License-Identifier: BSL-1.0
// An elastic job may name more GPUs than the cluster has: it is served as large as an empty cluster could hold it.
#include <cstdint>
#include <string>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/record.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto told = tally{};

/// Every size tried, the largest first.
int largest_by_trial(job::request need, cluster::ledger const& on) {
    for (auto gpus = int{need.gpus_max}; gpus != need.gpus_min; --gpus) {
        auto gang = need;
        gang.gpus_min = gang.gpus_max = static_cast<std::uint16_t>(gpus);
        if (placement::feasible(gang, on)) return gpus;
    }
    return need.gpus_min;
}

void against_every_size(std::uint64_t seed) {
    auto draw = rota::random{seed};
    auto const at_most = [&](std::uint64_t n) { return static_cast<std::uint32_t>(draw.below(n)); };
    auto cluster =
        cluster::uniform(1 + at_most(3), 1 + at_most(3), static_cast<std::uint8_t>(1 + at_most(8)), 16'000);
    for (auto& node : cluster.nodes)
        if (draw.below(3) == 0) node.gpus = static_cast<std::uint8_t>(1 + at_most(8));
    auto const empty = cluster::ledger{cluster};
    auto need = job::gang(static_cast<int>(1 + at_most(100)));
    need.gpus_min = static_cast<std::uint16_t>(1 + at_most(need.gpus_max));
    need.span = static_cast<job::span>(at_most(4));
    if (draw.below(2) == 0) need.cpu_milli = 1'000 + 1'000 * at_most(8);
    if (!placement::feasible(need, empty)) return;
    auto const got = placement::largest_feasible(need, empty);
    told.check(got.gpus_max == largest_by_trial(need, empty), "seed " + std::to_string(seed));
}

/// On two nodes of eight GPUs: how many the job gets.
template <class Scheduler>
void served(char const* name, job::span span, int least, int most, int gpus) {
    auto const cluster = cluster::uniform(1, 2, 8);
    auto jobs = job::workload{};
    for (auto i = 0; i != 2; ++i) { // the second one waits for the first
        auto need = job::gang(most);
        need.gpus_min = static_cast<std::uint16_t>(least);
        need.span = span;
        jobs.specs.push_back({.need = need});
        jobs.works.push_back({.duration_ms = 1'000});
    }
    auto log = log::schedule{};
    auto host = simulation::simulator{cluster, jobs, {}, recorder{log}};
    auto const ended = host.run([] { return Scheduler{}; });
    auto starts = std::vector<int>{};
    for (auto const& what : log.records) {
        if (what.kind != log::kind::start) continue;
        auto where = cluster::placement{};
        for (auto const& part : log.devices(what)) where.add(part);
        starts.push_back(where.gpus());
    }
    told.check(ended == simulation::simulator::ending::complete, std::string{name} + " ends every job");
    told.check(starts == std::vector{gpus, gpus}, std::string{name} + " gives each job what there is");
}

template <class Scheduler>
void serves(char const* name) {
    served<Scheduler>(name, job::span::anywhere, 4, 99, 16);
    served<Scheduler>(name, job::span::one_node, 2, 65'535, 8);
    served<Scheduler>(name, job::span::anywhere, 16, 17, 16);
}

} // namespace

int main() {
    for (auto seed = std::uint64_t{0}; seed != 20'000; ++seed) against_every_size(seed);
    serves<system::fifo<>>("fifo");
    serves<system::best_effort_fifo<>>("best_effort_fifo");
    serves<system::easy<>>("easy");
    return told.end();
}
