// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_EDF_ADMISSION_HPP
#define ROTA_SYSTEM_EDF_ADMISSION_HPP

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/queueing/reservations.hpp>

namespace rota::system {

/// Admits a job if a window of its declared length can be reserved before its deadline; rejects it otherwise.
///
/// Jobs that arrive together are judged by earliest deadline first. A window names devices and, once
/// promised, only moves earlier: windows are compressed, earliest deadline first, until none can move. So
/// every admitted job ends by its deadline as long as no job outlives its limit, orders take at most
/// margin_ms, nodes stay up, and one scheduler object decides all the time. A job whose window is lost to a
/// failure, or to one that outlives its limit, gets the first window there is, late or not. A job without a
/// limit needs a window without end, so with a deadline it is rejected; without a deadline jobs wait.
/// Source    C. L. Liu, J. W. Layland, "Scheduling algorithms for multiprogramming in a hard-real-time
///           environment", JACM 1973 (earliest deadline first); admission by a feasible plan as in D. Gu et
///           al., "ElasticFlow", ASPLOS 2023. differs: no preemption, no elasticity, reservations on devices.
template <placement::policy Placement = placement::consolidated>
class edf_admission {
public:
    static constexpr claim claims = claim::meets_deadlines | claim::non_preemptive;

    millis margin_ms = 0; ///< what the host may add to a run
    Placement place{};

    void on(event const& happened, view const&) {
        if (happened.kind == event_kind::resync) {
            windows_.clear();
            sent_.clear();
        }
        if (!happened.about_a_job()) return;
        if (happened.after == phase::ended) windows_.erase(happened.job);
        if (happened.after != phase::starting) sent_.erase(happened.job);
    }
    void decide(view const& v, actions& a) {
        plan_.reset(v);
        auto jobs = std::vector<std::pair<sim_time, job_id>>{}; // by deadline
        for (auto j : v.jobs()) jobs.emplace_back(v.spec(j).deadline, j);
        std::sort(jobs.begin(), jobs.end());
        for (auto const& [deadline, j] : jobs)
            if (v.placed(j)) {
                plan_.add({j, v.now(), ends_at(v, j), v.intent(j)});
                a.wake_at(ends_at(v, j)); // whoever outlives his window is news
            }
        std::erase_if(windows_, [&](auto const& one) {
            auto const& kept = one.second;
            return v.placed(one.first) || kept.start < v.now() || !plan_.free(kept) ||
                   (kept.start == v.now() && !v.free().fits(kept.where));
        });
        for (auto const& [j, kept] : windows_) plan_.add(kept);
        readmit(v, a);
        for (auto moved = true; moved && !windows_.empty();) {
            moved = false;
            for (auto const& [deadline, j] : jobs)
                if (auto const kept = windows_.find(j); kept != windows_.end()) {
                    plan_.erase(j);
                    auto const sooner = find(v, j, kept->second.end);
                    moved |= sooner && sooner->start < kept->second.start;
                    reserve(a, sooner && sooner->start < kept->second.start ? *sooner : kept->second);
                }
        }
        for (auto const& [deadline, j] : jobs) {
            if (!v.waiting(j) || v.state(j).promised != never) continue;
            if (auto const fresh = find(v, j, deadline)) reserve(a, *fresh);
            else if (deadline != never) a.reject(j, log::cause::deadline);
        }
        for (auto const& [j, one] : windows_)
            if (one.start > v.now()) a.wake_at(one.start);
            else if (v.waiting(j) && v.free().open(one.where) &&
                     v.free().fits(one.where) && // not taken by another
                     a.start(j, one.where) == answer::accepted)
                sent_[j] = one.end;
    }

private:
    [[nodiscard]] millis length_ms(view const& v, job_id j) const noexcept {
        return v.spec(j).limit_ms == 0 ? index(never) : v.spec(j).limit_ms + margin_ms;
    }
    /// When a placed job gives up its devices; never where that is unknown, or overdue.
    [[nodiscard]] sim_time ends_at(view const& v, job_id j) const noexcept {
        auto const from = v.state(j).accrues_from;
        auto const sent = sent_.find(j);
        auto const end = from != never ? from + length_ms(v, j) : sent != sent_.end() ? sent->second : never;
        return end > v.now() ? end : never;
    }
    [[nodiscard]] std::optional<queueing::window> find(view const& v, job_id j, sim_time by) {
        return plan_.earliest(j, v.need(j), length_ms(v, j), std::max(v.now(), v.state(j).eligible), by,
                              place);
    }
    void reserve(actions& a, queueing::window const& one) {
        plan_.add(one);
        windows_.insert_or_assign(one.job, one);
        a.promise(one.job, one.start);
    }
    /// New windows for admitted jobs that have none, in the order of what they were promised.
    void readmit(view const& v, actions& a) {
        auto lost = std::vector<std::pair<sim_time, job_id>>{};
        for (auto j : v.jobs()) {
            auto const where = v.where(j);
            if (v.state(j).promised != never && (where == phase::waiting || where == phase::cooling) &&
                !windows_.contains(j))
                lost.emplace_back(v.state(j).promised, j);
        }
        std::sort(lost.begin(), lost.end());
        for (auto const& [promised, j] : lost)
            if (auto const again = find(v, j, never)) reserve(a, *again);
    }

    queueing::reservations plan_;
    std::map<job_id, queueing::window> windows_; ///< of admitted jobs that do not run
    std::map<job_id, sim_time> sent_;            ///< ends of the windows of starts not yet confirmed
};

static_assert(scheduling_policy<edf_admission<>>);

} // namespace rota::system

#endif
