// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_ANSWERS_HPP
#define ROTA_PROPERTY_KUBERNETES_ANSWERS_HPP

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "apiserver.hpp"
#include "operator.hpp"
#include "session.hpp"

#include <rota/kubernetes/http.hpp>
#include <rota/kubernetes/objects.hpp>

namespace on_kubernetes {

/// The same words to a real API server and to the one in memory.
///
/// Meaning   Their answers agree in what a client may look at: the code, the reason, the message, and of a pod its node
///           and its deletion. Expects a namespace `mini` without kubelets.
class both_servers {
public:
    explicit both_servers(kubernetes::http& server)
        : watched_{server.watch(
              "/api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=4&resourceVersion=" +
              kubernetes::read_list<kubernetes::pod>(server.get("/api/v1/pods?limit=2").body)
                  .value()
                  .version)} {
        emulated_.binds_by_uid = false;
    }
    void create(std::string const& name) {
        auto pod = pod_of(name, {});
        check(real_.post(pods_path, pod).status == 201, "a pod is made: " + name);
        pod["metadata"]["namespace"] = "mini";
        pod["spec"]["terminationGracePeriodSeconds"] = 30;
        pod["status"] = {{"phase", "Pending"}};
        emulated_.create(apiserver::kind::pods, pod);
    }
    /// `body` with UID in the place of each server's own.
    void ask(std::string const& verb, std::string const& name, std::string body,
             std::string const& more = {}) {
        auto const path = pods_path + "/" + name + more;
        auto const uid_of = [&](json const& pod) {
            return pod.value("metadata", json::object()).value("uid", "");
        };
        auto const at = emulated_.pods().find("mini/" + name);
        auto const here = at == emulated_.pods().end() ? std::string{} : uid_of(at->second);
        auto const there = uid_of(real_.get(pods_path + "/" + name).body);
        auto const got = verb == "GET"    ? real_.get(path)
                         : verb == "POST" ? real_.post(path, replaced(body, there))
                                          : real_.del_text(path, replaced(body, there));
        auto const ours = emulated_.handle(verb, path, replaced(body, here));
        auto const what = verb + " " + name + more + " " + body;
        auto const real = told_by(got.status, got.body, there);
        auto const said = told_by(ours.status, json::parse(ours.body, nullptr, false), here);
        if (!check(real == said, what))
            std::printf("  real     %s\n  emulated %s\n", real.c_str(), said.c_str());
    }
    void succeed(std::string const& name) {
        real_.patch(pods_path + "/" + name + "/status", {{"status", {{"phase", "Succeeded"}}}});
        emulated_.pods().at("mini/" + name)["status"]["phase"] = "Succeeded";
        emulated_.modified(apiserver::kind::pods, "mini/" + name);
    }
    /// What the watch shows until it closes, and whether there was a bookmark.
    void compare_events() {
        auto real = std::string{};
        auto said = std::string{};
        auto bookmarks = 0;
        for (auto closed = false; !closed; std::this_thread::sleep_for(std::chrono::milliseconds{100})) {
            auto const news = watched_.read();
            for (auto const& line : news.lines) {
                bookmarks += line.find("BOOKMARK") != line.npos;
                real += told_of(line);
            }
            closed = news.closed;
        }
        for (auto const& one : emulated_.history()) said += told_of(one.line);
        if (!check(real == said && !real.empty(), "what a watch shows"))
            std::printf("  real\n%s  emulated\n%s", real.c_str(), said.c_str());
        check(bookmarks > 0, "a bookmark before it closes");
    }
    [[nodiscard]] apiserver& emulated() noexcept { return emulated_; }
    [[nodiscard]] cluster_operator& real() noexcept { return real_; }

    static inline std::string const pods_path = "/api/v1/namespaces/mini/pods";

    static std::string replaced(std::string text, std::string const& uid) {
        for (auto at = text.find("UID!"); at != text.npos; at = text.find("UID!")) text.replace(at, 4, uid);
        return text;
    }
    static std::string told_by(int status, json const& body, std::string const& uid) {
        auto out = std::to_string(status) + " " + body.value("kind", "");
        if (body.value("kind", "") == "Status") {
            auto words = body.value("message", "");
            if (auto const at = words.find(uid); !uid.empty() && at != words.npos)
                words.replace(at, uid.size(), "UID");
            return out + " " + body.value("status", "") + " " + body.value("reason", "") + " " + words;
        }
        auto const about = body.value("metadata", json::object());
        auto const grace = about.value("deletionGracePeriodSeconds", -1);
        auto const run = about.value("annotations", json::object()).value("rota.dev/run", "no");
        return out + " on " + body.value("spec", json::object()).value("nodeName", "") +
               (about.contains("deletionTimestamp") ? " deleted" : "") + " " + std::to_string(grace) +
               ", run " + run;
    }

private:
    static std::string told_of(std::string const& line) {
        auto const got = kubernetes::read_event<kubernetes::pod>(line);
        if (!check(got.has_value(), "a line is one: " + line)) return {};
        auto const& pod = got->object;
        if (got->what == kubernetes::change::bookmark) return {};
        return "    " + std::to_string(static_cast<int>(got->what)) + " " + pod.name + " on " + pod.node +
               (pod.terminating ? " told to go " : " ") + std::to_string(pod.grace_s) + " " +
               std::to_string(static_cast<int>(pod.phase)) + "\n";
    }

    cluster_operator real_;
    apiserver emulated_;
    kubernetes::http::stream watched_;
};

inline void compare_answers(kubernetes::http& server) {
    auto both = both_servers{server};
    for (auto const* name : {"a", "b", "c", "d", "e", "f"}) both.create(name);
    auto const to = [](std::string const& name, std::string const& uid, std::string const& target) {
        return R"({"apiVersion":"v1","kind":"Binding","metadata":{"name":")" + name +
               R"(","namespace":"mini","annotations":{"rota.dev/run":"7"},"uid":")" + uid +
               R"("},"target":{"apiVersion":"v1","kind":"Node","name":")" + target + R"("}})";
    };
    auto const without = [](std::string const& more) {
        return R"({"apiVersion":"v1","kind":"DeleteOptions",)" + more + R"("preconditions":{"uid":"UID!"}})";
    };
    auto const ask = [&](auto... how) { both.ask(how...); };
    ask("GET", "missing", "");
    ask("GET", "a", "");
    ask("POST", "a", to("a", "UID!", "n1"), "/binding");
    ask("POST", "a", to("a", "UID!", "n1"), "/binding");
    ask("POST", "a", to("a", "UID!", "n2"), "/binding");
    ask("POST", "missing", to("missing", "", "n1"), "/binding");
    ask("POST", "b", to("c", "", "n1"), "/binding");
    ask("POST", "b", to("b", "UID!", ""), "/binding");
    ask("POST", "b", to("b", "another", "n1"), "/binding");
    ask("GET", "b", "");
    ask("DELETE", "missing", without(""));
    ask("DELETE", "a", R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"another"}})");
    ask("DELETE", "a", without(R"("gracePeriodSeconds":60,)"));
    ask("DELETE", "a", without(""));
    ask("DELETE", "a", without(R"("gracePeriodSeconds":90,)"));
    ask("DELETE", "a", without(R"("gracePeriodSeconds":1,)"));
    ask("DELETE", "a", without(R"("gracePeriodSeconds":30,)"));
    ask("POST", "a", to("a", "UID!", "n1"), "/binding");
    ask("DELETE", "c", without(""));
    ask("GET", "c", "");
    ask("POST", "d", to("d", "UID!", "n1"), "/binding");
    ask("DELETE", "d", without(""));
    ask("GET", "d", "");
    ask("POST", "e", to("e", "UID!", "n1"), "/nothing");
    ask("POST", "e", to("e", "UID!", "n1"), "/binding");
    ask("DELETE", "e", without(R"("gracePeriodSeconds":0,)"));
    ask("GET", "e", "");
    ask("POST", "f", to("f", "UID!", "n1"), "/binding");
    both.succeed("f");
    ask("DELETE", "f", without(""));
    ask("GET", "f", "");
    for (auto const* name : {"a", "b", "d"}) ask("DELETE", name, without(R"("gracePeriodSeconds":0,)"));
    both.compare_events();
    auto const group = std::string{"/apis/scheduling.x-k8s.io/v1alpha1/namespaces/mini/podgroups/g"};
    auto const real = both.real().get(group);
    auto const said = both.emulated().handle("GET", group, {});
    check(real.status == said.status, "a PodGroup that is not there");
}

/// Lists in pages.
inline void turn_pages(kubernetes::http& server) {
    auto users = cluster_operator{};
    auto const space = std::string{"/api/v1/namespaces/mini/pods"};
    for (auto const* name : {"p1", "p2", "p3"}) users.post(space, pod_of(name, {}));
    auto const page = server.get("/api/v1/pods?limit=2");
    auto const first = kubernetes::read_list<kubernetes::pod>(page.body);
    check(first && first->items.size() == 2 && !first->more.empty(),
          "a page has a token: " + page.body.substr(0, 300));
    users.del(space + "/p1"); // a list is of one moment
    auto const rest = kubernetes::read_list<kubernetes::pod>(
        server.get("/api/v1/pods?limit=2&continue=" + first->more).body);
    check(rest && rest->items.size() == 1 && rest->more.empty() && rest->version == first->version,
          "and the next one goes on, of the same version");
    auto const bad = server.get("/api/v1/pods?limit=2&continue=nonsense");
    check(bad.status == 400, "a token that is none: " + bad.body);
    auto etcd = httplib::Client{cluster_operator::variable("MINI_ETCD")};
    auto const now = kubernetes::read_list<kubernetes::pod>(server.get("/api/v1/pods?limit=2").body)->version;
    check(now != first->version &&
              etcd.Post("/v3/kv/compaction", R"({"revision":")" + now + R"("})", "application/json"),
          "etcd forgets what was before");
    auto const late = server.get("/api/v1/pods?limit=2&continue=" + first->more);
    check(late.status == 410 && late.body.find("\"reason\":\"Expired\"") != late.body.npos,
          "a page of a list that is forgotten: " + late.body);
    for (auto const* name : {"p2", "p3"}) users.del(space + "/" + name);
}

} // namespace on_kubernetes

#endif
