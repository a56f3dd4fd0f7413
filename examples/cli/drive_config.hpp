// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRIVE_CONFIG_HPP
#define ROTA_CLI_DRIVE_CONFIG_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/pace.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/slurm/site.hpp>

namespace cli {

/// What the driver of a Slurm cluster is told by its file.
struct drive_config {
    // settled when it starts
    std::string partition;
    rota::millis timeout_ms = 10'000;       ///< of a client of Slurm
    std::string wake_up;                    ///< a socket; empty: none, it only polls
    std::string journal;                    ///< empty: none, and nothing survives its death
    std::string address = "127.0.0.1";      ///< of the metrics
    std::uint16_t port = 0;                 ///< of the metrics; 0: none
    rota::slurm::site names;                ///< its accounts and QOS
    std::vector<rota::job::tenant> tenants; ///< the root before those
    // read again on SIGHUP
    rota::live::pace pace;
    std::int64_t compact_kib = 16'384; ///< the journal is made short when it is longer; 0: never
    std::string scheduler = "easy";
    std::string placement;
    std::uint64_t seed = 1;
    rota::preemption::fixed_cost cost{0, 0};
    rota::millis poll_ms = 1'000;
    bool json = false; ///< the log
    bool judge = true; ///< by the laws, while it drives
};

/// Reads it. Ends the command with FILE:LINE:COLUMN where it is wrong.
[[nodiscard]] drive_config read_drive_config(std::string const& path);

} // namespace cli

#endif
