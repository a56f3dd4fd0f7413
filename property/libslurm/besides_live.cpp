// SPDX-License-Identifier: BSL-1.0
// CPUs and memory through libslurm, on a real Slurm that this test starts for itself: it counts what Slurm's clients count, and
// what Slurm gives; nothing is started that Slurm would refuse. Skipped where Slurm's packages are absent.
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/libslurm/client.hpp>
#include <rota/libslurm/find_cluster.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/find_cluster.hpp>

#include "../slurm/besides_scenarios.hpp"
#include "../slurm/session.hpp"
#include "see_the_same.hpp"

namespace {

struct by_libslurm {
    static rota::libslurm::client open(rota::cluster::spec const& cluster) {
        return {cluster, "main", {}, 2'000};
    }
};

} // namespace

int main() {
    using on_slurm::check;
    return on_slurm::run_on_a_cluster(
        [](auto const& folder) {
            auto why = std::string{};
            auto const cluster = rota::libslurm::find_cluster("main", why);
            auto const other = rota::slurm::find_cluster("main", why);
            if (!check(cluster.has_value() && other.has_value(), "the cluster: " + why)) return;
            check(*cluster == *other, "both find the same cluster, CPUs and memory with it");
            auto by_text = rota::slurm::client<>{*cluster, "main", {}, rota::slurm::runner{5'000}};
            auto by_record = rota::libslurm::client{*cluster, "main", {}, 5'000};
            on_slurm::submit_each(folder);
            on_slurm::see_the_same(by_text, by_record, "jobs of every kind");
            on_slurm::start_some();
            on_slurm::see_the_same(by_text, by_record, "of which some run");
            on_slurm::cancel_all();
            on_slurm::see_the_same(by_text, by_record, "an end");
            on_slurm::count_exactly<by_libslurm>(*cluster, folder);
            on_slurm::share_the_rest<by_libslurm>(*cluster, folder);
        },
        on_slurm::scarce);
}
