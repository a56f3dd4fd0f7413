// SPDX-License-Identifier: BSL-1.0
// A scheduler drives a real Kubernetes control plane, which this test starts for itself: HTTPS, a service account with
// no more rights than it needs, gangs, preemption, a node that is lost, users, another scheduler, an API server that is
// killed. And what a real API server answers is what the one in memory answers. Skipped where ROTA_KUBERNETES names no
// folder with the binaries; an argument is the one scenario that is played.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

#include "access.hpp"
#include "answers.hpp"
#include "kubelets.hpp"
#include "operator.hpp"
#include "outages.hpp"
#include "scenarios.hpp"
#include "session.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/kubernetes/find_cluster.hpp>
#include <rota/kubernetes/http.hpp>

namespace {

using namespace on_kubernetes;

int run(std::string const& only) {
    if (only == "driver") {
        auto server = kubernetes::http{account()};
        return drive_until_killed(server);
    }
    std::signal(SIGPIPE, SIG_DFL); // no client may rely on anybody's having it ignored
    auto users = cluster_operator{};
    auto const version = users.get("/version");
    std::printf("kube-apiserver %s\n", version.body.value("gitVersion", "?").c_str());
    soon("the namespace of system accounts", 20,
         [&] { return users.get("/api/v1/namespaces/kube-system").good(); });
    users.post("/api/v1/namespaces", {{"metadata", {{"name", "mini"}}}});
    if (!make_account()) return told.end();
    auto server = kubernetes::http{account()};
    for (auto const& [name, value] : {std::pair{"low", 10}, std::pair{"high", 1'000}})
        users.post("/apis/scheduling.k8s.io/v1/priorityclasses",
                   {{"metadata", {{"name", name}}}, {"value", value}});
    auto const wanted = [&](std::string const& name) {
        if (!only.empty() && only != name) return false;
        std::printf("%s\n", name.c_str());
        std::fflush(stdout);
        return true;
    };
    if (wanted("answers")) compare_answers(server);
    if (wanted("pages")) turn_pages(server);
    if (wanted("rights")) rights(server);

    for (auto const* name : {"n1", "n2", "n3"})
        check(users.post("/api/v1/nodes", kubelets::node(name, 4)).status == 201, "a node is made");
    auto nodes = kubelets{{"n1", "n2", "n3"}, 4};
    auto why = std::string{};
    auto cluster = std::optional<rota::cluster::spec>{};
    soon("nodes of twelve GPUs", 20, [&] {
        cluster = kubernetes::find_cluster(server, why);
        return cluster && cluster->gpus() == 12 &&
               users.get("/api/v1/nodes").body.dump().find("taints") == std::string::npos;
    });
    if (!check(cluster.has_value(), "the cluster: " + why)) return told.end();
    auto const on = stage{&*cluster, &server, &nodes};
    auto const whole = wish{.pods = 3, .gpus = 4, .run_ms = 5'000, .priority = "low"};
    auto const part = wish{.pods = 1, .gpus = 4, .run_ms = 1'000, .priority = "high"};
    auto slow = whole;
    slow.stop_ms = 20'000;
    auto long_one = whole, short_one = part;
    long_one.limit_s = 600, short_one.limit_s = 10;
    auto const play = [&](std::string const& name, auto scenario) {
        if (!wanted(name)) return;
        scenario();
        clear();
    };
    play("proxy", [&] { go_through_a_proxy(on); });
    play("gangs", [&] { gangs(on); });
    play("priority", [&] { preempt<by_priority>(on, whole, part, true); });
    play("grace", [&] { preempt<by_priority>(on, slow, part, false); });
    play("srtf", [&] { preempt<srtf>(on, long_one, short_one, true); });
    play("node", [&] { lose_a_node(on); });
    play("others", [&] { meet_others(on); });
    play("restart", [&] { kill_the_server(on); });
    play("drivers", [&] { kill_drivers(on); });
    play("freeze", [&] { freeze_the_server(on); });
    play("many", [&] { queue_many(on); });
    return told.end();
}

} // namespace

int main(int argc, char** argv) {
    if (std::getenv("MINI_CONTROL_PLANE") != nullptr) return run(argc > 1 ? argv[1] : "");
    auto const* const source = std::getenv("ROTA_SOURCE");
    if (source == nullptr) {
        std::puts("skipped: ROTA_SOURCE, the folder of the sources, is not set");
        return 77;
    }
    auto const script = std::string{source} + "/property/kubernetes/mini_control_plane";
    auto const* const named = std::getenv("ROTA_KUBERNETES");
    auto const self = std::filesystem::read_symlink("/proc/self/exe").string();
    ::execl("/usr/bin/env", "env", "bash", script.c_str(), named == nullptr ? "" : named, self.c_str(),
            argc > 1 ? argv[1] : "", static_cast<char*>(nullptr));
    std::perror("env");
    return 1;
}
