// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_CLIENT_HPP
#define ROTA_KUBERNETES_CLIENT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/api.hpp>
#include <rota/kubernetes/asked.hpp>
#include <rota/kubernetes/client_settings.hpp>
#include <rota/kubernetes/gang.hpp>
#include <rota/kubernetes/node.hpp>
#include <rota/kubernetes/nodes_up.hpp>
#include <rota/kubernetes/objects.hpp>
#include <rota/kubernetes/one_wait.hpp>
#include <rota/kubernetes/pod.hpp>
#include <rota/kubernetes/reflector.hpp>
#include <rota/kubernetes/status_of.hpp>
#include <rota/live/backend.hpp>

namespace rota::kubernetes {

/// A Kubernetes cluster as a backend: a second scheduler, whose jobs are the gangs of pods that name it.
///
/// Meaning   A job is held until its pods are bound, and runs when all of them are. A gang that could not be bound
///           whole, or that has lost a member, is taken down; until none of its pods holds a GPU it is completing.
///           Nodes are up as long as others leave free what the cluster says that they have.
/// Expects   a cluster with the names of its nodes, which outlives it, and so does the server; what is done to a pod
///           is done between two polls, by the thread that polls.
template <api A>
class client {
public:
    using clock = std::function<sim_time()>;

    client(cluster::spec const& cluster, A& server, clock now, client_settings how = {})
        : cluster_{&cluster}, server_{server}, now_{std::move(now)}, how_{std::move(how)},
          open_(cluster.nodes.size(), true) {}
    template <class... More>
    client(cluster::spec&&, More&&...) = delete; // it must outlive the client

    /// What the last poll or verb that came to nothing said.
    [[nodiscard]] std::string const& complaint() const noexcept { return complaint_; }
    /// How often the pods have been listed.
    [[nodiscard]] int lists() const noexcept { return pods_.lists(); }

    [[nodiscard]] std::optional<live::snapshot> poll() {
        auto& server = server_.begin_round();
        if (!nodes_.refresh(server, [](node const&) {})) return blind(nodes_.complaint());
        if (nodes_.lists() != std::exchange(lists_, nodes_.lists()))
            pods_.forget(); // never older than the nodes
        if (!pods_.refresh(server, [this](pod const& one) { note(one); })) return blind(pods_.complaint());
        auto const taken = taken_by_others(pods_.all(), [this](pod const& one) { return known(one); });
        auto now_up = nodes_up(*cluster_, nodes_.all(), taken);
        for (auto n = std::size_t{0}; n != now_up.size(); ++n) open_[n] = open_[n] || now_up[n];
        auto members = std::map<std::string, std::vector<pod const*>>{};
        for (auto const& [uid, one] : pods_.all())
            if (ours(one)) members[key_of(one)].push_back(&one);
        auto jobs = std::multimap<std::uint32_t, live::job_status>{}; // by when they were made
        for (auto const& one : over_) jobs.emplace(0, one);
        for (auto at = gangs_.begin(); at != gangs_.end();) {
            auto& its = at->second;
            auto const state = tend(its, members[at->first]);
            auto const over = state && live::is_over(*state);
            if (state) jobs.emplace(its.first, status_of(its, *state, *cluster_));
            if (over) over_.push_back(status_of(its, *state, *cluster_));
            if (over)
                for (auto const& [uid, node] : its.run) spent_.insert_or_assign(uid, its.id);
            if (state && !over) ++at;
            else at = gangs_.erase(at);
        }
        std::erase_if(spent_, [this](auto const& one) { return !pods_.all().contains(one.first); });
        std::erase_if(over_, [this](auto const& one) {
            return std::none_of(spent_.begin(), spent_.end(),
                                [&](auto const& s) { return s.second == one.id; });
        });
        auto out = live::snapshot{{}, now_up, nodes_drained(*cluster_, nodes_.all(), now_up)};
        for (auto& one : jobs) out.jobs.push_back(std::move(one.second));
        open_ = std::move(now_up);
        polled_ = true;
        return out;
    }
    /// Binds all its pods, or none: what could be bound of a gang is deleted where the rest could not.
    [[nodiscard]] live::reply start(std::string const& job, cluster::placement const& where) {
        auto* const its = find(job);
        if (its == nullptr) return refuse("no such job: " + job);
        if (its->complete()) return live::reply::done;
        if (!its->target.empty()) return bind(*its);
        auto const on =
            its->unmapped.empty() ? seats(where, its->asked.need.gpus_max / its->size) : std::nullopt;
        if (!its->run.empty() || !on || on->size() != its->fresh.size())
            return refuse(job + ": " + (its->unmapped.empty() ? "its pods do not fit there" : its->unmapped));
        for (auto i = std::size_t{0}; i != on->size(); ++i)
            its->target[its->fresh[i]->uid] = cluster_->names[index((*on)[i])];
        return bind(*its);
    }
    /// Nobody else binds its pods: what is withdrawn is a gang that could not be bound whole.
    live::reply hold(std::string const& job) {
        auto* const its = find(job);
        if (its == nullptr || its->complete()) return live::reply::refused;
        its->target.clear();
        return its->run.empty() ? live::reply::done : take_down(*its, {});
    }
    /// Its pods are told to end in their own time.
    live::reply save(std::string const& job) {
        auto* const its = find(job);
        return its == nullptr ? live::reply::refused : take_down(*its, {});
    }
    live::reply requeue(std::string const& job) {
        auto* const its = find(job);
        return its == nullptr ? live::reply::refused : take_down(*its, how_.kill_grace_s);
    }

private:
    std::optional<live::snapshot> blind(std::string const& why) {
        complaint_ = why;
        return std::nullopt;
    }
    live::reply refuse(std::string why) {
        complaint_ = std::move(why);
        return live::reply::refused;
    }
    [[nodiscard]] bool ours(pod const& one) const {
        return one.scheduler == how_.scheduler && !spent_.contains(one.uid);
    }
    gang* find(std::string const& job) {
        auto const at =
            std::find_if(gangs_.begin(), gangs_.end(), [&](auto const& one) { return one.second.id == job; });
        return at == gangs_.end() ? nullptr : &at->second;
    }
    void note(pod const& one) {
        if (!ours(one)) return;
        auto const key = key_of(one);
        if (is_over(one.phase) && one.phase != pod_phase::succeeded && !gangs_.contains(key)) return;
        auto const [at, fresh] = gangs_.try_emplace(key);
        auto& its = at->second;
        if (fresh) { // who comes back under the name of a job that is over is another job
            auto const times = ++times_[key];
            its.id = times == 1 ? key : key + "#" + std::to_string(times);
            its.first = one.created;
        }
        its.shown = its.shown || (how_.recovers && !polled_ && !one.node.empty());
        its.note(one);
    }

    // --- what becomes of a gang
    /// The state of the job; nothing where there is none any more.
    std::optional<live::job_state> tend(gang& its, std::vector<pod const*> const& pods) {
        using live::job_state;
        its.sort(pods);
        describe(its, pods);
        if (its.succeeded()) return job_state::completed;
        if (its.size == 0 && its.unheard && !its.run.empty()) return job_state::pending; // it may be whole
        if (!its.run.empty() && (its.broken || (!its.complete() && its.target.empty()))) {
            if (its.holding.empty()) {
                if (its.failed()) return its.fault;
                if (!its.done.empty())
                    return job_state::failed; // who makes pods makes none for those that are done
                its.end_run();
                its.sort(pods);
                describe(its, pods);
            } else {
                auto const lingers = its.seen && its.lingers(how_.kill_grace_s);
                if (how_.tends) take_down(its, {});
                return lingers ? job_state::running : job_state::completing;
            }
        }
        if (its.run.empty()) {
            auto const bare =
                std::all_of(pods.begin(), pods.end(), [](auto const* p) { return is_over(p->phase); });
            if (!bare) its.bare_since = never;
            else if (its.bare_since == never) its.bare_since = now_();
            if (bare && (!its.controlled || now_() >= its.bare_since + how_.away_ms)) return std::nullopt;
            its.shown = its.shown || its.unmapped.empty();
            return job_state::held;
        }
        if (!its.complete()) {
            (void)bind(its); // what became of it shows the next poll
            return its.broken ? job_state::completing : job_state::pending;
        }
        if (!its.witnessed()) return job_state::pending; // what it has lost meanwhile would not be seen
        auto const closed = [this](auto const& one) { return !open(one.second); };
        if (!its.seen && std::any_of(its.run.begin(), its.run.end(), closed)) { // an old word that came late
            its.broken = true;
            if (how_.tends) take_down(its, {});
            return job_state::completing;
        }
        its.seen = true;
        return job_state::running;
    }
    [[nodiscard]] bool open(std::string const& node) const {
        auto const at = std::find(cluster_->names.begin(), cluster_->names.end(), node);
        return at != cluster_->names.end() && open_[static_cast<std::size_t>(at - cluster_->names.begin())];
    }
    void describe(gang& its, std::vector<pod const*> const& pods) {
        if (pods.empty()) return;
        auto const& one = *pods.front();
        if (its.size == 0) its.size = one.group.empty() ? 1 : one.group_size;
        if (its.size == 0) {
            auto const got = server_.get("/apis/scheduling.x-k8s.io/v1alpha1/namespaces/" + one.space +
                                         "/podgroups/" + one.group);
            if (got.good()) its.size = read_group_size(got.body).value_or(0);
            its.unheard = got.unknown();
        }
        auto const known = its.shown && !(its.asked == job::spec{});
        if (known && !its.run.empty()) return;
        auto now = asked_by(its.run.empty() ? its.fresh : its.members, its.size, *cluster_, how_.spaces);
        its.unmapped = std::move(now.unmapped);
        if (!known) its.asked = now.what;
        else if (its.unmapped.empty() && !(now.what == its.asked))
            its.unmapped = "its pods ask for something else now";
    }

    // --- verbs
    /// Goes on with the target. A conflict may be our own word that was heard when its answer was not.
    live::reply bind(gang& its) {
        for (auto const& [uid, node] : its.target) {
            auto const known = pods_.all().find(uid);
            if (its.run.contains(uid)) continue;
            if (known == pods_.all().end() || !open(node)) return fail(its);
            auto const& one = known->second;
            auto const path = "/api/v1/namespaces/" + one.space + "/pods/" + one.name;
            auto got = server_.post(path + "/binding", binding(one, node, its.number));
            if (got.good()) {
                its.run[uid] = node;
                continue;
            }
            if (got.status != 0) complaint_ = path + ": " + read_message(got.body);
            if (got.unknown()) return live::reply::unknown;
            if (got.status != 409) return fail(its);
            got = server_.get(path);
            if (got.unknown()) return live::reply::unknown;
            auto const is = read_object<pod>(got.body);
            if (!is || is->uid != uid || is->node.empty()) return fail(its);
            its.run[uid] = is->node;
            if (is->node != node) return fail(its);
        }
        its.target.clear();
        return live::reply::done;
    }
    live::reply fail(gang& its) {
        its.target.clear();
        if (its.run.empty()) return live::reply::refused;
        its.broken = true;
        take_down(its, {});
        return live::reply::unknown;
    }
    /// Deletes what is left of its run; no grace: each pod's own.
    live::reply take_down(gang& its, std::optional<std::int64_t> grace_s) {
        auto out = live::reply::done;
        its.broken = its.broken || !its.complete();
        for (auto const& [uid, node] : its.run) {
            auto const known = pods_.all().find(uid);
            if (known == pods_.all().end() || is_over(known->second.phase)) continue;
            auto const& one = known->second;
            if (one.terminating && (!grace_s || one.grace_s <= *grace_s)) continue;
            auto const path = "/api/v1/namespaces/" + one.space + "/pods/" + one.name;
            auto const got = server_.del(path, deletion(one, grace_s));
            if (got.good() || got.status == 404 || got.status == 409) continue; // 409: another pod by now
            complaint_ = path + ": " + (got.status == 0 ? "no answer in time" : read_message(got.body));
            if (out == live::reply::done || got.unknown())
                out = got.unknown() ? live::reply::unknown : live::reply::refused;
        }
        return out;
    }
    /// Its GPUs are in the books.
    [[nodiscard]] bool known(pod const& one) const {
        if (spent_.contains(one.uid)) return true;
        auto const its = ours(one) ? gangs_.find(key_of(one)) : gangs_.end();
        return its != gangs_.end() && its->second.shown;
    }

    cluster::spec const* cluster_;
    one_wait<A> server_;
    clock now_;
    client_settings how_;
    reflector<node, A> nodes_{"/api/v1/nodes"};
    reflector<pod, A> pods_{"/api/v1/pods"};
    std::map<std::string, gang> gangs_;          ///< by what its pods have in common
    std::map<std::string, std::uint32_t> times_; ///< by the same: how many jobs there were
    std::map<std::string, std::string> spent_;   ///< the job, by the uid of a pod of one that is over
    std::vector<live::job_status> over_;         ///< whose pods are still there
    std::vector<bool> open_; ///< [nodes] up, as the host knows it; in a poll, also those that are up now
    int lists_ = 0;          ///< of nodes, that the pods have followed
    bool polled_ = false;
    std::string complaint_;
};

} // namespace rota::kubernetes

#endif
