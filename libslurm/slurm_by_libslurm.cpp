// SPDX-License-Identifier: BSL-1.0
// What makes rota-libslurm of the rest of the tool.
#include <memory>
#include <optional>
#include <string>

#include <rota/libslurm/client.hpp>
#include <rota/libslurm/find_cluster.hpp>
#include <rota/slurm/site.hpp>

#include "slurm_way.hpp"

namespace cli {

std::unique_ptr<slurm_way> open_slurm(rota::cluster::spec const& cluster, std::string const& partition,
                                      rota::slurm::site const& names, rota::millis timeout_ms) {
    return std::make_unique<slurm_through<rota::libslurm::client>>(cluster, partition, names, timeout_ms);
}

std::string slurm_way_name() { return "libslurm"; }

std::optional<rota::cluster::spec> find_slurm(std::string const& partition, std::string& complaint,
                                              rota::millis timeout_ms) {
    return rota::libslurm::find_cluster(partition, complaint, timeout_ms);
}

} // namespace cli
