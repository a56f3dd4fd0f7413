// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_SESSION_HPP
#define ROTA_PROPERTY_KUBERNETES_SESSION_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "../tally.hpp"
#include "kubelets.hpp"
#include "operator.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/kubernetes/client.hpp>
#include <rota/kubernetes/http.hpp>
#include <rota/live/host.hpp>
#include <rota/live/journal_file.hpp>
#include <rota/live/pace.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/verify/changes_of.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace on_kubernetes {

namespace kubernetes = rota::kubernetes;
namespace live = rota::live;
namespace verify = rota::verify;
using json = nlohmann::json;
using rota::log::kind;

inline auto told = tally{};
inline bool check(bool good, std::string_view what) { return told.check(good, what); }

/// What a job of the cluster asks for, and how its pods behave.
struct wish {
    int pods = 1;
    int gpus = 1; ///< of each
    int run_ms = 1'500;
    std::string priority{}; ///< a class
    int limit_s = 0;        ///< 0: none
    bool sized = true;      ///< its pods say how many they are; else a PodGroup does
    int stop_ms = 300;
    std::string scheduler = "rota";
};

[[nodiscard]] inline json template_of(std::string const& name, wish const& how) {
    auto spec = json{{"schedulerName", how.scheduler},
                     {"restartPolicy", "Never"},
                     {"containers",
                      {{{"name", "main"},
                        {"image", "train:1"},
                        {"resources", {{"limits", {{"nvidia.com/gpu", std::to_string(how.gpus)}}}}}}}}};
    if (!how.priority.empty()) spec["priorityClassName"] = how.priority;
    if (how.limit_s != 0) spec["activeDeadlineSeconds"] = how.limit_s;
    auto about =
        json{{"labels", {{"scheduling.x-k8s.io/pod-group", name}}},
             {"annotations",
              {{"mini/run-ms", std::to_string(how.run_ms)}, {"mini/stop-ms", std::to_string(how.stop_ms)}}}};
    if (how.sized) about["annotations"]["rota.dev/gang-size"] = std::to_string(how.pods);
    return {{"metadata", about}, {"spec", spec}};
}
/// A Job, whose controller makes its pods and those that take their places.
[[nodiscard]] inline json job_of(std::string const& name, wish const& how) {
    return {{"apiVersion", "batch/v1"},
            {"kind", "Job"},
            {"metadata", {{"name", name}}},
            {"spec",
             {{"parallelism", how.pods},
              {"completions", how.pods},
              {"backoffLimit", 1'000},
              {"template", template_of(name, how)}}}};
}
[[nodiscard]] inline json pod_of(std::string const& name, wish const& how) {
    auto out = template_of(name, how);
    out["apiVersion"] = "v1";
    out["kind"] = "Pod";
    out["metadata"]["name"] = name;
    return out;
}

/// A scheduler that drives the cluster for a while, and what it did.
template <class Scheduler>
class session {
public:
    using client = kubernetes::client<kubernetes::http>;
    using driver = live::host<client>;
    using clock = std::chrono::steady_clock;

    /// With a journal it goes on from it.
    session(rota::cluster::spec const& cluster, kubernetes::http& server, std::string const& journal = {})
        : cluster_{&cluster},
          backend_{cluster, server, [this] { return now(); }, {.spaces = {}, .recovers = !journal.empty()}},
          host_{cluster, rota::tenant_tree{}, backend_, pace(), rota::recorder{log_}} {
        if (journal.empty()) return;
        auto why = std::string{};
        journal_ = live::journal_file::open(journal, why);
        if (!check(journal_.has_value(), why)) return;
        auto const got = host_.recover(journal_->text().value_or("?"));
        if (!check(std::holds_alternative<std::size_t>(got), "the journal is one")) return;
        check(journal_->cut(std::get<std::size_t>(got)), "what was torn off is gone");
        recovered_ms_ = index(host_.state().now());
        host_.keep_journal(log_,
                           [this](std::string_view group) { check(journal_->write(group), "journal"); });
        if (!log_.records.empty()) host_.resync();
    }
    session(rota::cluster::spec const& cluster, kubernetes::http& server, kubelets& nodes,
            std::string const& journal = {})
        : session{cluster, server, journal} {
        nodes_ = &nodes;
        before_ = nodes.runs().size();
    }
    session(session const&) = delete;
    session& operator=(session const&) = delete;

    [[nodiscard]] rota::log::schedule const& log() const noexcept { return log_; }
    [[nodiscard]] auto const& host() const noexcept { return host_; }
    [[nodiscard]] client const& backend() const noexcept { return backend_; }
    [[nodiscard]] int blind() const noexcept { return blind_; }
    [[nodiscard]] rota::millis longest_ms() const noexcept { return longest_ms_; }
    [[nodiscard]] cluster_operator& users() noexcept { return users_; }

    void submit(std::string const& name, wish const& how) {
        auto const got = users_.post("/apis/batch/v1/namespaces/mini/jobs", job_of(name, how));
        check(got.status == 201, "a job is made: " + got.body.dump());
    }
    bool round() {
        auto const from = clock::now();
        auto const got = host_.round(now(), scheduler_);
        auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - from).count();
        longest_ms_ = std::max(longest_ms_, rota::millis{took});
        blind_ += got == driver::outcome::blind;
        return got != driver::outcome::unsettled;
    }
    /// Runs since then are those of its log.
    void count_from(std::size_t before) noexcept { before_ = before; }
    /// Rounds until it holds, or the time is up.
    template <class Holds>
    bool wait(std::string const& what, int seconds, Holds holds) {
        auto const until = clock::now() + std::chrono::seconds{seconds};
        while (!holds() && clock::now() < until && round())
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        if (check(holds(), what)) return true;
        std::printf("%s\n%s", backend_.complaint().c_str(), rota::log::to_text(log_).c_str());
        return false;
    }
    [[nodiscard]] std::size_t count(kind what, std::string const& name) const {
        return static_cast<std::size_t>(
            std::count_if(log_.records.begin(), log_.records.end(), [&](auto const& r) {
                return r.kind == what && rota::log::about_a_job(r.kind) && name_of(r.job) == name;
            }));
    }
    [[nodiscard]] bool has(kind what) const {
        return std::any_of(log_.records.begin(), log_.records.end(),
                           [&](auto const& r) { return r.kind == what; });
    }
    [[nodiscard]] bool open(std::uint32_t node) const {
        return host_.state().want().free().open(rota::node_id{node});
    }
    [[nodiscard]] bool idle(std::size_t jobs) const {
        return host_.specs().size() == jobs && host_.state().jobs().active().empty();
    }
    /// Of all jobs in the cluster: ns/name, without the namespace.
    [[nodiscard]] std::string name_of(std::uint32_t job) const {
        auto const& name = host_.name(rota::job_id{job});
        return name.substr(name.find('/') + 1);
    }
    /// Names of the nodes of its pods, all starts of it together.
    [[nodiscard]] std::vector<std::string> starts(std::string const& name, int each) const {
        auto out = std::vector<std::string>{};
        for (auto const& r : log_.records) {
            if (r.kind != kind::start || name_of(r.job) != name) continue;
            for (auto const& part : log_.devices(r))
                out.insert(out.end(), static_cast<std::size_t>(part.count() / each),
                           cluster_->names[index(part.node)]);
        }
        return out;
    }
    /// The pods that kubelets saw are those of the starts, on those nodes; besides them there may be pods of gangs that
    /// were `torn`, and never started.
    void check_places(std::string const& name, int each, bool torn = false) const {
        auto real = std::vector<std::string>{};
        auto const all = nodes_->runs();
        for (auto i = before_; i != all.size(); ++i)
            if (all[i].group == name) real.push_back(all[i].node);
        auto said = starts(name, each);
        std::sort(real.begin(), real.end());
        std::sort(said.begin(), said.end());
        auto const good =
            torn ? std::includes(real.begin(), real.end(), said.begin(), said.end()) : real == said;
        check(good, name + " ran where it was put, each time");
    }
    void check_laws(bool complete = true) const {
        auto jobs = rota::job::workload{};
        jobs.specs.assign(host_.specs().begin(), host_.specs().end());
        jobs.works.resize(jobs.specs.size());
        auto const changes = verify::changes_of(log_);
        auto given = verify::premises{};
        given.complete = complete;
        given.late_ms_max = 60'000; // a closed node keeps its pods until they are gone
        auto const found = verify::check_log(
            {*cluster_, jobs, changes.nodes, changes.quotas, rota::claims_of<Scheduler>(), given, log_});
        auto const broken = found.broken();
        check(!broken, broken ? explain(*broken, found.of(*broken), log_) : std::string{});
        check(host_.strays() == 0, "nothing ran that was not ordered");
        check(nodes_->crowded() == 0, "no node was given more than it has");
    }

private:
    static live::pace pace() {
        auto out = live::pace{};
        out.requeued_ms = 0; // a run is a pod of its own here
        out.save_ms = 3'000;
        out.backoff_ms = 2'000;
        return out;
    }
    [[nodiscard]] rota::sim_time now() const {
        auto const since = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - from_);
        return rota::sim_time{recovered_ms_ + since.count()};
    }

    clock::time_point from_ = clock::now();
    rota::cluster::spec const* cluster_;
    kubelets* nodes_ = nullptr;
    std::size_t before_ = 0; ///< runs before it
    rota::millis recovered_ms_ = 0;
    std::optional<live::journal_file> journal_;
    cluster_operator users_;
    client backend_;
    rota::log::schedule log_;
    driver host_;
    Scheduler scheduler_;
    rota::millis longest_ms_ = 0;
    int blind_ = 0;
};

} // namespace on_kubernetes

#endif
