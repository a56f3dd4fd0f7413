// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_CLUSTER_HPP
#define ROTA_PROPERTY_KUBERNETES_CLUSTER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "apiserver.hpp"

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/backend.hpp>

/// What goes wrong in the cluster, each by the chance of a tick.
struct cluster_faults {
    double deleted = 0;   ///< a user deletes a pod of a gang that runs
    double cancelled = 0; ///< a user deletes a job
    double evicted = 0;   ///< a node evicts a pod
    double snatched = 0;  ///< another scheduler binds a pod that is not its own
    double others = 0;    ///< another scheduler starts a pod of its own
};

/// What is behind an API server: kubelets, the controller that makes the pods of jobs, another scheduler, users and
/// nodes that fail, tick by tick; and the truth about every run.
class emulated_cluster {
public:
    using json = apiserver::json;
    using kind = apiserver::kind;
    static constexpr rota::millis tick_ms = 250;
    struct run { ///< what really happened
        std::size_t job;
        std::vector<rota::live::part> where;
        rota::sim_time from;
        rota::sim_time until = rota::never; ///< none of its pods held a GPU any more
        std::vector<std::string> uids;
    };
    enum class end : std::uint8_t { open, completed, failed, timed_out, cancelled };

    emulated_cluster(apiserver& server, rota::cluster::spec const& cluster, rota::job::workload const& jobs,
                     std::vector<rota::cluster::node_change> changes, cluster_faults how, std::uint64_t seed)
        : server_{&server}, cluster_{&cluster}, jobs_{&jobs}, changes_{std::move(changes)}, how_{how},
          random_{seed}, up_(cluster.nodes.size(), true) {
        for (auto n = std::size_t{0}; n != cluster.nodes.size(); ++n) {
            largest_ = std::max(largest_, int{cluster.nodes[n].gpus});
            server.create(kind::nodes, node(n));
        }
    }

    [[nodiscard]] std::vector<run> const& runs() const noexcept { return runs_; }
    [[nodiscard]] std::size_t submitted() const noexcept { return all_.size(); }
    [[nodiscard]] end ended(std::size_t number) const { return all_[number].over; }
    /// Pods that a kubelet had no room for, while nobody but one scheduler binds.
    [[nodiscard]] std::uint64_t crowded() const noexcept { return crowded_; }
    [[nodiscard]] std::uint64_t foreign() const noexcept { return foreign_; }
    void calm_down() noexcept { how_ = {}; }

    /// The number of the job that is the gang ns/job-17.
    [[nodiscard]] static std::size_t number_of(std::string const& id) {
        return std::stoul(id.substr(id.rfind('-') + 1));
    }
    /// Takes notice of runs that have begun.
    void look() {
        for (auto j = std::size_t{0}; j != all_.size(); ++j) begin_run(j);
    }
    void advance(rota::sim_time to) {
        for (; server_->now < to; server_->now = server_->now + tick_ms) tick();
    }

private:
    struct job {
        int pods = 1;
        int each = 1;
        std::int64_t left = 0; ///< ms x thousandths of the reference rate
        std::int64_t saved = 0;
        end over = end::open;
        std::vector<std::string> names;  ///< of its pods that are there
        std::vector<rota::sim_time> due; ///< of pods that are to be made
        std::uint32_t made = 0;
        std::size_t run = none; ///< under way
    };
    static constexpr auto none = static_cast<std::size_t>(-1);

    [[nodiscard]] json node(std::size_t n) const {
        auto const& one = cluster_->nodes[n];
        auto const gpus = std::to_string(int{one.gpus});
        auto const& model = cluster_->models[index(one.model)];
        auto const room =
            json{{"cpu", "96"}, {"memory", "1056758296Ki"}, {"nvidia.com/gpu", gpus}, {"pods", "110"}};
        return json{{"apiVersion", "v1"},
                    {"kind", "Node"},
                    {"metadata",
                     {{"name", cluster_->names[n]},
                      {"labels",
                       {{"kubernetes.io/hostname", cluster_->names[n]}, {"nvidia.com/gpu.product", model}}}}},
                    {"spec", {{"podCIDR", "10.244." + std::to_string(n % 250) + ".0/24"}}},
                    {"status",
                     {{"capacity", room},
                      {"allocatable", room},
                      {"conditions",
                       {{{"type", "MemoryPressure"}, {"status", "False"}},
                        {{"type", "Ready"}, {"status", "True"}, {"reason", "KubeletReady"}}}}}}};
    }
    [[nodiscard]] json pod(std::string const& name, int gpus, std::string const& scheduler) const {
        auto const want = json{{"nvidia.com/gpu", std::to_string(gpus)}};
        return json{{"apiVersion", "v1"},
                    {"kind", "Pod"},
                    {"metadata", {{"name", name}, {"namespace", "ns"}, {"labels", json::object()}}},
                    {"spec",
                     {{"schedulerName", scheduler},
                      {"restartPolicy", "Never"},
                      {"priority", 0},
                      {"terminationGracePeriodSeconds", 30},
                      {"containers",
                       {{{"name", "main"},
                         {"image", "train:1"},
                         {"resources", {{"limits", want}, {"requests", want}}}}}},
                      {"tolerations", {{{"key", "nvidia.com/gpu"}, {"operator", "Exists"}}}}}},
                    {"status", {{"phase", "Pending"}, {"qosClass", "Burstable"}}}};
    }
    [[nodiscard]] std::size_t index_of(std::string const& node) const {
        return static_cast<std::size_t>(std::find(cluster_->names.begin(), cluster_->names.end(), node) -
                                        cluster_->names.begin());
    }
    static int gpus_of(json const& pod) {
        return std::stoi(
            pod["spec"]["containers"][0]["resources"]["requests"]["nvidia.com/gpu"].get<std::string>());
    }
    [[nodiscard]] int held_on(std::string const& node, bool admitted) const {
        auto sum = 0;
        for (auto const& [name, one] : server_->pods())
            if (apiserver::node_of(one) == node && !apiserver::over(one) &&
                (!admitted || apiserver::phase(one) == "Running"))
                sum += gpus_of(one);
        return sum;
    }

    void tick() {
        look();
        for (; all_.size() != jobs_->size() && jobs_->specs[all_.size()].submit <= server_->now;) submit();
        for (; next_change_ != changes_.size() && changes_[next_change_].at <= server_->now; ++next_change_)
            strike(changes_[next_change_]);
        for (auto j = std::size_t{0}; j != all_.size(); ++j) make_pods(j);
        kubelets();
        for (auto j = std::size_t{0}; j != all_.size(); ++j) work(j);
        mishaps();
    }
    /// A job as pods: of one GPU each, of whole nodes, or all of it in one.
    void submit() {
        auto const i = all_.size();
        auto& fresh = all_.emplace_back();
        auto const gpus = int{jobs_->specs[i].need.gpus_max};
        fresh.left = fresh.saved = std::max<std::int64_t>(jobs_->works[i].duration_ms, 1) * 1000;
        fresh.pods = gpus;
        if (gpus <= largest_ && random_.chance(0.5)) fresh.pods = 1;
        else if (gpus > largest_ && gpus % largest_ == 0) fresh.pods = gpus / largest_;
        fresh.each = gpus / fresh.pods;
        server_->create(kind::groups,
                        json{{"apiVersion", "scheduling.x-k8s.io/v1alpha1"},
                             {"kind", "PodGroup"},
                             {"metadata", {{"name", "job-" + std::to_string(i)}, {"namespace", "ns"}}},
                             {"spec", {{"minMember", fresh.pods}, {"scheduleTimeoutSeconds", 60}}}});
        for (auto k = 0; k != fresh.pods; ++k)
            fresh.due.push_back(server_->now + static_cast<rota::millis>(random_.below(4)) * 250);
    }
    void make_pods(std::size_t i) {
        auto& j = all_[i];
        std::erase_if(j.names, [this](auto const& name) {
            auto const at = server_->pods().find(name);
            return at == server_->pods().end() || apiserver::terminating(at->second) ||
                   (apiserver::phase(at->second) == "Failed");
        });
        if (j.over != end::open) return;
        while (j.names.size() + j.due.size() < static_cast<std::size_t>(j.pods))
            j.due.push_back(server_->now + 500 + static_cast<rota::millis>(random_.below(10)) * 250);
        for (auto const at : j.due) {
            if (at > server_->now) continue;
            auto const group = "job-" + std::to_string(i);
            auto const name = group + "-" + std::to_string(j.made++);
            auto one = pod(name, j.each, "rota");
            auto const& spec = jobs_->specs[i];
            one["metadata"]["labels"]["scheduling.x-k8s.io/pod-group"] = group;
            one["metadata"]["ownerReferences"] = {{{"apiVersion", "batch/v1"},
                                                   {"kind", "Job"},
                                                   {"name", group},
                                                   {"uid", "0e3a-" + group},
                                                   {"controller", true}}};
            one["metadata"]["namespace"] = "ns";
            one["spec"]["priority"] = spec.priority;
            if (spec.need.models != rota::job::any_model)
                for (auto m = std::size_t{cluster_->models.size()}; m-- != 0;)
                    if ((spec.need.models >> m & 1u) != 0)
                        one["spec"]["nodeSelector"] = {{"nvidia.com/gpu.product", cluster_->models[m]}};
            server_->create(kind::pods, std::move(one));
            j.names.push_back("ns/" + name);
        }
        std::erase_if(j.due, [this](auto at) { return at <= server_->now; });
    }
    void kubelets() {
        auto names = std::vector<std::string>{};
        for (auto const& [name, one] : server_->pods())
            if (!apiserver::node_of(one).empty()) names.push_back(name);
        for (auto const& name : names) {
            auto& one = server_->pods().at(name);
            auto const n = index_of(apiserver::node_of(one));
            if (!up_[n]) { // the controller of nodes gives up on it, and later somebody says that it is off
                auto const since = server_->now - down_since_[n];
                if (since >= 60'000) server_->erase_pod(name);
                else if (since >= 40'000 && !apiserver::terminating(one)) server_->begin_deletion(name, {});
                continue;
            }
            if (apiserver::terminating(one)) {
                if (!stops_.contains(name))
                    stops_[name] = server_->now + static_cast<rota::millis>(random_.below(16)) * 250;
                auto const last = one["metadata"]["deletionGracePeriodSeconds"].get<std::int64_t>() <= 1;
                if (server_->now < stops_[name] && !last) continue;
                stops_.erase(name);
                server_->erase_pod(name);
            } else if (apiserver::phase(one) == "Pending" && random_.chance(0.4)) {
                auto const room =
                    held_on(apiserver::node_of(one), true) + gpus_of(one) <= int{cluster_->nodes[n].gpus};
                crowded_ += !room;
                one["status"]["phase"] = room ? "Running" : "Failed";
                if (!room) one["status"]["reason"] = "UnexpectedAdmissionError";
                if (!room)
                    one["status"]["message"] = "Pod Allocate failed due to requested number of devices "
                                               "unavailable for nvidia.com/gpu";
                server_->modified(kind::pods, name);
            }
        }
    }
    /// A run begins when all pods are bound.
    void begin_run(std::size_t i) {
        auto& j = all_[i];
        if (j.run != none || j.over != end::open || j.names.size() != static_cast<std::size_t>(j.pods))
            return;
        auto fresh = run{i, {}, server_->now, rota::never, {}};
        auto on = std::map<std::size_t, int>{};
        for (auto const& name : j.names) {
            auto const at = server_->pods().find(name);
            if (at == server_->pods().end() || apiserver::node_of(at->second).empty() ||
                apiserver::terminating(at->second) || apiserver::over(at->second))
                return;
            on[index_of(apiserver::node_of(at->second))] += j.each;
            fresh.uids.push_back(at->second["metadata"]["uid"]);
        }
        for (auto const& [n, gpus] : on)
            fresh.where.push_back({rota::node_id{static_cast<std::uint32_t>(n)}, gpus});
        j.run = runs_.size();
        runs_.push_back(std::move(fresh));
    }
    /// It works while all of them run.
    void work(std::size_t i) {
        auto& j = all_[i];
        if (j.run != none) watch_run(j);
        if (j.run == none || j.over != end::open) return;
        auto running = std::size_t{0};
        auto rate = std::numeric_limits<std::int64_t>::max();
        for (auto const& name : j.names) {
            auto const at = server_->pods().find(name);
            if (at == server_->pods().end() || apiserver::node_of(at->second).empty()) return;
            auto const n = index_of(apiserver::node_of(at->second));
            running +=
                apiserver::phase(at->second) == "Running" && !apiserver::terminating(at->second) && up_[n];
            rate = std::min(rate, jobs_->works[i].rate(jobs_->specs[i].need, j.pods * j.each, rota::whole_gpu,
                                                       cluster_->nodes[n].model));
        }
        if (running != static_cast<std::size_t>(j.pods)) return;
        j.left -= std::max<std::int64_t>(rate, 1) * tick_ms;
        if (j.left > 0) return;
        j.over = end_of(i);
        if (j.over == end::cancelled) return cancel(i);
        for (auto const& name : j.names) finish(name, j.over);
        watch_run(j);
    }
    void watch_run(job& j) {
        auto& its = runs_[j.run];
        auto left = false;
        auto told = false;
        for (auto const& [name, one] : server_->pods()) {
            auto const uid = one["metadata"]["uid"].get<std::string>();
            if (std::find(its.uids.begin(), its.uids.end(), uid) == its.uids.end()) continue;
            left = left || !apiserver::over(one);
            told = told || apiserver::terminating(one);
        }
        if (told) j.saved = j.left; // on SIGTERM it writes what it has
        if (left) return;
        its.until = server_->now;
        j.run = none;
        if (j.over == end::open) j.left = j.saved;
    }
    [[nodiscard]] end end_of(std::size_t i) const {
        switch (jobs_->works[i].ends) {
        case rota::job::outcome::cancelled: return end::cancelled;
        case rota::job::outcome::failed: return end::failed;
        case rota::job::outcome::timed_out: return end::timed_out;
        default: return end::completed;
        }
    }
    void finish(std::string const& name, end how) {
        auto& one = server_->pods().at(name);
        one["status"]["phase"] = how == end::completed ? "Succeeded" : "Failed";
        if (how == end::timed_out) one["status"]["reason"] = "DeadlineExceeded";
        server_->modified(kind::pods, name);
    }
    void cancel(std::size_t i) {
        all_[i].over = end::cancelled;
        for (auto const& name : std::vector<std::string>(all_[i].names)) server_->begin_deletion(name, {});
    }
    void strike(rota::cluster::node_change const& what) {
        auto const n = index(what.node);
        auto const up = what.to == rota::cluster::node_state::up;
        if (up_[n] == up) return;
        up_[n] = up;
        if (!up) down_since_[n] = server_->now;
        auto& one = server_->nodes().at(cluster_->names[n]);
        one["status"]["conditions"][1]["status"] = up ? "True" : "Unknown";
        one["status"]["conditions"][1]["reason"] = up ? "KubeletReady" : "NodeStatusUnknown";
        server_->modified(kind::nodes, cluster_->names[n]);
    }
    void mishaps() {
        for (auto i = std::size_t{0}; i != all_.size(); ++i) {
            auto& j = all_[i];
            if (j.over != end::open || j.names.empty()) continue;
            auto const name = j.names[random_.below(j.names.size())];
            auto const& one = server_->pods().at(name);
            auto const runs = apiserver::phase(one) == "Running" && !apiserver::terminating(one);
            if (random_.chance(how_.cancelled)) {
                cancel(i);
            } else if (runs && random_.chance(how_.deleted)) {
                server_->begin_deletion(name, {});
            } else if (runs && random_.chance(how_.evicted)) {
                auto& gone = server_->pods().at(name);
                gone["status"]["phase"] = "Failed";
                gone["status"]["reason"] = "Evicted";
                gone["status"]["message"] = "The node was low on resource: ephemeral-storage.";
                server_->modified(kind::pods, name);
            } else if (apiserver::node_of(one).empty() && random_.chance(how_.snatched)) {
                auto const n = random_.below(cluster_->names.size());
                if (!suits(one, n)) continue; // it sees what the pod asks for
                auto const& to = cluster_->names[n];
                (void)server_->handle("POST", "/api/v1/namespaces/ns/pods/" + name.substr(3) + "/binding",
                                      json{{"metadata", json::object()}, {"target", {{"name", to}}}}.dump());
            }
        }
        if (random_.chance(how_.others)) start_other();
        for (auto const& [name, until] : std::map<std::string, rota::sim_time>(others_))
            if (until <= server_->now) {
                server_->erase_pod(name);
                others_.erase(name);
            }
    }
    /// The node is of the model that the pod asks for, if it asks for one.
    [[nodiscard]] bool suits(json const& one, std::size_t n) const {
        auto const wanted = one["spec"].find("nodeSelector");
        return wanted == one["spec"].end() ||
               (*wanted)["nvidia.com/gpu.product"] == cluster_->models[index(cluster_->nodes[n].model)];
    }
    /// The other scheduler sees what is bound, and takes what is free.
    void start_other() {
        auto const n = random_.below(cluster_->names.size());
        auto const gpus = 1 + static_cast<int>(random_.below(2));
        if (!up_[n] || held_on(cluster_->names[n], false) + gpus > int{cluster_->nodes[n].gpus}) return;
        auto const name = "other-" + std::to_string(foreign_++);
        auto one = pod(name, gpus, "default-scheduler");
        one["spec"]["nodeName"] = cluster_->names[n];
        one["status"]["phase"] = "Running";
        server_->create(kind::pods, std::move(one));
        others_["ns/" + name] = server_->now + 10'000 + static_cast<rota::millis>(random_.below(20'000));
    }

    apiserver* server_;
    rota::cluster::spec const* cluster_;
    rota::job::workload const* jobs_;
    std::vector<rota::cluster::node_change> changes_;
    cluster_faults how_;
    rota::random random_;
    std::vector<bool> up_;
    std::map<std::size_t, rota::sim_time> down_since_;
    std::vector<job> all_; ///< [submitted]
    std::vector<run> runs_;
    std::map<std::string, rota::sim_time> stops_;
    std::map<std::string, rota::sim_time> others_;
    std::size_t next_change_ = 0;
    std::uint64_t crowded_ = 0;
    std::uint64_t foreign_ = 0;
    int largest_ = 1;
};

#endif
