// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_LIVE_SCHEDULERS_HPP
#define ROTA_CLI_LIVE_SCHEDULERS_HPP

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>

#include "drive_config.hpp"
#include "registry.hpp"

namespace cli {

/// Makes schedulers for a cluster whose jobs nobody knows the run times of.
class live_schedulers {
public:
    explicit live_schedulers(rota::cluster::spec const& cluster)
        : cluster_{cluster}, world_{cluster_, none_} {}

    /// Ends the command where there is none of that name, or it asks for more than a live cluster tells.
    [[nodiscard]] any_scheduler make(drive_config const& of) const;

private:
    rota::cluster::spec const& cluster_;
    rota::job::workload none_;
    rota::simulation::simulator world_;
};

} // namespace cli

#endif
