// SPDX-License-Identifier: BSL-1.0
// EASY drives the jobs that were submitted held to a partition of a Slurm cluster, until they have ended:
// slurm_host PARTITION SECONDS. The schedule log goes to stdout.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/live/host.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/find_cluster.hpp>
#include <rota/system/easy.hpp>

namespace live = rota::live;
namespace slurm = rota::slurm;

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: slurm_host PARTITION SECONDS\n", stderr);
        return 2;
    }
    auto why = std::string{};
    auto const cluster = slurm::find_cluster(argv[1], why);
    if (!cluster) {
        std::fprintf(stderr, "slurm_host: %s\n", why.c_str());
        return 1;
    }
    auto backend = slurm::client<>{*cluster, argv[1]};
    auto log = rota::log::schedule{};

    auto host = live::host<slurm::client<>>{*cluster, rota::tenant_tree{}, backend, {}, rota::recorder{log}};
    auto scheduler = rota::system::easy<>{};

    using clock = std::chrono::steady_clock;
    auto const from = clock::now();
    auto const until = from + std::chrono::seconds{std::atoi(argv[2])};
    do {
        auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - from).count();
        auto const how = host.round(rota::sim_time{now}, scheduler);
        if (how == live::host<slurm::client<>>::outcome::blind)
            std::fprintf(stderr, "slurm_host: %s\n", backend.complaint().c_str());
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
    } while (clock::now() < until && (host.specs().empty() || !host.state().jobs().active().empty()));

    std::fputs(rota::log::to_text(log).c_str(), stdout);
    return host.state().jobs().active().empty() ? 0 : 1;
}
