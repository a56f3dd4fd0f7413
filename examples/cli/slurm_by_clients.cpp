// SPDX-License-Identifier: BSL-1.0
#include <memory>
#include <optional>
#include <string>

#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/site.hpp>

#include "slurm_way.hpp"

namespace cli {

std::unique_ptr<slurm_way> open_slurm(rota::cluster::spec const& cluster, std::string const& partition,
                                      rota::slurm::site const& names, rota::millis timeout_ms) {
    return std::make_unique<slurm_through<rota::slurm::client<>>>(cluster, partition, names,
                                                                  rota::slurm::runner{timeout_ms});
}

std::string slurm_way_name() { return "clients"; }

std::optional<rota::cluster::spec> find_slurm(std::string const& partition, std::string& complaint,
                                              rota::millis timeout_ms) {
    return rota::slurm::find_cluster(partition, complaint, rota::slurm::runner{timeout_ms});
}

} // namespace cli
