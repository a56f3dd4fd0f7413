// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_QUOTA_DRF_HPP
#define ROTA_SYSTEM_QUOTA_DRF_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/minimal_victims.hpp>
#include <rota/queueing/drf_quota.hpp>

namespace rota::system {

/// Tenants by dominant share, each tenant's jobs by submission; idle quota is lent and taken back.
///
/// A job that fits starts, whoever's quota is idle. One that does not fit but is within its tenant's quota
/// takes devices back from those who borrow: least urgent and youngest first, no more than its place needs,
/// and never so many that a lender falls below its own. A job that does not start is passed over.
///
/// What refuses one job of a tenant refuses all of its shape, until a job starts, stops or ends or a node or a quota
/// changes: they are not asked.
/// Cost      a pass O(tenants x shapes); where something has changed, a placement for each shape and, for each tenant
/// and shape within its quota, O(what others borrow).
/// Source    A. Ghodsi et al., "Dominant resource fairness", NSDI 2011; borrowing and reclaim within a cohort
///           as in Kueue. differs: see drf_quota; borrowing and lending have no limits of their own.
template <placement::policy Placement = placement::consolidated>
class quota_drf {
public:
    static constexpr claim claims = claim::work_conserving | claim::by_share | claim::quota_kept |
                                    claim::minimal_victims | claim::event_driven | claim::envy_free |
                                    claim::sharing_incentive;

    Placement place{};

    void on(event const& happened, view const& v) {
        auto const kind = happened.kind;
        auto const job = happened.job;
        if (kind == event_kind::resync) {
            tenants_ = {};
            lines_.clear();
            for (auto j : v.jobs()) {
                note_placed(v, j);
                if (v.waiting(j)) line_of(v, j).jobs.insert(rank_of(v, j));
            }
        } else if (happened.about_a_job()) {
            if (happened.after == phase::waiting) line_of(v, job).jobs.insert(rank_of(v, job));
            else line_of(v, job).jobs.erase(rank_of(v, job));
            note_placed(v, job);
        }
        // what is decided is counted: that a job has come or runs as it was told changes nothing for others
        if (kind != event_kind::submitted && kind != event_kind::eligible && kind != event_kind::started)
            freed_ = ++changes_;
    }
    void decide(view const& v, actions& a) {
        if (!any_open()) return;
        tenants_.refresh(v);
        for (auto& one : lines_) one.asked.reset(), one.done = false, one.as_of = 0;
        for (;;) {
            auto first = lines_.size();
            for (auto t = std::size_t{0}; t != lines_.size(); ++t)
                if (!lines_[t].done &&
                    (first == lines_.size() || tenants_.before(v, tenant(t), tenant(first))))
                    first = t;
            if (first == lines_.size()) return;
            ask_next(v, a, lines_[first]);
        }
    }

private:
    using rank = std::pair<sim_time, job_id>; ///< by submission
    using urgency =
        std::tuple<std::int64_t, std::int64_t, std::int64_t>; ///< least urgent, then youngest first
    /// Jobs of a tenant and a shape.
    struct line {
        std::set<rank> jobs;
        std::uint64_t refused = 0; ///< as of which change
    };
    /// The jobs of a tenant.
    struct queue {
        std::vector<line> of;     ///< [shapes] those that wait
        std::set<urgency> placed; ///< those that may be taken back
        // of this pass
        std::vector<std::pair<rank, std::uint32_t>> next; ///< the first job to be asked of each shape, a heap
        std::optional<rank> asked;                        ///< those up to it have been
        std::uint64_t as_of = 0;                          ///< the change that `next` knows
        bool done = false;
    };

    static tenant_id tenant(std::size_t t) noexcept { return static_cast<tenant_id>(t); }
    [[nodiscard]] static rank rank_of(view const& v, job_id j) { return {v.spec(j).submit, j}; }
    [[nodiscard]] static urgency urgency_of(view const& v, job_id j) {
        return {v.spec(j).priority, -index(v.spec(j).submit), -std::int64_t{index(j)}};
    }
    [[nodiscard]] queue& queue_of(view const& v, job_id j) {
        if (lines_.size() < v.tenants()) lines_.resize(v.tenants());
        return lines_[index(v.spec(j).tenant)];
    }
    void note_placed(view const& v, job_id j) {
        auto& placed = queue_of(v, j).placed;
        if (v.placed(j)) placed.insert(urgency_of(v, j));
        else placed.erase(urgency_of(v, j));
    }
    [[nodiscard]] line& line_of(view const& v, job_id j) {
        auto& of = queue_of(v, j).of;
        auto const shape = v.state(j).shape;
        if (of.size() <= shape) of.resize(shape + 1u);
        return of[shape];
    }
    /// Some job may be told something else than last time.
    [[nodiscard]] bool any_open() const {
        for (auto const& tenant : lines_)
            for (auto const& one : tenant.of)
                if (!one.jobs.empty() && one.refused != changes_) return true;
        return false;
    }
    void ask_next(view const& v, actions& a, queue& from) {
        auto const later = std::greater{};
        auto const push = [&](std::uint32_t shape) {
            auto const& jobs = from.of[shape].jobs;
            auto const at = from.asked ? jobs.upper_bound(*from.asked) : jobs.begin();
            if (at == jobs.end()) return false;
            from.next.emplace_back(*at, shape);
            return true;
        };
        if (from.as_of != changes_) {
            from.as_of = changes_;
            from.next.clear();
            for (auto shape = std::uint32_t{0}; shape != from.of.size(); ++shape)
                if (from.of[shape].refused != changes_) (void)push(shape);
            std::make_heap(from.next.begin(), from.next.end(), later);
        }
        if (from.next.empty()) {
            from.done = true;
            return;
        }
        std::pop_heap(from.next.begin(), from.next.end(), later);
        auto const [job, shape] = from.next.back();
        from.next.pop_back();
        from.asked = job;
        if (!v.waiting(job.second)) {
            if (push(shape)) std::push_heap(from.next.begin(), from.next.end(), later);
        } else if (!serve(v, a, job.second)) {
            from.of[shape].refused = changes_;
        }
    }
    /// Whether anything has changed.
    bool serve(view const& v, actions& a, job_id j) {
        auto const shape = v.state(j).shape;
        if (full_.size() <= shape) full_.resize(shape + 1u);
        if (full_[shape] != freed_) { // what is free only shrinks until somebody stops
            if (auto const where = place.place(v.need(j), v.free())) {
                (void)a.start(j, *where);
                note_placed(v, j);
                ++changes_;
                return true;
            }
            full_[shape] = freed_;
        }
        auto const victims = borrowers(v, a, j);
        if (victims.empty() || !preemption::start_by_evicting(v, a, place, j, victims)) return false;
        note_placed(v, j);
        freed_ = ++changes_;
        return true;
    }
    /// Whom the job may stop, all of them together: nobody falls below its quota.
    [[nodiscard]] std::vector<job_id> borrowers(view const& v, actions& a, job_id j) const {
        auto const who = v.spec(j).tenant;
        auto const reach = tenants_.reach(v, who, std::int64_t{v.need(j).gpus_max} * v.need(j).milli);
        if (!reach) return {};
        auto const has_any = [&](std::size_t t) { return tenants_.may_take(v, who, *reach, tenant(t), 1); };
        auto next = std::vector<std::pair<std::set<urgency>::const_iterator, std::size_t>>{};
        for (auto t = std::size_t{0}; t != lines_.size(); ++t)
            if (!lines_[t].placed.empty() && has_any(t)) next.emplace_back(lines_[t].placed.begin(), t);
        auto found = std::vector<job_id>{};
        auto const before = a.checkpoint();
        while (!next.empty()) {
            auto const least = std::min_element(
                next.begin(), next.end(), [](auto const& x, auto const& y) { return *x.first < *y.first; });
            auto const t = least->second;
            auto const k = static_cast<job_id>(-std::get<2>(*least->first++));
            auto const take =
                v.placed(k) && tenants_.may_take(v, who, *reach, tenant(t), v.intent(k).total_milli());
            if (take) {
                a.preempt(k); // imagined, so that the next one sees it
                found.push_back(k);
            }
            if (least->first == lines_[t].placed.end() || (take && !has_any(t))) next.erase(least);
        }
        a.rollback(before);
        return found;
    }

    queueing::drf_quota tenants_;
    std::vector<queue> lines_;        ///< [tenants]
    std::vector<std::uint64_t> full_; ///< [shapes] the change of freed_ after which it has no room
    std::uint64_t changes_ = 1;       ///< of what is free, and of what tenants use
    std::uint64_t freed_ = 1;         ///< the last one that may have freed anything
};

static_assert(scheduling_policy<quota_drf<>>);

} // namespace rota::system

#endif
