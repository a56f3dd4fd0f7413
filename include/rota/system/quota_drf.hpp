// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_QUOTA_DRF_HPP
#define ROTA_SYSTEM_QUOTA_DRF_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include <rota/contract/actions.hpp>
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
/// Cost      O(waiting x (tenants + one placement)) a pass, and O(placed log placed) a reclaim.
/// Source    A. Ghodsi et al., "Dominant resource fairness", NSDI 2011; borrowing and reclaim within a cohort
///           as in Kueue. differs: see drf_quota; borrowing and lending have no limits of their own.
template <placement::policy Placement = placement::consolidated>
class quota_drf {
public:
    Placement place{};

    void on(event const&, view const&) {}
    void decide(view const& v, actions& a) {
        tenants_.refresh(v);
        auto lines = std::vector<std::vector<job_id>>(v.tenants());
        for (auto j : v.jobs())
            if (v.waiting(j)) lines[index(v.spec(j).tenant)].push_back(j);
        for (auto& line : lines)
            std::sort(line.begin(), line.end(), [&](job_id x, job_id y) { return younger(v, x, y); });
        for (;;) {
            auto next = lines.size();
            for (auto t = std::size_t{0}; t != lines.size(); ++t)
                if (!lines[t].empty() &&
                    (next == lines.size() ||
                     tenants_.before(v, static_cast<tenant_id>(t), static_cast<tenant_id>(next))))
                    next = t;
            if (next == lines.size()) return;
            auto const j = lines[next].back();
            lines[next].pop_back();
            if (auto const where = place.place(v.need(j), v.free())) (void)a.start(j, *where);
            else if (auto const victims = borrowers(v, a, j); !victims.empty())
                (void)preemption::start_by_evicting(v, a, place, j, victims);
        }
    }

private:
    [[nodiscard]] static bool younger(view const& v, job_id x, job_id y) {
        return std::tuple{v.spec(x).submit, x} > std::tuple{v.spec(y).submit, y};
    }
    /// Whom the job may stop, all of them together: nobody falls below its quota.
    [[nodiscard]] std::vector<job_id> borrowers(view const& v, actions& a, job_id j) const {
        auto const who = v.spec(j).tenant;
        auto const reach = tenants_.reach(v, who, std::int64_t{v.need(j).gpus_max} * v.need(j).milli);
        if (!reach) return {};
        auto found = std::vector<job_id>{};
        for (auto k : v.jobs())
            if (v.placed(k) && v.spec(k).tenant != who) found.push_back(k);
        std::sort(found.begin(), found.end(), [&](job_id x, job_id y) {
            auto const p = v.spec(x).priority;
            auto const q = v.spec(y).priority;
            return p != q ? p < q : younger(v, x, y);
        });
        auto const before = a.checkpoint();
        std::erase_if(found, [&](job_id k) {
            auto const milli = v.intent(k).total_milli();
            if (!tenants_.may_take(v, who, *reach, v.spec(k).tenant, milli)) return true;
            a.preempt(k); // imagined, so that the next one sees it
            return false;
        });
        a.rollback(before);
        return found;
    }

    queueing::drf_quota tenants_;
};

static_assert(scheduling_policy<quota_drf<>>);

} // namespace rota::system

#endif
