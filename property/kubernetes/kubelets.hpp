// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_KUBELETS_HPP
#define ROTA_PROPERTY_KUBERNETES_KUBELETS_HPP

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "operator.hpp"

/// Kubelets of nodes without machines: a thread that tells a real API server what they would, and remembers what ran where.
///
/// Meaning   A pod that is bound is admitted where its node has GPUs for it, runs as long as its annotation mini/run-ms
///           says, and then has succeeded. One that is being deleted stops after mini/stop-ms, or at once where its
///           grace is a second; then it is gone. Nodes say every second that they live.
class kubelets {
public:
    using json = nlohmann::json;
    using clock = std::chrono::steady_clock;
    struct run {
        std::string group; ///< the pod's label, or its own name
        std::string node;
    };

    kubelets(std::vector<std::string> names, int gpus) : gpus_{gpus} {
        for (auto const& name : names) alive_.insert(name);
        thread_ = std::thread{[this] {
            while (!stopping_) {
                tick();
                std::this_thread::sleep_for(std::chrono::milliseconds{100});
            }
        }};
    }
    ~kubelets() {
        stopping_ = true;
        thread_.join();
    }
    kubelets(kubelets const&) = delete;
    kubelets& operator=(kubelets const&) = delete;

    void lose(std::string const& node) {
        auto const lock = std::lock_guard{mutex_};
        alive_.erase(node);
    }
    void find(std::string const& node) {
        auto const lock = std::lock_guard{mutex_};
        alive_.insert(node);
    }
    /// Every pod that was seen bound, in order.
    [[nodiscard]] std::vector<run> runs() {
        auto const lock = std::lock_guard{mutex_};
        return runs_;
    }
    /// Pods that a node had no room for.
    [[nodiscard]] int crowded() const noexcept { return crowded_; }

    [[nodiscard]] static json node(std::string const& name, int gpus) {
        auto const room = json{{"cpu", "96"},
                               {"memory", "1056758296Ki"},
                               {"nvidia.com/gpu", std::to_string(gpus)},
                               {"pods", "1000"}};
        return {{"apiVersion", "v1"},
                {"kind", "Node"},
                {"metadata",
                 {{"name", name},
                  {"labels", {{"kubernetes.io/hostname", name}, {"nvidia.com/gpu.product", "A100"}}}}},
                {"status", {{"capacity", room}, {"allocatable", room}, {"conditions", {ready()}}}}};
    }

private:
    struct seen {
        clock::time_point since;
        bool stops = false;
    };

    [[nodiscard]] static std::string stamp() {
        auto const now = std::time(nullptr);
        auto parts = std::tm{};
        ::gmtime_r(&now, &parts);
        char text[32];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        return text;
    }
    [[nodiscard]] static json ready() {
        return {{"type", "Ready"},
                {"status", "True"},
                {"reason", "KubeletReady"},
                {"lastHeartbeatTime", stamp()},
                {"message", "kubelet is posting ready status"}};
    }
    static int number(json const& pod, char const* key, int otherwise) {
        auto const text = pod["metadata"].value("annotations", json::object()).value(key, std::string{});
        return text.empty() ? otherwise : std::stoi(text);
    }
    static int gpus_of(json const& pod) {
        auto const& limits = pod["spec"]["containers"][0]["resources"].value("limits", json::object());
        return std::stoi(limits.value("nvidia.com/gpu", std::string{"0"}));
    }
    static bool later(clock::time_point since, int ms) {
        return clock::now() >= since + std::chrono::milliseconds{ms};
    }

    void tick() {
        auto const alive = [this] {
            auto const lock = std::lock_guard{mutex_};
            return alive_;
        }();
        if (later(heartbeat_, 1'000)) {
            heartbeat_ = clock::now();
            for (auto const& name : alive)
                server_.patch("/api/v1/nodes/" + name + "/status", {{"status", {{"conditions", {ready()}}}}});
        }
        auto const got = server_.get("/api/v1/pods?fieldSelector=spec.nodeName!%3D,status.phase!%3DSucceeded,"
                                     "status.phase!%3DFailed");
        if (!got.good()) return; // the API server is away: pods go on, and nobody hears of it
        auto held = std::map<std::string, int>{};
        for (auto const& pod : got.body["items"])
            if (pod["status"]["phase"] == "Running") held[pod["spec"]["nodeName"]] += gpus_of(pod);
        for (auto const& pod : got.body["items"]) {
            auto const node = pod["spec"]["nodeName"].get<std::string>();
            note(pod, node);
            if (alive.contains(node)) tend(pod, held[node]);
        }
    }
    void note(json const& pod, std::string const& node) {
        auto const uid = pod["metadata"]["uid"].get<std::string>();
        if (!seen_.try_emplace(uid, seen{clock::now()}).second) return;
        auto const labels = pod["metadata"].value("labels", json::object());
        auto const own = pod["metadata"]["name"].get<std::string>();
        auto const lock = std::lock_guard{mutex_};
        runs_.push_back({labels.value("scheduling.x-k8s.io/pod-group", own), node});
    }
    void tend(json const& pod, int& held) {
        auto const& about = pod["metadata"];
        auto& its = seen_.at(about["uid"]);
        auto const path = "/api/v1/namespaces/" + about["namespace"].get<std::string>() + "/pods/" +
                          about["name"].get<std::string>();
        auto const say = [&](json const& status) { server_.patch(path + "/status", {{"status", status}}); };
        if (about.contains("deletionTimestamp")) {
            if (!its.stops) its = {clock::now(), true};
            auto const last = about["deletionGracePeriodSeconds"].get<int>() <= 1;
            if (!last && !later(its.since, number(pod, "mini/stop-ms", 300))) return;
            say({{"phase", "Failed"}}); // the exit code of a TERM
            server_.del(path, {{"gracePeriodSeconds", 0}, {"preconditions", {{"uid", about["uid"]}}}});
        } else if (pod["status"]["phase"] == "Pending") {
            its.since = clock::now();
            held += gpus_of(pod);
            if (held <= gpus_) return say({{"phase", "Running"}, {"startTime", stamp()}});
            ++crowded_;
            say({{"phase", "Failed"},
                 {"reason", "UnexpectedAdmissionError"},
                 {"message", "Pod Allocate failed due to requested number of devices unavailable for "
                             "nvidia.com/gpu"}});
        } else if (later(its.since, number(pod, "mini/run-ms", 1'000))) {
            say({{"phase", "Succeeded"}});
        }
    }

    int gpus_;
    cluster_operator server_;
    std::map<std::string, seen> seen_; ///< by uid
    clock::time_point heartbeat_{};
    std::mutex mutex_;
    std::set<std::string> alive_; ///< under the mutex
    std::vector<run> runs_;       ///< under the mutex
    std::atomic<int> crowded_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

#endif
