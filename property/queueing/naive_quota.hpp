// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_NAIVE_QUOTA_HPP
#define ROTA_PROPERTY_QUEUEING_NAIVE_QUOTA_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/minimal_victims.hpp>
#include <rota/queueing/drf_quota.hpp>

namespace naive {

using namespace rota;

/// The quota policy by definition: every pass asks every waiting job.
template <placement::policy Placement = placement::consolidated>
class quota_drf {
public:
    Placement place{};

    void on(event const& happened, view const& v) {
        if (happened.kind == event_kind::resync) {
            lines_.clear();
            for (auto j : v.jobs())
                if (v.waiting(j)) line_of(v, j).insert({v.spec(j).submit, j});
        } else if (happened.about_a_job()) {
            auto const place_in_line = std::pair{v.spec(happened.job).submit, happened.job};
            if (happened.after == phase::waiting) line_of(v, happened.job).insert(place_in_line);
            else line_of(v, happened.job).erase(place_in_line);
        }
    }
    void decide(view const& v, actions& a) {
        tenants_.refresh(v);
        refused_.clear();
        auto next = std::vector<line::const_iterator>{};
        for (auto const& one : lines_) next.push_back(one.begin());
        for (;;) {
            auto first = lines_.size();
            for (auto t = std::size_t{0}; t != lines_.size(); ++t)
                if (next[t] != lines_[t].end() &&
                    (first == lines_.size() ||
                     tenants_.before(v, static_cast<tenant_id>(t), static_cast<tenant_id>(first))))
                    first = t;
            if (first == lines_.size()) return;
            auto const j = (next[first]++)->second;
            if (v.waiting(j)) serve(v, a, j);
        }
    }

private:
    using line = std::set<std::pair<sim_time, job_id>>; ///< by submission

    [[nodiscard]] line& line_of(view const& v, job_id j) {
        if (lines_.size() < v.tenants()) lines_.resize(v.tenants());
        return lines_[index(v.spec(j).tenant)];
    }
    void serve(view const& v, actions& a, job_id j) {
        auto const shape = v.state(j).shape;
        if (refused_.size() <= shape) refused_.resize(shape + 1u);
        if (!refused_[shape]) { // what is free only shrinks in a pass, until somebody is stopped
            if (auto const where = place.place(v.need(j), v.free())) return (void)a.start(j, *where);
            refused_[shape] = true;
        }
        auto const victims = borrowers(v, a, j);
        if (!victims.empty() && preemption::start_by_evicting(v, a, place, j, victims)) refused_.clear();
    }
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
    std::vector<line> lines_;   ///< [tenants]
    std::vector<bool> refused_; ///< [shapes] in this pass
};

} // namespace naive

#endif
