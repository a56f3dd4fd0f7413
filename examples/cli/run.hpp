// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_RUN_HPP
#define ROTA_CLI_RUN_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/log/schedule.hpp>
#include <rota/report/facts.hpp>
#include <rota/report/metrics.hpp>
#include <rota/simulation/conditions.hpp>

#include "console.hpp"
#include "inputs.hpp"
#include "registry.hpp"
#include "resume_file.hpp"

namespace cli {

/// One scheduler's run over the inputs.
struct run {
    std::string label;
    rota::claim claims = rota::claim::none;
    std::vector<rota::report::facts> facts;
    rota::report::metrics metrics;
    rota::log::schedule log; ///< empty unless it was asked for
    std::string trouble;     ///< why not every job ended; empty: each did
    double wall_s = 0;       ///< of the simulation alone
};

/// Simulates; the log so far is noted where `note` is given, which needs `logged`. Ends the command where a
/// signal comes.
[[nodiscard]] run simulate_one(inputs const& in, chosen const& scheduler, world_options const& asked,
                               rota::simulation::conditions const& world, bool logged, progress& bar,
                               resume_file* note = nullptr);

} // namespace cli

#endif
