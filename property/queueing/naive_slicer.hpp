// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_NAIVE_SLICER_HPP
#define ROTA_PROPERTY_QUEUEING_NAIVE_SLICER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>

namespace naive {

using namespace rota;

/// The slicer by definition: in every turn all wishes are sorted, and what leases hold is stopped and put back.
class slicer {
public:
    millis quantum_ms = 60'000;
    std::int64_t limit_quanta = 8;

    void on(event const& happened, view const&) {
        if (happened.kind == event_kind::resync) accounts_.clear();
        if (happened.about_a_job() && happened.after == phase::ended) accounts_.erase(happened.job);
        due_ |= happened.about_a_job() ? happened.after == phase::waiting || happened.after == phase::ended
                                       : happened.kind != event_kind::wake;
    }

    /// share(job, lane) -> std::int64_t: thousandths of the time that the job shall run on that lane.
    template <placement::policy Placement, class Share>
    void share_out(view const& v, actions& a, Placement const& place, std::span<std::uint32_t const> lanes,
                   Share share) {
        if (!due_ && v.now() < next_) return a.wake_at(next_); // nothing changes between turns
        due_ = false;
        settle(v, lanes, share);
        turn(v, a, place, lanes);
        next_ = v.jobs().empty() ? never : v.now() + quantum_ms;
        for (auto j : v.jobs())
            if (leased(v, j) && v.state(j).accrues_from != never)
                if (auto const over = v.state(j).accrues_from + quantum_ms;
                    over > v.now()) // else it is on its way
                    next_ = std::min(next_, over);
        if (next_ != never) a.wake_at(next_);
    }
    /// Thousandths of a ms that the job is owed on the lane, as of the last turn.
    [[nodiscard]] std::int64_t owed(job_id j, std::size_t lane) const {
        auto const found = accounts_.find(j);
        return found == accounts_.end() ? 0 : found->second.owed[lane];
    }

private:
    struct account {
        std::vector<std::int64_t> owed;  ///< [lanes] thousandths of a ms
        std::vector<std::int64_t> share; ///< [lanes] since the last turn
        std::size_t lane = 0;            ///< where it ran since then
        std::int64_t attained = 0;       ///< as of then
    };
    struct wish {
        std::int64_t owed;
        sim_time submit;
        job_id job;
        std::size_t lane;
        bool operator<(wish const& b) const noexcept {
            return std::tuple{-owed, submit, job, lane} < std::tuple{-b.owed, b.submit, b.job, b.lane};
        }
    };

    [[nodiscard]] bool leased(view const& v, job_id j) const noexcept {
        return v.placed(j) &&
               (v.where(j) != phase::running || v.now() < v.state(j).accrues_from + quantum_ms);
    }
    [[nodiscard]] static std::size_t lane_of(view const& v, job_id j,
                                             std::span<std::uint32_t const> lanes) noexcept {
        auto const model = v.free().of(v.intent(j).front().node).model;
        auto lane = std::size_t{0};
        while (lane + 1 < lanes.size() && (lanes[lane] >> index(model) & 1u) == 0) ++lane;
        return lane;
    }
    /// Credits every job with its shares of the time since the last turn, and charges what it received.
    template <class Share>
    void settle(view const& v, std::span<std::uint32_t const> lanes, Share& share) {
        auto const elapsed = v.now() - since_;
        since_ = v.now();
        for (auto j : v.jobs()) {
            auto [found, fresh] = accounts_.try_emplace(j);
            auto& one = found->second;
            if (fresh) one.owed.resize(lanes.size());
            auto const& need = v.need(j);
            auto const useful = (v.attained(j) - one.attained) / (std::int64_t{need.gpus_max} * need.milli);
            for (auto k = std::size_t{0}; !fresh && k != lanes.size(); ++k)
                one.owed[k] = std::clamp(one.owed[k] + one.share[k] * elapsed -
                                             (k == one.lane ? 1000 * useful : std::int64_t{0}),
                                         -1000 * quantum_ms, limit_quanta * 1000 * quantum_ms);
            one.attained = v.attained(j);
            one.share.resize(lanes.size());
            for (auto k = std::size_t{0}; k != lanes.size(); ++k) one.share[k] = share(j, k);
            if (v.placed(j)) one.lane = lane_of(v, j, lanes);
        }
    }
    template <class Placement>
    void turn(view const& v, actions& a, Placement const& place, std::span<std::uint32_t const> lanes) {
        auto wishes = std::vector<wish>{};
        auto yields = std::vector<job_id>{}; // whoever may be gone when the first in line starts
        auto open = std::vector<wish>{};     // running jobs whose lease is over, with the wish to stay
        for (auto j : v.jobs()) {
            if (leased(v, j)) yields.push_back(j);
            else if (v.placed(j) || v.waiting(j)) {
                auto const& one = accounts_.at(j);
                for (auto k = std::size_t{0}; k != lanes.size(); ++k) {
                    auto const stays = v.placed(j) && k == one.lane;
                    auto const asks = wish{one.owed[k], v.spec(j).submit, j, k};
                    if (one.share[k] > 0) wishes.push_back(asks);
                    if (stays) open.push_back(one.share[k] > 0 ? asks : wish{INT64_MIN + 1, never, j, k});
                }
            }
        }
        std::sort(wishes.begin(), wishes.end());
        std::sort(open.begin(), open.end());
        auto was = std::map<job_id, cluster::placement>{};
        for (auto const& one : open) was.emplace(one.job, v.intent(one.job));
        auto first = std::vector<std::optional<wish>>(lanes.size()); // in line for leases to end
        auto decided = std::map<job_id, bool>{};
        auto const need = [&](wish const& w) {
            auto asked = v.need(w.job);
            asked.models &= lanes[w.lane];
            return asked;
        };
        auto const fits_later = [&](wish const& w) {
            auto const here = a.checkpoint();
            for (auto j : yields)
                if (v.placed(j)) a.preempt(j);
            auto const fits = static_cast<bool>(place.place(need(w), v.free()));
            a.rollback(here);
            return fits;
        };
        for (auto const& w : wishes) {
            if (decided[w.job]) continue;
            auto const ran = was.find(w.job);
            auto const ran_here = ran != was.end() && accounts_.at(w.job).lane == w.lane;
            auto const here = a.checkpoint();
            auto staged = ran_here && (v.placed(w.job) || v.free().fits(ran->second));
            if (staged && !v.placed(w.job)) staged = a.put(w.job, ran->second) == answer::accepted;
            if (staged && first[w.lane]) yields.push_back(w.job); // it stays until then
            if (!staged) {
                if (v.placed(w.job)) a.preempt(w.job);
                auto where = place.place(need(w), v.free());
                for (auto k = open.size(); !where && k-- != 0;) {
                    if (open[k].lane != w.lane || decided[open[k].job] || !v.placed(open[k].job)) continue;
                    a.preempt(open[k].job);
                    where = place.place(need(w), v.free());
                }
                staged = where && a.put(w.job, *where) == answer::accepted;
                if (staged && first[w.lane]) staged = fits_later(*first[w.lane]);
                if (!staged) a.rollback(here);
                if (!where && !first[w.lane] && fits_later(w)) first[w.lane] = w;
            }
            decided[w.job] = staged;
            if (staged) accounts_.at(w.job).lane = w.lane;
        }
    }

    std::map<job_id, account> accounts_;
    sim_time since_{};
    sim_time next_{};
    bool due_ = true;
};

} // namespace naive

#endif
