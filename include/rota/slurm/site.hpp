// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_SITE_HPP
#define ROTA_SLURM_SITE_HPP

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rota::slurm {

/// What the names of one site's Slurm mean to rota.
struct site {
    std::vector<std::string> accounts{};       ///< tenants 1, 2, ...; the jobs of all others are the root's
    std::map<std::string, std::int32_t> qos{}; ///< what a QOS adds to a job's priority; others add nothing
};

} // namespace rota::slurm

#endif
