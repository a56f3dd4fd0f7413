// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_NAIVE_CONSERVATIVE_HPP
#define ROTA_PROPERTY_QUEUEING_NAIVE_CONSERVATIVE_HPP

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/queueing/backlog.hpp>

namespace naive {

using namespace rota;
using queueing::backlog;
using queueing::rank;

/// How many GPUs of a pool are in use at every time to come: a step function of integers.
///
/// Cost      O(steps) a query, O(log steps) a change.
class profile {
public:
    explicit profile(std::int64_t capacity) noexcept : capacity_{capacity} {}

    /// `gpus` more in use over [from, until); less if negative.
    void add(sim_time from, sim_time until, std::int64_t gpus) {
        change(from, gpus);
        if (until != never) change(until, -gpus);
    }
    /// The earliest time >= from at which `gpus` are free for `length`; never if there is none.
    [[nodiscard]] sim_time earliest(std::int64_t gpus, millis length, sim_time from) const {
        if (gpus > capacity_) return never;
        auto used = std::int64_t{0};
        auto at = from;
        for (auto step = steps_.begin(); step != steps_.end(); ++step) {
            if (step->first >= at + length) return at;
            used += step->second;
            auto const next = std::next(step);
            auto const until = next == steps_.end() ? never : next->first;
            if (until > at && used + gpus > capacity_) at = std::max(at, until);
            if (at == never) return never;
        }
        return at;
    }
    [[nodiscard]] bool fits(std::int64_t gpus, millis length, sim_time at) const {
        return earliest(gpus, length, at) == at;
    }

private:
    void change(sim_time at, std::int64_t gpus) {
        auto const step = steps_.try_emplace(at, 0).first;
        if ((step->second += gpus) == 0) steps_.erase(step);
    }

    std::int64_t capacity_;
    std::map<sim_time, std::int64_t> steps_; ///< change of the GPUs in use
};

/// Start-only conservative backfill by definition: the profile is made anew in every pass, hold by hold.
template <estimate::estimator Estimator = estimate::user_limit>
class conservative {
public:
    static constexpr claim claims = claim::none;

    conservative() = default;
    explicit conservative(Estimator estimate) : estimate_{std::move(estimate)} {}

    void on(event const& happened, view const& v) {
        estimate::tell(estimate_, happened, v);
        if (happened.kind != event_kind::wake)
            for (auto& [j, one] : holds_) one.asleep = false;
        alone_ = alone_ && happened.kind == event_kind::wake;
        if (happened.kind == event_kind::resync) holds_.clear();
        else if (happened.about_a_job() && happened.after != phase::waiting) holds_.erase(happened.job);
    }
    [[nodiscard]] millis limit_ms(view const& v, job_id j) const { return estimate_.remaining_ms(v, j); }

    template <class Placement>
    void plan(view const& v, actions& a, Placement const& place, backlog& waiting) {
        auto pools = std::vector<profile>{};
        for (auto m = 0; m != v.free().models(); ++m)
            pools.emplace_back(v.free().open_gpus(static_cast<gpu_model>(m)));
        for (auto j : v.jobs())
            if (v.placed(j)) {
                auto const from = v.state(j).accrues_from;
                auto const end =
                    (from == never ? v.now() : std::max(v.now(), from)) + estimate_.remaining_ms(v, j);
                auto& pool = pools[index(v.free().of(v.intent(j).front().node).model)];
                pool.add(v.now(), std::max(end, v.now() + 1), v.intent(j).gpus());
            }
        auto order = std::vector<rank>{};
        waiting.each([&](job_id j) { order.push_back({waiting.key_of(v, j), j}); });
        std::sort(order.begin(), order.end());
        // those that hold a time keep it; newcomers get theirs behind them
        for (auto const newcomers : {false, true})
            for (auto const& one : order)
                if ((holds_.find(one.job) == holds_.end()) == newcomers) hold(v, a, pools, one.job);
        for (auto again = true; again;) {
            again = false;
            for (auto one = order.begin(); one != order.end(); ++one) {
                if (!try_start(v, a, place, pools, one->job)) continue;
                waiting.erase(v, one->job);
                order.erase(one);
                again = true; // the first in order again: its chances may have changed
                break;
            }
        }
        // with too few GPUs free, or moved by time alone, it waits for news, not for a time
        for (auto const& one : order)
            if (auto const at = holds_.find(one.job); at != holds_.end() && at->second.at > v.now() &&
                                                      !at->second.asleep && enough_free(v, one.job))
                a.wake_at(at->second.at);
        alone_ = true;
    }

private:
    struct held {
        sim_time at;
        gpu_model model;
        bool asleep = false;
    };

    static bool enough_free(view const& v, job_id j) {
        auto found = false;
        for (auto m = 0; m != v.free().models(); ++m)
            found = found || (v.need(j).accepts(static_cast<gpu_model>(m)) &&
                              (v.need(j).milli != whole_gpu ||
                               v.free().free_gpus(static_cast<gpu_model>(m)) >= v.need(j).gpus_max));
        return found;
    }
    void hold(view const& v, actions& a, std::vector<profile>& pools, job_id j) {
        auto const& need = v.need(j);
        auto const length = estimate_.remaining_ms(v, j);
        auto known = holds_.find(j);
        if (known != holds_.end()) {
            auto const at = std::max(known->second.at, v.now());
            if (pools[index(known->second.model)].fits(need.gpus_max, length, at)) {
                pools[index(known->second.model)].add(at, at + length, need.gpus_max);
                return;
            }
        }
        auto best = held{never, {}, alone_};
        for (auto m = 0; m != v.free().models(); ++m)
            if (auto const model = static_cast<gpu_model>(m); need.accepts(model))
                if (auto const at =
                        pools[static_cast<std::size_t>(m)].earliest(need.gpus_max, length, v.now());
                    at < best.at)
                    best = {at, model, alone_};
        if (best.at == never) { // too many nodes are down
            holds_.erase(j);
            return;
        }
        holds_.insert_or_assign(j, best);
        pools[index(best.model)].add(best.at, best.at + length, need.gpus_max);
        a.promise(j, best.at);
    }
    template <class Placement>
    bool try_start(view const& v, actions& a, Placement const& place, std::vector<profile>& pools, job_id j) {
        auto const& need = v.need(j);
        auto const length = estimate_.remaining_ms(v, j);
        auto const known = holds_.find(j);
        auto const from = known == holds_.end() ? v.now() : std::max(known->second.at, v.now());
        auto* const own = known == holds_.end() ? nullptr : &pools[index(known->second.model)];
        if (own != nullptr) own->add(from, from + length, -std::int64_t{need.gpus_max});
        for (auto m = 0; m != v.free().models(); ++m) { // the first model with room may be promised to others
            auto only = need;
            only.models &= std::uint32_t{1} << m;
            auto& pool = pools[static_cast<std::size_t>(m)];
            if (only.models == 0 || !pool.fits(need.gpus_max, length, v.now())) continue;
            auto const where = place.place(only, v.free());
            if (!where || a.start(j, *where) != answer::accepted) continue;
            pool.add(v.now(), v.now() + length, need.gpus_max);
            holds_.erase(j);
            return true;
        }
        if (own != nullptr) own->add(from, from + length, need.gpus_max);
        return false;
    }

    Estimator estimate_{};
    std::map<job_id, held> holds_;
    bool alone_ = false; ///< no news since the last pass
};

} // namespace naive

#endif
