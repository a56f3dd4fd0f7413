// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_LOAD_HPP
#define ROTA_BENCH_LOAD_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <numbers>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/job/workload.hpp>

namespace bench {

/// 15 sizes of gangs with the frequencies of Helios Venus, log-normal run times (mu 6, sigma 1.8, in s, at most 2e5 s),
/// limits of 1 to 10 times the run time, three priorities. `varied`: over three GPU models, 30 % of the larger gangs
/// inside one rack, about 150 distinct requests.
/// load = work / (GPUs x span of the submissions).
inline rota::job::workload workload(std::size_t jobs, std::int64_t gpus, double load, bool varied,
                                    std::uint64_t seed = 1) {
    constexpr auto sizes = std::array{1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 64, 80, 120, 128, 160};
    constexpr auto shares = std::array{.5202, .0570, .0741, .2509, .0415, .009,  .0272, .0029,
                                       .0025, .0017, .0023, .0015, .0015, .0038, .0018};
    constexpr auto factors = std::array{1.0, 1.5, 2.0, 5.0, 10.0};
    auto made = rota::job::workload{};
    auto r = rota::random(seed);
    auto work = 0.0;
    for (std::size_t i = 0; i != jobs; ++i) {
        auto u = r.unit();
        auto s = std::size_t{0};
        for (; s + 1 != sizes.size() && u >= shares[s]; ++s) u -= shares[s];
        auto one = rota::job::spec{};
        one.need = rota::job::gang(sizes[s]);
        if (varied) {
            if (auto const x = r.below(10); x < 6) one.need.models = 1u << r.below(3);
            else if (x < 7) one.need.models = 3u << r.below(2);
            if (sizes[s] > 8 && sizes[s] <= 128 && r.below(10) < 3) one.need.span = rota::job::span::one_rack;
        }
        auto const normal =
            std::sqrt(-2.0 * std::log(1.0 - r.unit())) * std::cos(2.0 * std::numbers::pi * r.unit());
        auto const run_s = std::min(std::exp(6.0 + 1.8 * normal) + 1.0, 2e5);
        auto run = rota::job::work{};
        run.duration_ms = static_cast<std::int64_t>(run_s) * 1000;
        one.limit_ms = static_cast<std::int64_t>(static_cast<double>(run.duration_ms) * factors[r.below(5)]);
        auto const p = r.below(100);
        one.priority = p < 10 ? 2 : p < 40 ? 1 : 0;
        work += static_cast<double>(sizes[s]) * static_cast<double>(run.duration_ms);
        made.specs.push_back(one);
        made.works.push_back(run);
    }
    auto const span_ms = work / (static_cast<double>(gpus) * load);
    auto submits = std::vector<std::int64_t>{};
    for (std::size_t i = 0; i != jobs; ++i)
        submits.push_back(static_cast<std::int64_t>(r.unit() * span_ms / 1000) * 1000);
    std::sort(submits.begin(), submits.end());
    for (std::size_t i = 0; i != jobs; ++i) made.specs[i].submit = rota::sim_time{submits[i]};
    return made;
}

/// Nodes of 8 GPUs: all alike, or three models (40, 36 and 24 %) in racks of 32.
inline rota::cluster::spec cluster(std::uint32_t nodes, bool varied) {
    auto made = rota::cluster::uniform(1, nodes, 8);
    if (!varied) return made;
    made.models = {"a", "b", "c"};
    for (auto n = std::uint32_t{0}, rack = std::uint32_t{0}, in_rack = std::uint32_t{0}; n != nodes; ++n) {
        auto const model = n < nodes * 40 / 100 ? 0 : n < nodes * 76 / 100 ? 1 : 2;
        if (n != 0 && (in_rack == 32 || index(made.nodes[n - 1].model) != model)) {
            ++rack;
            in_rack = 0;
        }
        ++in_rack;
        made.nodes[n].model = static_cast<rota::gpu_model>(model);
        made.nodes[n].rack = static_cast<rota::rack_id>(rack);
    }
    return made;
}

/// CPU time of this thread.
inline double cpu_ms() {
    auto now = std::timespec{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

} // namespace bench

#endif
