// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRIVE_METRICS_HPP
#define ROTA_CLI_DRIVE_METRICS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/report.hpp>

#include "driven_cluster.hpp"

namespace cli {

/// What a driver has counted since it started.
struct drive_counts {
    std::uint64_t rounds = 0;
    std::uint64_t blind = 0; ///< rounds in which Slurm did not answer
    std::uint64_t woken = 0; ///< before a round was due
    std::uint64_t journal_bytes = 0;
    std::uint64_t judged = 0; ///< records
    rota::verify::report laws;
    bool answers = false;
    std::array<std::uint64_t, rota::log::kind_names.size()> records{};

    void count(rota::log::kind what) noexcept { ++records[static_cast<std::size_t>(what)]; }
};

/// The page of metrics, in the text format of Prometheus.
[[nodiscard]] std::string page_of(drive_counts const& counts, rota::cluster::spec const& cluster,
                                  rota::books const& state, driven_cluster const& slurm, std::uint64_t strays,
                                  std::int64_t round_ms);

} // namespace cli

#endif
