// SPDX-License-Identifier: BSL-1.0
// The same client over real sockets: an API server on a free port of the loopback, lists, watches that stream, bindings
// and deletions, in the clear and over TLS. A server that is gone makes a poll blind, and no more.
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "../tally.hpp"
#include "apiserver.hpp"
#include "listening.hpp"
#include "pods.hpp"

#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/client.hpp>
#include <rota/kubernetes/find_cluster.hpp>
#include <rota/kubernetes/http.hpp>
#include <rota/live/host.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/system/fifo.hpp>

namespace {

namespace kubernetes = rota::kubernetes;
namespace live = rota::live;
using namespace std::chrono_literals;

void speak(tally& told, certificate const* shown) {
    auto server = std::make_unique<listening>(shown);
    if (!told.check(server->port > 0, "a free port")) return;
    for (auto n = 0; n != 2; ++n)
        server->behind.create(apiserver::kind::nodes, pods::node("gpu-" + std::to_string(n), 4));
    auto how = kubernetes::http_settings{};
    how.url =
        (shown == nullptr ? "http" : "https") + std::string{"://127.0.0.1:"} + std::to_string(server->port);
    if (shown != nullptr) how.ca_file = shown->file();
    how.timeout_ms = 1'000;
    auto wire = kubernetes::http{how};
    auto why = std::string{};
    auto const cluster = kubernetes::find_cluster(wire, why);
    if (!told.check(cluster && cluster->gpus() == 8, "the cluster is found: " + why)) return;

    auto const began = std::chrono::steady_clock::now();
    auto const now = [&] {
        auto const since = std::chrono::steady_clock::now() - began;
        return rota::sim_time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
    };
    auto client = kubernetes::client<kubernetes::http>{*cluster, wire, now};
    auto log = rota::log::schedule{};
    auto pace = live::pace{};
    pace.young_ms = pace.requeued_ms = 0;
    using driver = live::host<kubernetes::client<kubernetes::http>>;
    auto host = driver{*cluster, rota::tenant_tree{}, client, pace, rota::recorder{log}};
    auto scheduler = rota::system::fifo<>{};
    auto const until = [&](auto&& done) {
        for (auto i = 0; i != 1'000; ++i) {
            (void)host.round(now(), scheduler);
            {
                auto const lock = std::lock_guard{server->mutex};
                if (done()) return true;
            }
            std::this_thread::sleep_for(10ms);
        }
        return false;
    };
    auto const node_of = [&](std::string const& name) {
        return apiserver::node_of(server->behind.pods().at("ns/" + name));
    };
    auto const started = [&](std::size_t n) {
        auto count = std::size_t{0};
        for (auto const& r : log.records) count += r.kind == rota::log::kind::start;
        return count == n;
    };
    {
        auto const lock = std::lock_guard{server->mutex};
        for (auto const* name : {"a-0", "a-1"})
            server->behind.create(apiserver::kind::pods, pods::pod(name, 4, "a", 2));
    }
    told.check(until([&] { return !node_of("a-0").empty() && !node_of("a-1").empty(); }), "a gang is bound");
    told.check(until([&] { return started(1); }), "and its start is in the log");
    server->close_watches();
    std::this_thread::sleep_for(50ms);
    {
        auto const lock = std::lock_guard{server->mutex};
        for (auto const* name : {"ns/a-0", "ns/a-1"}) {
            server->behind.pods().at(name)["status"]["phase"] = "Succeeded";
            server->behind.modified(apiserver::kind::pods, name);
        }
    }
    told.check(until([&] { return host.state().jobs().active().empty(); }),
               "its end is seen on watches opened again");
    auto const lists = client.lists();
    {
        auto const lock = std::lock_guard{server->mutex};
        server->behind.create(apiserver::kind::pods, pods::pod("b-0", 1, "b", 1));
        server->behind.compact();
        server->behind.create(apiserver::kind::pods, pods::pod("c-0", 1, "c", 1));
    }
    server->close_watches();
    told.check(until([&] { return !node_of("b-0").empty() && !node_of("c-0").empty(); }),
               "two more are bound");
    told.check(client.lists() > lists, "a version that is gone makes a list");

    auto const port = server->port;
    server.reset();
    auto blind = false;
    for (auto i = 0; i != 50 && !blind; ++i) {
        blind = host.round(now(), scheduler) == driver::outcome::blind;
        std::this_thread::sleep_for(10ms);
    }
    told.check(blind, "without a server a poll is blind");
    told.check(!client.complaint().empty(), "and says why");
    server = std::make_unique<listening>(shown, port);
    told.check(server->port == port, "the port again");
    auto back = false;
    for (auto i = 0; i != 500 && !back; ++i) {
        back = host.round(now(), scheduler) == driver::outcome::ran;
        std::this_thread::sleep_for(10ms);
    }
    told.check(back, "a server that is back is heard");
}

} // namespace

int main() {
    auto told = tally{};
    speak(told, nullptr);
    auto const shown = certificate{};
    speak(told, &shown);
    auto const server = listening{&shown};
    auto stranger = kubernetes::http{{.url = "https://127.0.0.1:" + std::to_string(server.port),
                                      .token_file = {},
                                      .ca_file = {},
                                      .cert_file = {},
                                      .key_file = {}}};
    told.check(stranger.get("/api/v1/nodes").status == 0, "a server that nobody vouches for is not heard");
    return told.end();
}
