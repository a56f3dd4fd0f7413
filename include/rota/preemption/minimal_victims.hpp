// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_MINIMAL_VICTIMS_HPP
#define ROTA_PREEMPTION_MINIMAL_VICTIMS_HPP

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/node_fit.hpp>

namespace rota::preemption {

/// Starts a waiting job by stopping as few of the candidates as its place needs; otherwise leaves no trace.
///
/// Imagines the candidates leaving one by one in the given order until the whole gang fits; that fixes its
/// nodes. Then puts them back, last first, while the gang still fits those nodes. Whoever is left out is
/// stopped: putting back any one of them would break the start.
/// Expects   with `none_to_spare`, that it does not fit before the last candidate has left: then it is not asked.
/// Returns   whether the job is staged to start. Candidates that hold nothing are skipped.
/// Source    the reprieve step of the Kubernetes scheduler's preemption and of Kueue's, for whole gangs.
template <placement::policy Placement>
[[nodiscard]] bool start_by_evicting(view const& v, actions& a, Placement const& place, job_id job,
                                     std::span<job_id const> candidates, bool none_to_spare = false) {
    auto const before = a.checkpoint();
    auto const& need = v.need(job);
    auto const asks = [&](bool last) {
        return !none_to_spare || last ? place.place(need, v.free())
                                      : placement::outcome{placement::refusal::busy};
    };
    auto where = asks(candidates.empty());
    auto out = std::vector<std::pair<job_id, cluster::placement>>{};
    for (auto candidate = candidates.begin(); !where && candidate != candidates.end(); ++candidate) {
        if (!v.placed(*candidate)) continue;
        out.emplace_back(*candidate, v.intent(*candidate));
        a.preempt(*candidate);
        where = asks(candidate + 1 == candidates.end());
    }
    if (!where) {
        a.rollback(before);
        return false;
    }
    auto const& nodes = *where;
    auto const still_fits = [&] {
        for (auto const& part : nodes)
            if (placement::room(need, v.free(), part.node) < part.count()) return false;
        return true;
    };
    auto reprieved = false;
    for (auto i = out.size() - (none_to_spare && !out.empty()); i-- > 0;) { // without the last it did not fit
        auto const again = a.checkpoint();
        if (a.put(out[i].first, out[i].second) != answer::accepted || !still_fits()) {
            a.rollback(again);
        } else {
            out[i].second.clear();
            reprieved = true;
        }
    }
    if (reprieved) { // that was thought: stage only what is left of it, so that nobody else leaves a trace
        a.rollback(before);
        for (auto const& [victim, held] : out)
            if (!held.empty()) a.preempt(victim);
    }
    auto gang = cluster::placement{};
    for (auto const& part : nodes) gang.add(placement::pick(need, v.free(), part.node, part.count()));
    if (a.start(job, gang) == answer::accepted) return true;
    a.rollback(before);
    return false;
}

} // namespace rota::preemption

#endif
