// SPDX-License-Identifier: BSL-1.0
// CPUs and memory on a real Slurm, which this test starts for itself: what the books count of a job is what Slurm gives it,
// and nothing is started that Slurm would refuse, whatever others have. Skipped where Slurm's packages are absent.
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/find_cluster.hpp>

#include "besides_scenarios.hpp"
#include "session.hpp"

namespace {

struct by_commands {
    static rota::slurm::client<> open(rota::cluster::spec const& cluster) {
        return {cluster, "main", {}, rota::slurm::runner{2'000}};
    }
};

} // namespace

int main() {
    return on_slurm::run_on_a_cluster(
        [](auto const& folder) {
            auto why = std::string{};
            auto const cluster = rota::slurm::find_cluster("main", why);
            if (!on_slurm::check(cluster.has_value(), "the cluster: " + why)) return;
            on_slurm::count_exactly<by_commands>(*cluster, folder);
            on_slurm::share_the_rest<by_commands>(*cluster, folder);
        },
        on_slurm::scarce);
}
