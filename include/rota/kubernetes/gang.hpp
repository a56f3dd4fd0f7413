// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_GANG_HPP
#define ROTA_KUBERNETES_GANG_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/kubernetes/pod.hpp>
#include <rota/live/backend.hpp>

namespace rota::kubernetes {

/// The node of every pod, in order, where each takes `each` GPUs; nothing where the placement cannot be cut so.
[[nodiscard]] inline std::optional<std::vector<node_id>> seats(cluster::placement const& where, int each) {
    auto out = std::vector<node_id>{};
    for (auto const& part : where) {
        if (part.count() % each != 0) return std::nullopt;
        out.insert(out.end(), static_cast<std::size_t>(part.count() / each), part.node);
    }
    return out;
}

/// The pods that are one job, through all its runs. A run is a set of bound pods: a pod is bound once and for good.
///
/// Meaning   A gang that has lost a member is broken: what is left of the run has to go, and when none of it holds a GPU,
///           the run is over and the job waits for pods that take the places. Its runs are numbered by the second
///           in which the youngest pod was made, and upwards in any case; bound pods say for which, so that whoever
///           comes later counts alike.
struct gang {
    std::string id;          ///< the job's
    std::uint32_t first = 0; ///< in seconds since 1970: when its first pods were made
    int size = 0;            ///< pods; 0: not known
    bool unheard = false;    ///< as there was no answer when it was asked for
    job::spec asked{};
    std::string unmapped;        ///< why a host cannot know what it needs; empty: it can
    bool shown = false;          ///< as one that may be started
    bool controlled = false;     ///< pods that go come back
    std::uint32_t number = 0;    ///< of the run
    sim_time bare_since = never; ///< it has no pod

    std::map<std::string, std::string> run;    ///< node by uid
    std::set<std::string> done;                ///< of the run, have succeeded
    std::map<std::string, std::string> target; ///< node by uid: what a start wants
    std::set<std::string> former;              ///< pods of runs before
    bool broken = false;
    bool seen = false;                                  ///< the run, by the host
    live::job_state fault = live::job_state::completed; ///< why it has failed, if it has

    std::vector<pod const*> fresh;   ///< may be bound, in order of their names
    std::vector<pod const*> members; ///< of the run, whatever has become of them
    std::vector<pod const*> holding; ///< those of them that have GPUs

    /// Every state of each of its pods, in order.
    void note(pod const& one) {
        if (former.contains(one.uid)) return;
        if (!one.node.empty() && (!is_over(one.phase) || one.phase == pod_phase::succeeded))
            run[one.uid] = one.node;
        if (!run.contains(one.uid)) return;
        if (one.terminating) return; // however it ends now, it was told to
        if (one.phase == pod_phase::succeeded) done.insert(one.uid);
        if (one.phase == pod_phase::failed) fault = live::job_state::failed;
        if (one.phase == pod_phase::timed_out) fault = live::job_state::timed_out;
    }
    /// What is there now.
    void sort(std::vector<pod const*> const& pods) {
        fresh.clear();
        members.clear();
        holding.clear();
        auto left = std::set<std::string>{};
        auto const first_look = number == 0; // at a run that somebody has started before
        for (auto const* one : pods) {
            auto const bound = run.contains(one->uid);
            controlled = controlled || one->controlled;
            if (bound) members.push_back(one);
            if (bound && first_look) number = std::max(number, one->run != 0 ? one->run : one->created);
            if (bound && !is_over(one->phase)) {
                holding.push_back(one);
                if (!one->terminating) left.insert(one->uid);
            } else if (!bound && !one->terminating && !one->gated && one->phase == pod_phase::pending) {
                fresh.push_back(one);
            }
        }
        std::sort(fresh.begin(), fresh.end(), [](auto const* a, auto const* b) {
            return std::pair{a->name, a->uid} < std::pair{b->name, b->uid};
        });
        for (auto const& [uid, node] : run) broken = broken || (!left.contains(uid) && !done.contains(uid));
        if (run.empty())
            for (auto const* one : fresh) number = std::max(number, one->created);
    }
    [[nodiscard]] bool complete() const noexcept {
        return size != 0 && run.size() >= static_cast<std::size_t>(size);
    }
    /// That it is bound was seen of every pod, not only answered.
    [[nodiscard]] bool witnessed() const {
        return std::all_of(holding.begin(), holding.end(), [](auto const* p) { return !p->node.empty(); });
    }
    [[nodiscard]] bool succeeded() const noexcept { return complete() && done.size() == run.size(); }
    [[nodiscard]] bool failed() const noexcept { return fault != live::job_state::completed; }
    /// All of it runs, and is told to end in a while that could be cut short.
    [[nodiscard]] bool lingers(std::int64_t grace_s) const {
        return complete() && holding.size() + done.size() == run.size() &&
               std::all_of(holding.begin(), holding.end(), [](auto const* p) { return p->terminating; }) &&
               std::any_of(holding.begin(), holding.end(),
                           [&](auto const* p) { return p->grace_s > grace_s; });
    }
    /// Nothing of the run is left, and the job goes on.
    void end_run() {
        ++number;
        for (auto const& [uid, node] : run) former.insert(uid);
        run.clear();
        done.clear();
        target.clear();
        broken = seen = false;
    }
};

} // namespace rota::kubernetes

#endif
