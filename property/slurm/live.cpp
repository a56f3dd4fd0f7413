// SPDX-License-Identifier: BSL-1.0
// A scheduler drives a real Slurm, which this test starts for itself, through Slurm's clients: exact placement, a gang
// of whole nodes, preemption with a checkpoint, a node that goes and comes back, drivers that are killed, a controller
// that is restarted, a thousand jobs in the queue. Skipped where Slurm's packages are absent.
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>

#include "scenarios.hpp"
#include "session.hpp"

namespace {

struct by_commands {
    static rota::slurm::client<> open(rota::cluster::spec const& cluster) {
        return {cluster, "main", {}, rota::slurm::runner{2'000}};
    }
};

} // namespace

int main() {
    return on_slurm::run_on_a_cluster([](auto const& folder) {
        auto why = std::string{};
        auto const cluster = rota::slurm::find_cluster("main", why);
        if (!on_slurm::check(cluster.has_value(), "the cluster: " + why)) return;
        on_slurm::drive<by_commands>(*cluster, folder);
        on_slurm::kill_drivers<by_commands>(*cluster, folder);
        on_slurm::restart_controller<by_commands>(*cluster, folder);
        on_slurm::queue_a_thousand<by_commands>(*cluster, folder);
    });
}
