// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_OUTAGES_HPP
#define ROTA_PROPERTY_KUBERNETES_OUTAGES_HPP

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "operator.hpp"
#include "scenarios.hpp"
#include "session.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/kubernetes/client_settings.hpp>
#include <rota/kubernetes/find_cluster.hpp>
#include <rota/kubernetes/http.hpp>
#include <rota/kubernetes/objects.hpp>

namespace on_kubernetes {

[[nodiscard]] inline int server_pid() {
    auto const folder = cluster_operator::variable("MINI_CONTROL_PLANE");
    return std::atoi(cluster_operator::text_of(folder + "/apiserver.pid").c_str());
}

/// The first line of a watch, or the code that it closed with.
inline std::string first_line(kubernetes::http::stream& of) {
    for (auto i = 0; i != 60; ++i) {
        auto const news = of.read();
        if (!news.lines.empty()) return news.lines.front();
        if (news.closed) return std::to_string(news.status);
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return "nothing";
}

/// The API server is killed while gangs run, and is away for a while.
inline void kill_the_server(stage const& on) {
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes};
    auto const folder = cluster_operator::variable("MINI_CONTROL_PLANE");
    for (auto const* name : {"one", "two", "three", "four", "five"})
        s.submit(name, {.pods = 2, .gpus = 2, .run_ms = 4'000});
    s.wait("three run", 20, [&] {
        return s.count(kind::start, "one") + s.count(kind::start, "two") + s.count(kind::start, "three") == 3;
    });
    auto const lists = s.backend().lists();
    auto const pid = server_pid();
    check(pid > 1 && ::kill(pid, SIGKILL) == 0, "the API server is killed");
    s.wait("nobody answers", 15, [&] { return s.blind() >= 5; });
    std::printf("  blind: %s\n", s.backend().complaint().c_str());
    check(std::system((folder + "/start_apiserver").c_str()) == 0, "it is started again");
    s.wait("all end", 90, [&] { return s.idle(5); });
    auto old = on.server->watch("/api/v1/pods?watch=true&timeoutSeconds=4&resourceVersion=1");
    auto gone = first_line(old);
    auto const is = kubernetes::read_event<kubernetes::pod>(gone);
    check(is && is->what == kubernetes::change::error && is->code == 410,
          "a version from before is gone: " + gone);
    std::printf("  %d blind polls, %d new lists, longest round %lld ms\n", s.blind(),
                s.backend().lists() - lists, static_cast<long long>(s.longest_ms()));
    check(s.backend().lists() > lists, "a server that begins anew makes a list");
    for (auto const* name : {"one", "two", "three", "four", "five"}) {
        check(s.count(kind::start, name) == 1 && s.count(kind::finish, name) == 1,
              std::string{name} + " ran once, and to its end");
        s.check_places(name, 2);
    }
    s.check_laws();
}

/// The API server takes calls and answers none for a while: words are lost, and a round takes no longer than one of them.
inline void freeze_the_server(stage const& on) {
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes};
    check(s.round(), "a first look");
    auto const pid = server_pid();
    auto names = std::vector<std::string>{};
    for (auto i = 0; i != 6; ++i) {
        names.push_back("cold-" + std::to_string(i));
        s.users().post("/api/v1/namespaces/mini/pods", pod_of(names.back(), {.gpus = 2}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{500}); // the watch has shown them
    check(pid > 1 && ::kill(pid, SIGSTOP) == 0, "the API server is stopped");
    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{12};
    while (std::chrono::steady_clock::now() < until && s.round())
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    check(!s.has(kind::start), "nothing is taken for started that was not seen");
    check(::kill(pid, SIGCONT) == 0, "it goes on");
    s.wait("all end", 90, [&] { return s.idle(6); });
    std::printf("  longest round %lld ms\n", static_cast<long long>(s.longest_ms()));
    check(s.longest_ms() < 8'000, "a round waits for one word, not for each");
    for (auto const& name : names) {
        check(s.count(kind::start, name) == 1 && s.count(kind::finish, name) == 1,
              name + " ran once, and to its end");
        s.check_places(name, 2);
    }
    s.check_laws();
}

[[nodiscard]] inline std::string journal_path() {
    return cluster_operator::variable("MINI_CONTROL_PLANE") + "/journal";
}

/// One of the drivers that are killed: a program of its own, which goes on until it is.
inline int drive_until_killed(kubernetes::http& server) {
    auto const how = kubernetes::client_settings{.spaces = {}, .recovers = true};
    auto why = std::string{};
    auto const cluster = kubernetes::find_cluster(server, why, how);
    if (!check(cluster.has_value(), "the cluster: " + why)) return 1;
    auto one = session<fifo>{*cluster, server, journal_path()};
    while (one.round()) std::this_thread::sleep_for(std::chrono::milliseconds{50});
    return 1;
}

/// The driver is killed over and over, as soon as it has written some more; the last one brings all to an end.
/// Expects a program that becomes drive_until_killed where its argument is `driver`.
inline void kill_drivers(stage const& on) {
    auto const journal = journal_path();
    auto const before = on.nodes->runs().size();
    auto users = cluster_operator{};
    auto names = std::vector<std::string>{};
    for (auto i = 0; i != 8; ++i) {
        names.push_back("killed-" + std::to_string(i));
        users.post("/apis/batch/v1/namespaces/mini/jobs",
                   job_of(names.back(), {.pods = 2, .gpus = 2, .run_ms = 2'500}));
    }
    auto kills = 0;
    std::fflush(stdout);
    for (auto const ms : {0, 20, 100, 700}) {
        auto const written = cluster_operator::text_of(journal).size();
        auto const child = ::fork();
        if (child == 0) {
            ::execl("/proc/self/exe", "driver", "driver", static_cast<char*>(nullptr));
            ::_exit(127);
        }
        for (auto i = 0; i != 500 && cluster_operator::text_of(journal).size() < written + 200; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // some words have been said, others not
        ::kill(child, SIGKILL);
        auto status = 0;
        ::waitpid(child, &status, 0);
        kills += WIFSIGNALED(status);
    }
    check(kills == 4, "four drivers were killed");
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes, journal};
    s.count_from(before);
    check(!s.log().records.empty(), "the last driver knows what they did");
    s.wait("all end", 60, [&] { return s.idle(names.size()); });
    for (auto const& name : names) {
        check(s.count(kind::start, name) == 1 && s.count(kind::finish, name) == 1,
              name + " ran once, and to its end");
        s.check_places(name, 2, true); // who is killed between two pods leaves half a gang
    }
    s.check_laws();
}

/// More pods than a page has.
inline void queue_many(stage const& on) {
    constexpr auto many = 520;
    auto users = cluster_operator{};
    for (auto i = 0; i != many; ++i) {
        auto const name = "many-" + std::to_string(1'000 + i);
        auto const how = wish{.run_ms = 100};
        check(users.post("/api/v1/namespaces/mini/pods", pod_of(name, how)).status == 201, "a pod is made");
    }
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes};
    auto const from = std::chrono::steady_clock::now();
    s.wait("all are known", 20, [&] { return s.host().specs().size() == many; });
    s.wait("all end", 300, [&] { return s.idle(many); });
    auto const took =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - from);
    auto ended = 0;
    for (auto const& r : s.log().records) ended += r.kind == kind::finish;
    check(ended == many, "each finished");
    std::printf("  %d pods in %lld s, longest round %lld ms\n", many, static_cast<long long>(took.count()),
                static_cast<long long>(s.longest_ms()));
    s.check_laws();
}

} // namespace on_kubernetes

#endif
