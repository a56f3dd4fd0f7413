// SPDX-License-Identifier: BSL-1.0
// FGD's packing experiment: one seed, tuned to 130 %, with the openb files where they are and with as many drawn pods
// otherwise. The rows `scan` ask every node for every pod (property/packing/naive.hpp); both come to the same steps.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/job/pod.hpp>
#include <rota/packing/experiment.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/uniform_draw.hpp>
#include <rota/trace/openb.hpp>
#include <rota/trace/openb_pods.hpp>

#include "../property/packing/naive.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;

struct input {
    cluster::spec cluster;
    std::vector<job::pod> pods;
};

/// A cluster and pods of about the sizes of openb.
input drawn(std::uint32_t nodes, std::uint32_t pods) {
    auto made = input{};
    auto draw = rota::random{1};
    for (auto n = std::uint32_t{0}; n != nodes; ++n)
        made.cluster.nodes.push_back({.gpus = static_cast<std::uint8_t>(draw.below(2) == 0 ? 8 : 2),
                                      .model = {},
                                      .cpu_milli = 96'000,
                                      .mem_mib = 393'216,
                                      .rack = {},
                                      .spine = {}});
    for (auto i = std::uint32_t{0}; i != pods; ++i) {
        auto need = job::pod{};
        auto const kind = draw.below(100);
        need.gpus = static_cast<std::uint16_t>(kind < 13 ? 0 : kind < 99 ? 1 : 8);
        need.milli = static_cast<std::uint16_t>(kind < 13 ? 0 : kind < 51 ? 100 + 90 * draw.below(10) : 1000);
        need.cpu_milli = static_cast<std::uint32_t>(1'000 * (1 + draw.below(12)));
        need.mem_mib = 4'096;
        made.pods.push_back(need);
    }
    return made;
}

input const& data() {
    static auto const made = [] {
        auto const* const named = std::getenv("ROTA_TRACES");
        auto const folder =
            std::filesystem::path{named == nullptr ? "" : named} / "traces" / "alibaba_openb_2023";
        auto const nodes_from = trace::from_file((folder / "openb_node_list_gpu_node.csv").string());
        auto const pods_from = trace::from_file((folder / "openb_pod_list_default.csv").string());
        if (smoke) return drawn(60, 300);
        if (!nodes_from || !pods_from) return drawn(1'213, 8'152);
        auto nodes = trace::read_openb_nodes(*nodes_from);
        auto how = trace::options{};
        how.cluster = &nodes.cluster.value();
        auto pods = trace::read_openb_pods(*pods_from, how);
        return input{std::move(*nodes.cluster), std::move(pods.pods)};
    }();
    return made;
}

packing::experiment const& experiment() {
    static auto const made = packing::experiment(data().cluster, data().pods);
    return made;
}

/// Draws the arrivals and packs them; the counters say how much and how often.
template <class Run>
void pack(benchmark::State& state, Run run) {
    auto pods = std::size_t{0};
    auto used = std::int64_t{0};
    for (auto _ : state) {
        auto const order = experiment().draw(1'300, 42);
        auto const steps = run(order);
        pods += steps.size();
        used = steps.empty() ? 0 : steps.back().used_milli;
    }
    using benchmark::Counter;
    state.counters["allocated"] =
        static_cast<double>(used) / static_cast<double>(experiment().capacity_milli());
    state.counters["pods"] = Counter(static_cast<double>(pods), Counter::kIsRate);
}

template <class Policy>
void rows(char const* name, Policy policy) {
    benchmark::RegisterBenchmark((std::string{name} + "/kept").c_str(), [=](benchmark::State& state) {
        pack(state, [&](auto const& order) { return experiment().run(order, policy); });
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark((std::string{name} + "/scan").c_str(), [=](benchmark::State& state) {
        pack(state, [&](auto const& order) {
            return experiment().template run_with<naive::scan<Policy>>(order, policy);
        });
    })->Unit(benchmark::kMillisecond);
}

} // namespace

int main(int count, char** arguments) {
    rows("fgd", placement::fgd{experiment().target()});
    rows("fgd_exact", placement::fgd_exact{experiment().target()});
    rows("gpu_packing", placement::gpu_packing{});
    rows("gpu_clustering", placement::gpu_clustering{});
    rows("least_remaining", placement::least_remaining{});
    rows("least_aligned", placement::least_aligned{});
    rows("uniform_draw", placement::uniform_draw{42});
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
