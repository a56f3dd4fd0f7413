// SPDX-License-Identifier: BSL-1.0
// What the client of Kubernetes reads, says and makes of it, case by case, on an API server in memory.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../tally.hpp"
#include "apiserver.hpp"
#include "pods.hpp"
#include "wire.hpp"

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/kubernetes/client.hpp>
#include <rota/kubernetes/find_cluster.hpp>
#include <rota/kubernetes/objects.hpp>
#include <rota/live/backend.hpp>

namespace {

namespace kubernetes = rota::kubernetes;
using json = nlohmann::json;
using kind = apiserver::kind;
using rota::live::job_state;
using rota::live::reply;

/// Nodes of four GPUs, a server and a client that look at the same clock.
struct world {
    apiserver server;
    wire wires{server, {}, 1};
    rota::cluster::spec cluster;
    std::optional<kubernetes::client<wire>> client;

    explicit world(std::uint32_t nodes, kubernetes::client_settings how = {}) {
        for (auto n = std::uint32_t{0}; n != nodes; ++n)
            server.create(kind::nodes, pods::node("gpu-" + std::to_string(n), 4));
        auto why = std::string{};
        cluster = kubernetes::find_cluster(wires, why, how).value();
        client.emplace(cluster, wires, [this] { return server.now; }, how);
    }
    world(world const&) = delete;
    world& operator=(world const&) = delete;

    /// The job as a poll shows it.
    std::optional<rota::live::job_status> look(std::string const& id) {
        auto const got = client->poll();
        if (got)
            for (auto const& one : got->jobs)
                if (one.id == id) return one;
        return std::nullopt;
    }
    void gang(std::string const& name, int count, int gpus) {
        for (auto k = 0; k != count; ++k)
            server.create(kind::pods, pods::pod(name + "-" + std::to_string(k), gpus, name, count));
    }
    json& pod(std::string const& name) { return server.pods().at("ns/" + name); }
    void set(std::string const& name, std::string const& phase, std::string const& why = {}) {
        pod(name)["status"]["phase"] = phase;
        if (!why.empty()) pod(name)["status"]["reason"] = why;
        server.modified(kind::pods, "ns/" + name);
    }
    void bind(std::string const& name, std::string const& node) {
        pod(name)["spec"]["nodeName"] = node;
        server.modified(kind::pods, "ns/" + name);
    }
};

rota::cluster::placement on(std::vector<int> const& gpus) {
    auto out = rota::cluster::placement{};
    for (auto n = std::size_t{0}; n != gpus.size(); ++n)
        if (gpus[n] != 0)
            out.add({.node = rota::node_id{static_cast<std::uint32_t>(n)},
                     .gpus = static_cast<std::uint16_t>((1 << gpus[n]) - 1)});
    return out;
}

void reads(tally& told) {
    auto one = pods::pod("p", 2, "g");
    one["metadata"]["uid"] = "u";
    one["metadata"]["creationTimestamp"] = "2026-01-01T00:00:05Z";
    auto const read = [&] { return kubernetes::read_object<kubernetes::pod>(one.dump()).value(); };
    told.check(read().gpus == 2 && read().group == "g" && read().unmapped.empty(), "a pod");
    told.check(read().created == 1'767'225'605, "when it was made");
    one["spec"]["initContainers"] = {{{"name", "i"}, {"resources", {{"limits", {{"nvidia.com/gpu", 3}}}}}}};
    told.check(read().gpus == 3, "the larger of what begins and what runs");
    one["spec"]["nodeSelector"] = {{"nvidia.com/gpu.product", "A100"}};
    told.check(read().model == "A100" && read().unmapped.empty(), "a model of GPU");
    one["spec"]["nodeSelector"]["zone"] = "a";
    told.check(!read().unmapped.empty(), "another selector is said");
    for (auto const* const why : {"Evicted", "OutOfnvidia.com/gpu", "UnexpectedAdmissionError",
                                  "NodeShutdown", "TopologyAffinityError", "NodePorts"}) {
        one["status"] = {{"phase", "Failed"}, {"reason", why}};
        told.check(read().phase == kubernetes::pod_phase::evicted, why);
    }
    one["status"] = {{"phase", "Failed"},
                     {"conditions", {{{"type", "DisruptionTarget"}, {"status", "True"}}}}};
    told.check(read().phase == kubernetes::pod_phase::evicted, "DisruptionTarget");
    one["status"] = {{"phase", "Failed"}, {"reason", "DeadlineExceeded"}};
    told.check(read().phase == kubernetes::pod_phase::timed_out, "DeadlineExceeded");
    one["status"] = {{"phase", "Failed"}};
    told.check(read().phase == kubernetes::pod_phase::failed, "its own fault");
    for (auto const* const bad :
         {"", "[]", "{", R"({"metadata":{"name":1}})", R"({"metadata":{"name":"p"}})"})
        told.check(!kubernetes::read_object<kubernetes::pod>(bad), std::string{"no pod: "} + bad);

    auto node = pods::node("n", 8);
    node["metadata"]["uid"] = "u";
    auto const open = [&] { return kubernetes::read_object<kubernetes::node>(node.dump()).value().open; };
    told.check(open(), "a node that is Ready");
    node["spec"]["unschedulable"] = true;
    told.check(!open(), "cordoned");
    node["spec"].erase("unschedulable");
    node["spec"]["taints"] = {{{"key", "nvidia.com/gpu"}, {"effect", "NoSchedule"}}};
    told.check(open(), "the taint of nodes with GPUs");
    node["spec"]["taints"][0]["key"] = "node.kubernetes.io/unreachable";
    told.check(!open(), "a taint that keeps pods away");
    node["spec"].erase("taints");
    node["status"]["conditions"][1]["status"] = "Unknown";
    told.check(!open(), "not Ready");

    auto const gone = kubernetes::read_event<kubernetes::pod>(apiserver::gone_line(1, 9));
    told.check(gone && gone->what == kubernetes::change::error && gone->code == 410, "410 in a watch");
    auto const mark = kubernetes::read_event<kubernetes::pod>(apiserver::bookmark_line(kind::pods, 7));
    told.check(mark && mark->what == kubernetes::change::bookmark && mark->version == "7", "a bookmark");
    told.check(!kubernetes::read_event<kubernetes::pod>("{}"), "no event");
    told.check(!kubernetes::read_list<kubernetes::pod>(R"({"kind":"Status","code":500})"), "no list");
}

void gangs(tally& told) {
    auto w = world{2};
    w.gang("a", 2, 2);
    auto is = w.look("ns/a");
    told.check(is && is->state == job_state::held && is->unmapped.empty(), "a gang is held");
    told.check(is && is->asked.need == rota::job::gang(4, rota::job::span::one_node),
               "and asks for all its GPUs");
    told.check(w.client->start("ns/a", on({3, 1})) == reply::refused, "a split through a pod is refused");
    told.check(apiserver::node_of(w.pod("a-0")).empty(), "without effect");
    told.check(w.client->start("ns/a", on({0, 4})) == reply::done, "it is bound");
    told.check(apiserver::node_of(w.pod("a-0")) == "gpu-1" && apiserver::node_of(w.pod("a-1")) == "gpu-1",
               "there");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::running &&
                   is->where == std::vector<rota::live::part>{{rota::node_id{1}, 4}},
               "and runs there");
    w.set("a-0", "Succeeded");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::running, "until all of it has succeeded");
    w.set("a-1", "Succeeded");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::completed, "completed");
    w.server.erase_pod("ns/a-0");
    w.server.erase_pod("ns/a-1");
    told.check(w.look("ns/a").has_value(), "said once more");
    told.check(!w.look("ns/a"), "and forgotten");
    w.gang("a", 2, 2);
    is = w.look("ns/a#2");
    told.check(is && is->state == job_state::held, "the same names again are another job");

    w.server.create(kind::pods, pods::pod("late-0", 1, "late", 2));
    is = w.look("ns/late");
    told.check(is && !is->unmapped.empty() && w.client->start("ns/late", on({2})) == reply::refused,
               "a gang that is not all there is not started");
    w.server.create(kind::pods, pods::pod("alone", 1));
    is = w.look("ns/pod/alone");
    told.check(is && is->state == job_state::held, "a pod without a group is a job");
    w.server.create(kind::pods, pods::pod("nosize-0", 1, "nosize"));
    is = w.look("ns/nosize");
    told.check(is && !is->unmapped.empty(), "a group without a size is left alone");
    w.server.create(kind::groups, json{{"metadata", {{"name", "nosize"}, {"namespace", "ns"}}},
                                       {"spec", {{"minMember", 1}}}});
    is = w.look("ns/nosize");
    told.check(is && is->unmapped.empty(), "until its PodGroup has one");
}

void conflicts(tally& told) {
    auto w = world{2};
    w.gang("a", 3, 1);
    (void)w.client->poll();
    w.bind("a-0", "gpu-1"); // by another scheduler, and not yet seen
    told.check(w.client->start("ns/a", on({3})) == reply::unknown, "a gang that lost a race is no start");
    auto is = w.look("ns/a");
    told.check(is && is->state == job_state::completing, "what was bound is taken down");
    for (auto k = 0; k != 3; ++k) {
        auto const bound = !apiserver::node_of(w.pod("a-" + std::to_string(k))).empty();
        told.check(bound == apiserver::terminating(w.pod("a-" + std::to_string(k))),
                   "all that is bound, and no more");
    }
    auto const before = is ? is->restarts : 0;
    for (auto k = 0; k != 3; ++k)
        if (apiserver::terminating(w.pod("a-" + std::to_string(k))))
            w.server.erase_pod("ns/a-" + std::to_string(k));
    w.server.create(kind::pods, pods::pod("a-3", 1, "a", 3));
    is = w.look("ns/a");
    told.check(is && is->state == job_state::held && is->restarts > before,
               "then it is held, as another run");

    w.server.create(kind::pods, pods::pod("b", 1));
    (void)w.client->poll();
    w.bind("b", "gpu-1");
    told.check(w.client->start("ns/pod/b", on({1})) != reply::done, "a conflict is no start");
    w.server.create(kind::pods, pods::pod("c", 1));
    (void)w.client->poll();
    w.bind("c", "gpu-0");
    told.check(w.client->start("ns/pod/c", on({1})) == reply::done, "our own word, heard before, is one");
    w.server.create(kind::pods, pods::pod("d", 1));
    (void)w.client->poll();
    w.server.erase_pod("ns/d");
    told.check(w.client->start("ns/pod/d", on({1})) == reply::refused, "a pod that is gone is refused");
    w.server.binds_by_uid = false;
    w.server.create(kind::pods, pods::pod("e", 1));
    (void)w.client->poll();
    w.server.erase_pod("ns/e");
    w.server.create(kind::pods, pods::pod("e", 4)); // has taken its name meanwhile, and 1.20 looks at no more
    (void)w.client->start("ns/pod/e", on({1}));
    is = w.look("ns/pod/e");
    told.check(is && is->state == job_state::completing && apiserver::terminating(w.pod("e")),
               "another pod of that name is not its start");
}

void waits_once(tally& told) {
    auto w = world{2};
    for (auto const* name : {"a", "b", "c"}) w.gang(name, 2, 1);
    (void)w.client->poll();
    w.wires.break_down();
    for (auto const* job : {"ns/a", "ns/b", "ns/c"})
        told.check(w.client->start(job, on({2})) == reply::unknown, "nobody knows what becomes of it");
    told.check(w.wires.lost() == 1, "after a word without an answer no other is said in that round");
    (void)w.client->poll();
    (void)w.client->start("ns/b", on({2}));
    told.check(w.wires.lost() == 2, "in the next one it is tried again");
    w.wires.calm_down();
    (void)w.client->poll();
    told.check(w.client->start("ns/c", on({2})) == reply::done, "and all is well when the server answers");
}

void counts_on(tally& told) {
    auto w = world{2};
    auto const another = [&](std::string const& job) {
        auto after = kubernetes::client<wire>{
            w.cluster, w.wires, [&] { return w.server.now; }, {.spaces = {}, .recovers = true}};
        auto const got = after.poll();
        for (auto const& one : got.value().jobs)
            if (one.id == job && one.state == job_state::running) return one.restarts;
        return 0u;
    };
    w.gang("a", 2, 2);
    auto const first = w.look("ns/a").value().restarts;
    (void)w.client->start("ns/a", on({4}));
    (void)w.client->poll();
    told.check(first != 0 && another("ns/a") == first, "who comes later has the same number of a run");
    for (auto const* name : {"ns/a-0", "ns/a-1"}) w.server.erase_pod(name);
    for (auto const* name : {"a-2", "a-3"}) { // within the same second
        w.server.create(kind::pods, pods::pod(name, 2, "a", 2));
        (void)w.client->poll();
    }
    told.check(w.client->start("ns/a", on({0, 4})) == reply::done, "another run");
    auto const second = w.look("ns/a").value().restarts;
    told.check(second > first && another("ns/a") == second, "of the second, too");

    w.server.create(kind::pods, pods::pod("c", 3));
    (void)w.client->poll();
    (void)w.client->start("ns/pod/c", on({3}));
    w.set("c", "Succeeded");
    auto late = kubernetes::client<wire>{
        w.cluster, w.wires, [&] { return w.server.now; }, {.spaces = {}, .recovers = true}};
    auto const later = late.poll().value();
    for (auto const& one : later.jobs)
        told.check(one.id != "ns/pod/c" || one.where == std::vector<rota::live::part>{{rota::node_id{0}, 3}},
                   "where it was that has ended meanwhile");

    w.server.create(kind::groups,
                    json{{"metadata", {{"name", "d"}, {"namespace", "ns"}}}, {"spec", {{"minMember", 2}}}});
    for (auto const* name : {"d-0", "d-1"}) w.server.create(kind::pods, pods::pod(name, 2, "d"));
    (void)w.client->poll();
    told.check(w.client->start("ns/d", on({4})) == reply::done, "a gang whose PodGroup says how large it is");
    w.server.has_groups = false;
    auto asking = kubernetes::client<wire>{
        w.cluster, w.wires, [&] { return w.server.now; }, {.spaces = {}, .recovers = true}};
    auto const state = [&] {
        auto const got = asking.poll().value();
        for (auto const& one : got.jobs)
            if (one.id == "ns/d") return one.state;
        return job_state::cancelled;
    };
    told.check(state() == job_state::pending && !apiserver::terminating(w.pod("d-0")),
               "is left alone as long as nobody can say so");
    w.server.has_groups = true;
    told.check(state() == job_state::running, "and runs when somebody does");
    for (auto const* name : {"ns/d-0", "ns/d-1"}) w.server.erase_pod(name);

    for (auto const* bound : {"b-0", "b-1"}) { // who died between two pods has left half a gang
        w.gang("b", 2, 1);
        w.bind(bound, "gpu-0");
        auto after = kubernetes::client<wire>{
            w.cluster, w.wires, [&] { return w.server.now; }, {.spaces = {}, .recovers = true}};
        auto const seen = after.poll();
        told.check(seen && seen->up[0], "its GPUs are nobody else's");
        told.check(apiserver::terminating(w.pod(bound)), "it is taken down");
        w.server.erase_pod("ns/" + std::string{bound});
        w.server.create(kind::pods, pods::pod("b-2", 1, "b", 2));
        (void)after.poll();
        told.check(after.start("ns/b", on({0, 2})) == reply::done, "and can be started whole");
        for (auto const& name : {"ns/b-0", "ns/b-1", "ns/b-2"}) w.server.erase_pod(name);
    }
}

void preempts(tally& told) {
    auto w = world{2};
    w.gang("a", 2, 4);
    for (auto k = 0; k != 2; ++k) {
        auto& owners = w.pod("a-" + std::to_string(k))["metadata"]["ownerReferences"];
        owners = {{{"kind", "Job"}, {"name", "a"}, {"uid", "o"}, {"controller", true}}};
    }
    auto is = w.look("ns/a");
    (void)w.client->start("ns/a", on({4, 4}));
    (void)w.look("ns/a");
    told.check(w.client->save("ns/a") == reply::done, "told to end");
    auto const grace = [&] { return w.pod("a-0")["metadata"]["deletionGracePeriodSeconds"].get<int>(); };
    told.check(grace() == 30, "with the pods' own grace");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::running, "it still has its GPUs, and can be hurried");
    told.check(w.client->requeue("ns/a") == reply::done && grace() == 1, "cut short");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::completing, "on its way out");
    w.server.erase_pod("ns/a-0");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::completing, "until all of it is gone");
    w.server.erase_pod("ns/a-1");
    is = w.look("ns/a");
    told.check(is && is->state == job_state::held, "then it waits for its pods");
    w.server.now = w.server.now + 61'000;
    told.check(!w.look("ns/a"), "and not for ever");

    w.gang("b", 2, 1);
    (void)w.client->poll();
    (void)w.client->start("ns/b", on({2}));
    (void)w.client->poll();
    w.server.begin_deletion("ns/b-0", {}); // by a user
    (void)w.client->poll();
    told.check(apiserver::terminating(w.pod("b-1")), "who loses a member loses the run");
    w.gang("c", 2, 1);
    (void)w.client->poll();
    (void)w.client->start("ns/c", on({0, 2}));
    (void)w.client->poll();
    w.set("c-0", "Failed", "Evicted");
    is = w.look("ns/c");
    told.check(is && is->state == job_state::completing, "an eviction");
    w.gang("d", 2, 1);
    (void)w.client->poll();
    (void)w.client->start("ns/d", on({0, 2}));
    (void)w.client->poll();
    w.set("d-0", "Failed");
    is = w.look("ns/d");
    told.check(is && is->state == job_state::completing, "a failure is one when the rest is gone");
    w.server.erase_pod("ns/d-1");
    is = w.look("ns/d");
    told.check(is && is->state == job_state::failed, "then it has failed");
}

void others(tally& told) {
    auto w = world{2};
    auto const up = [&] { return w.client->poll().value().up; };
    auto const drained = [&] { return w.client->poll().value().drained; };
    told.check(up() == std::vector<bool>{true, true}, "both nodes are up");
    w.server.create(kind::pods, pods::pod("other", 1, {}, 0, "default-scheduler"));
    told.check(up() == std::vector<bool>{true, true}, "a pod of others that waits takes nothing");
    w.bind("other", "gpu-0");
    told.check(up() == std::vector<bool>{false, true}, "where it is bound, its GPUs are taken");
    told.check(drained() == std::vector<bool>{true, false}, "and what else runs there goes on");
    w.set("other", "Succeeded");
    told.check(up() == std::vector<bool>{true, true}, "until it is over");
    w.server.nodes().at("gpu-1")["status"]["conditions"][1]["status"] = "Unknown";
    w.server.modified(kind::nodes, "gpu-1");
    told.check(up() == std::vector<bool>{true, false}, "a node that is not Ready");
    told.check(drained() == std::vector<bool>{false, false}, "is lost");
    w.server.nodes().at("gpu-0")["status"]["allocatable"]["nvidia.com/gpu"] = "3";
    w.server.modified(kind::nodes, "gpu-0");
    told.check(up() == std::vector<bool>{false, false}, "a node that has lost a GPU");
    auto& taken = w.server.pods().at("ns/other");
    taken["status"]["phase"] = "Running";
    w.server.modified(kind::pods, "ns/other");
    auto why = std::string{};
    auto const found = kubernetes::find_cluster(w.wires, why);
    told.check(found && found->nodes.front().gpus == 2, "what others hold at the beginning is theirs");
    auto const lists = w.client->lists();
    w.server.compact();
    w.server.create(kind::pods, pods::pod("z", 1));
    w.server.erase_pod("ns/other");
    w.server.compact();
    told.check(w.look("ns/pod/z").has_value() && w.client->lists() == lists + 1, "410 Gone makes a list");
}

} // namespace

int main() {
    auto told = tally{};
    reads(told);
    gangs(told);
    conflicts(told);
    waits_once(told);
    counts_on(told);
    preempts(told);
    others(told);
    return told.end();
}
