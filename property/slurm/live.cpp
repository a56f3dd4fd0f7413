// SPDX-License-Identifier: BSL-1.0
// A scheduler drives a real Slurm, which this test starts for itself, through Slurm's clients: exact placement, gangs
// of whole nodes and others, one that shrinks and grows, preemption with a checkpoint, a node that goes and comes back,
// drivers that are killed, a controller that is restarted, a thousand jobs in the queue. Skipped where Slurm's packages
// are absent.
#include <cstdlib>
#include <string>
#include <string_view>

#include <rota/cluster/spec.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/find_cluster.hpp>

#include "scenarios.hpp"
#include "session.hpp"

namespace {

struct by_commands {
    static rota::slurm::client<> open(rota::cluster::spec const& cluster) {
        return {cluster, "main", {}, rota::slurm::runner{2'000}};
    }
};

} // namespace

int main(int argc, char** argv) {
    auto const driver = argc == 2 && std::string_view{argv[1]} == "driver";
    return on_slurm::run_on_a_cluster([driver](auto const& folder) {
        auto why = std::string{};
        auto const cluster = rota::slurm::find_cluster("main", why);
        if (!on_slurm::check(cluster.has_value(), "the cluster: " + why)) return;
        if (driver) std::exit(on_slurm::drive_until_killed<by_commands>(*cluster, folder));
        on_slurm::drive<by_commands>(*cluster, folder);
        on_slurm::reshape<by_commands>(*cluster, folder);
        on_slurm::make_way<by_commands>(*cluster, folder);
        on_slurm::kill_drivers<by_commands>(*cluster, folder);
        on_slurm::restart_controller<by_commands>(*cluster, folder);
        on_slurm::queue_a_thousand<by_commands>(*cluster, folder);
        on_slurm::take_turns<by_commands>(*cluster, folder);
    });
}
