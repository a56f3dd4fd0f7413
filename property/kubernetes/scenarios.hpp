// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_SCENARIOS_HPP
#define ROTA_PROPERTY_KUBERNETES_SCENARIOS_HPP

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "kubelets.hpp"
#include "operator.hpp"
#include "session.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/kubernetes/http.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/srtf.hpp>

namespace on_kubernetes {

using fifo = rota::system::fifo<>;
using by_priority = rota::system::priority_preemptive<>;
using srtf = rota::system::srtf<>;

/// What a scenario has: three nodes of four GPUs, and who speaks to the API server for rota.
struct stage {
    rota::cluster::spec const* cluster;
    kubernetes::http* server;
    kubelets* nodes;
};

template <class Holds>
bool soon(std::string const& what, int seconds, Holds holds) {
    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    while (!holds() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    return check(holds(), what);
}

/// Jobs and pods of a scenario go, and so do their GPUs.
inline void clear() {
    auto users = cluster_operator{};
    auto const jobs = std::string{"/apis/batch/v1/namespaces/mini/jobs"};
    auto const pods = std::string{"/api/v1/namespaces/mini/pods"};
    users.del(jobs, {{"propagationPolicy", "Background"}});
    soon("the jobs are gone", 20, [&] { return users.get(jobs).body["items"].empty(); });
    users.del(pods, {{"gracePeriodSeconds", 0}});
    soon("the pods are gone", 20, [&] {
        auto const left = users.get(pods);
        return left.good() && left.body["items"].empty();
    });
}

/// Gangs of whole nodes, on one node and anywhere, by their pods' word and by a PodGroup's, first come first served.
inline void gangs(stage const& on) {
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes};
    auto& users = s.users();
    auto crd = json::parse(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
        "metadata":{"name":"podgroups.scheduling.x-k8s.io",
            "annotations":{"api-approved.kubernetes.io":"https://github.com/kubernetes-sigs/scheduler-plugins/pull/50"}},
        "spec":{"group":"scheduling.x-k8s.io","scope":"Namespaced",
            "names":{"plural":"podgroups","singular":"podgroup","kind":"PodGroup","listKind":"PodGroupList"},
            "versions":[{"name":"v1alpha1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
                "properties":{"spec":{"type":"object","properties":{"minMember":{"type":"integer"}}}}}}}]}})");
    check(users.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd).status == 201,
          "PodGroups are defined");
    auto const groups = std::string{"/apis/scheduling.x-k8s.io/v1alpha1/namespaces/mini/podgroups"};
    soon("and served", 20, [&] { return users.get(groups).good(); });
    auto const group = json{{"apiVersion", "scheduling.x-k8s.io/v1alpha1"},
                            {"kind", "PodGroup"},
                            {"metadata", {{"name", "grouped"}}},
                            {"spec", {{"minMember", 5}}}};
    check(users.post(groups, group).status == 201, "a PodGroup is made");
    s.submit("whole", {.pods = 2, .gpus = 4});
    s.submit("grouped", {.pods = 5, .gpus = 1, .sized = false});
    s.submit("single", {.pods = 1, .gpus = 3});
    s.submit("near", {.pods = 2, .gpus = 2});
    s.submit("sizeless", {.pods = 2, .gpus = 1, .sized = false});
    s.wait("all gangs end", 60, [&] { return s.idle(4); });
    for (auto const& [name, pods, gpus] : {std::tuple{"whole", 2, 4}, std::tuple{"grouped", 5, 1},
                                           std::tuple{"single", 1, 3}, std::tuple{"near", 2, 2}}) {
        check(s.count(kind::start, name) == 1 && s.count(kind::finish, name) == 1,
              std::string{name} + " ran once and finished");
        s.check_places(name, gpus);
        check(s.starts(name, gpus).size() == static_cast<std::size_t>(pods),
              std::string{name} + " was bound whole");
    }
    check(users.get("/api/v1/namespaces/mini/pods?fieldSelector=spec.nodeName%3D").body["items"].size() == 2,
          "a group without a size is left alone");
    s.check_laws();
}

/// Who matters more, or is shorter, takes the place of who runs: pods are deleted, and their controller makes others.
template <class Scheduler>
void preempt(stage const& on, wish low, wish high, bool in_time) {
    auto s = session<Scheduler>{*on.cluster, *on.server, *on.nodes};
    s.submit("low", low);
    s.wait("low runs", 20, [&] { return s.count(kind::start, "low") == 1; });
    s.submit("high", high);
    auto const from = std::chrono::steady_clock::now();
    s.wait("high takes its place", 30, [&] { return s.count(kind::start, "high") == 1; });
    auto const took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from)
            .count();
    check(s.count(kind::preempt, "low") == 1, "low was preempted");
    s.wait("both end", 60, [&] { return s.idle(2); });
    check(s.count(kind::start, "low") == 2 && s.count(kind::finish, "low") == 1 &&
              s.count(kind::finish, "high") == 1,
          "low ran again, and both finished");
    for (auto const* name : {"low", "high"}) s.check_places(name, 4);
    std::printf("  high runs %lld ms after it was submitted\n", static_cast<long long>(took));
    check(in_time == (took < 3'000), "within the pods' own time, or cut short");
    s.check_laws();
}

/// A node says nothing any more. The pods there hold their GPUs until somebody says that it is off.
inline void lose_a_node(stage const& on) {
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes};
    s.submit("gang", {.pods = 3, .gpus = 4, .run_ms = 20'000});
    s.wait("a gang runs everywhere", 20, [&] { return s.count(kind::start, "gang") == 1; });
    on.nodes->lose("n2");
    s.wait("its node is lost", 40, [&] { return s.has(kind::node_down) && !s.open(1); });
    auto const left = [&] {
        return s.users().get("/api/v1/pods?fieldSelector=spec.nodeName!%3D").body["items"];
    };
    s.wait("the pod there is given up, and the rest is gone", 40, [&] {
        auto const there = left();
        return there.size() == 1 && there[0]["metadata"].contains("deletionTimestamp");
    });
    check(s.count(kind::interrupt, "gang") == 0, "as long as nobody says that it is off, it may go on there");
    s.users().del("/api/v1/namespaces/mini/pods/" + left()[0]["metadata"]["name"].get<std::string>(),
                  {{"gracePeriodSeconds", 0}});
    s.wait("the run is over", 20, [&] { return s.count(kind::interrupt, "gang") == 1; });
    s.submit("small", {.pods = 2, .gpus = 2});
    s.wait("the gang is in the way", 5, [&] { return s.host().specs().size() == 2; });
    on.nodes->find("n2");
    s.wait("the node is back", 30, [&] { return s.has(kind::node_up) && s.open(1); });
    s.wait("all end", 80, [&] { return s.idle(2); });
    check(s.count(kind::start, "gang") >= 2 && s.count(kind::finish, "gang") == 1, "the gang ran again");
    s.check_places("gang", 4);
    s.check_laws();
}

/// A user deletes a pod of a gang; another scheduler binds a pod of its own, and one that is not.
inline void meet_others(stage const& on) {
    auto s = session<fifo>{*on.cluster, *on.server, *on.nodes};
    auto& users = s.users();
    auto const pods = std::string{"/api/v1/namespaces/mini/pods"};
    s.submit("loser", {.pods = 3, .gpus = 1, .run_ms = 6'000});
    s.wait("a gang runs", 20, [&] { return s.count(kind::start, "loser") == 1; });
    auto const all = users.get(pods).body["items"];
    users.del(pods + "/" + all[1]["metadata"]["name"].get<std::string>());
    s.wait("who loses a member loses the run", 20, [&] { return s.count(kind::interrupt, "loser") == 1; });
    s.wait("and runs again", 20, [&] { return s.count(kind::start, "loser") == 2; });
    s.wait("to its end", 20, [&] { return s.count(kind::finish, "loser") == 1; });
    s.check_places("loser", 1);

    check(users.post(pods, pod_of("other", {.gpus = 2, .run_ms = 3'000, .scheduler = "default-scheduler"}))
              .good(),
          "another scheduler's pod");
    auto const bind = [&](std::string const& name, std::string const& node) {
        return users.post(pods + "/" + name + "/binding",
                          {{"metadata", {{"name", name}}}, {"target", {{"kind", "Node"}, {"name", node}}}});
    };
    check(bind("other", "n1").status == 201, "is bound");
    s.wait("its node is closed", 10, [&] { return !s.open(0); });
    s.submit("beside", {.pods = 2, .gpus = 4});
    s.wait("a gang runs beside it", 20, [&] { return s.count(kind::start, "beside") == 1; });
    check(s.starts("beside", 4) == std::vector<std::string>{"n2", "n3"}, "on the other nodes");
    s.wait("the node is open again", 20, [&] { return s.open(0); });
    s.wait("the gang ends", 20, [&] { return s.idle(2); });

    users.post("/apis/batch/v1/namespaces/mini/jobs", job_of("snatched", {.pods = 4, .gpus = 1}));
    auto stolen = std::string{};
    soon("its pods are there", 20, [&] {
        auto const its = users.get(pods + "?labelSelector=job-name%3Dsnatched").body["items"];
        if (its.size() == 4) stolen = its[3]["metadata"]["name"].get<std::string>();
        return its.size() == 4;
    });
    check(bind(stolen, "n3").status == 201, "another scheduler binds one of them");
    s.wait("the gang runs all the same", 60, [&] { return s.idle(3); });
    check(s.count(kind::finish, "snatched") == 1, "to its end");
    s.check_laws();
}

} // namespace on_kubernetes

#endif
