// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_TRIAL_HPP
#define ROTA_VERIFY_TRIAL_HPP

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>

namespace rota::verify {

/// One case: data only, so that it can be printed, shrunk and run again.
struct trial {
    cluster::spec cluster;
    job::workload jobs;
    simulation::conditions under;
};

} // namespace rota::verify

#endif
