// SPDX-License-Identifier: BSL-1.0
// EASY schedules the pods of a Kubernetes cluster that name it, until their jobs have ended:
// kubernetes_host URL SECONDS [TOKEN-FILE [CA-FILE]]. The schedule log goes to stdout.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/client.hpp>
#include <rota/kubernetes/find_cluster.hpp>
#include <rota/kubernetes/http.hpp>
#include <rota/live/host.hpp>
#include <rota/live/pace.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/system/easy.hpp>

namespace kubernetes = rota::kubernetes;
namespace live = rota::live;

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: kubernetes_host URL SECONDS [TOKEN-FILE [CA-FILE]]\n", stderr);
        return 2;
    }
    auto how = kubernetes::http_settings{};
    how.url = argv[1];
    if (argc > 3) how.token_file = argv[3];
    if (argc > 4) how.ca_file = argv[4];
    auto server = kubernetes::http{how};
    auto why = std::string{};
    auto const cluster = kubernetes::find_cluster(server, why);
    if (!cluster) {
        std::fprintf(stderr, "kubernetes_host: %s\n", why.c_str());
        return 1;
    }
    using clock = std::chrono::steady_clock;
    auto const from = clock::now();
    auto const now = [from] {
        return rota::sim_time{
            std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - from).count()};
    };
    auto log = rota::log::schedule{};

    using client = kubernetes::client<kubernetes::http>;
    auto backend = client{*cluster, server, now};
    auto pace = live::pace{};
    pace.save_ms = 30'000; // what a pod may take to end in its own time
    auto host = live::host<client>{*cluster, rota::tenant_tree{}, backend, pace, rota::recorder{log}};
    auto scheduler = rota::system::easy<>{};

    auto const until = from + std::chrono::seconds{std::atoi(argv[2])};
    do {
        if (host.round(now(), scheduler) == live::host<client>::outcome::blind)
            std::fprintf(stderr, "kubernetes_host: %s\n", backend.complaint().c_str());
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
    } while (clock::now() < until && (host.specs().empty() || !host.state().jobs().active().empty()));

    std::fputs(rota::log::to_text(log).c_str(), stdout);
    return host.state().jobs().active().empty() ? 0 : 1;
}
