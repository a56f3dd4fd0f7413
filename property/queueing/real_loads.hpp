// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_REAL_LOADS_HPP
#define ROTA_PROPERTY_QUEUEING_REAL_LOADS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/trace/formats.hpp>

namespace real_loads {

/// A trace on a cluster of nodes of 8 GPUs.
struct load {
    std::string_view name;
    std::string_view format;
    std::string_view file;
    std::uint32_t nodes;
    bool queues = true; ///< somebody ever waits
};

/// Venus on its own 135 nodes hardly queues, and Philly on 311 (docs/real_traces.md) not at all; on fewer
/// nodes they do. ITP names no cluster size.
inline constexpr auto all = std::to_array<load>({
    {"ITP cluster 04", "itp", "itp_elasticflow/raw/cluster04.csv.gz", 30},
    {"ITP cluster 04", "itp", "itp_elasticflow/raw/cluster04.csv.gz", 16},
    {"Venus", "helios", "helios/venus_gpu_jobs_part1.csv.gz", 135},
    {"Venus", "helios", "helios/venus_gpu_jobs_part1.csv.gz", 64},
    {"Venus", "helios", "helios/venus_gpu_jobs_part1.csv.gz", 40},
    {"Philly", "philly", "philly/philly.csv.gz", 311, false},
    {"Philly", "philly", "philly/philly.csv.gz", 64},
});

[[nodiscard]] inline rota::cluster::spec cluster(load const& of) {
    return rota::cluster::uniform(1, of.nodes, 8);
}

/// The folder of the traces in `named`, which is it or the one above it; nothing where it is not there.
[[nodiscard]] inline std::optional<std::filesystem::path> folder(char const* named) {
    if (named == nullptr) return std::nullopt;
    auto at = std::filesystem::path{named};
    if (std::filesystem::exists(at / "traces")) at /= "traces";
    for (auto const& one : all)
        if (!std::filesystem::exists(at / one.file)) return std::nullopt;
    return at;
}

/// How many times its run time a job's limit may be.
inline constexpr auto loose = std::array{1.0, 1.5, 2.0, 5.0, 10.0};
inline constexpr auto exact = std::array{1.0};

/// The traces name no limits and no priorities. Limits are the run time times one of `factors`, and three
/// priorities are drawn (10 % high, 30 % middle).
[[nodiscard]] inline rota::job::workload workload(rota::trace::reading from,
                                                  std::span<double const> factors) {
    auto r = rota::random(1);
    for (auto j = std::size_t{0}; j != from.workload.size(); ++j) {
        auto& spec = from.workload.specs[j];
        auto const factor = factors[r.below(factors.size())];
        auto const run_ms = static_cast<double>(from.workload.works[j].duration_ms);
        spec.limit_ms = std::max<rota::millis>(1, static_cast<rota::millis>(run_ms * factor));
        auto const p = r.below(10);
        spec.priority = p < 1 ? 2 : p < 4 ? 1 : 0;
    }
    return std::move(from.workload);
}

/// What became of the promises of a log.
struct promises {
    std::uint64_t jobs = 0; ///< that were promised a start
    std::uint64_t late = 0; ///< of them: started later than first promised
};

[[nodiscard]] inline promises promises_of(rota::log::schedule const& log, std::size_t jobs) {
    auto out = promises{};
    auto first = std::vector<rota::sim_time>(jobs, rota::never);
    for (auto const& what : log.records) {
        if (what.kind == rota::log::kind::promise && first[what.job] == rota::never) {
            first[what.job] = rota::sim_time{what.value};
            ++out.jobs;
        } else if (what.kind == rota::log::kind::start && what.incarnation <= 1) {
            out.late += what.at > first[what.job] ? 1 : 0;
        }
    }
    return out;
}

} // namespace real_loads

#endif
