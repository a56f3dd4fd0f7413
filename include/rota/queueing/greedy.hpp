// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_GREEDY_HPP
#define ROTA_QUEUEING_GREEDY_HPP

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <queue>
#include <type_traits>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/queueing/backlog.hpp>
#include <rota/queueing/concepts.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/shape_table.hpp>
#include <rota/queueing/wake_filter.hpp>

namespace rota::queueing {

/// Sort, then place: starts waiting jobs in an order, under a discipline that says who may pass whom.
///
/// Event-driven: never walks the active jobs. Jobs with equal requests fit together or not at all, so a
/// pass asks each shape at most once, and a shape that does not fit is not asked again before something was
/// released.
/// Cost      an event O(log waiting + shapes); a start as its placement.
/// Source    the greedy pass that Tiresias, Helios, Blox, Slurm and Kueue share; the discipline names its
///           own.
template <order Order = queueing::fifo, class Discipline = skip_ahead>
class greedy {
public:
    using order_type = Order;
    /// Backfill starts whom it may, not the first that fits.
    static constexpr claim claims = [] {
        constexpr auto in_order = std::same_as<Discipline, strict> || std::same_as<Discipline, skip_ahead>;
        constexpr auto first_come = std::same_as<Order, queueing::fifo>;
        auto all = Discipline::claims;
        if (in_order) all = all | claims_of<Order>();
        if (first_come && std::same_as<Discipline, strict>) all = all | claim::strict_fifo;
        if (first_come && has(all, claim::head_never_waits)) all = all | claim::bounded_wait;
        constexpr auto wakes = requires(Order const& o, view const& v, job_id j) { o.stale_at(v, j); } ||
                               requires(Order const& o) { o.refresh_ms; };
        return wakes ? without(all, claim::event_driven) : all;
    }();

    greedy() = default;
    explicit greedy(Order by, Discipline how = {}) : by_{std::move(by)}, how_{std::move(how)} {}

    [[nodiscard]] Order const& by() const noexcept { return by_; }

    template <class Preemption>
    void on(event const& happened, view const& v, Preemption& evict) {
        tell(by_, happened, v);
        if constexpr (informed) how_.on(happened, v);
        if (happened.kind == event_kind::resync) {
            shapes_ = {}; // numbers of shapes may be others now
            risen_ = {};
            waiting_.clear();
            timers_ = {};
            due_.clear();
            for (auto j : v.jobs()) {
                if (v.waiting(j)) insert(v, j);
                watch(v, j);
            }
        } else if (happened.about_a_job()) {
            auto const waits = happened.after == phase::waiting && v.waiting(happened.job);
            if (waits) insert(v, happened.job);
            else waiting_.erase(v, happened.job);
            if (happened.kind != event_kind::submitted) {
                watch(v, happened.job);
                released_ |= happened.kind != event_kind::started;
            }
        } else {
            released_ |= happened.kind != event_kind::wake;
        }
        evict.on(happened, v, by_);
    }

    template <placement::policy Placement, class Preemption>
    void decide(view const& v, actions& a, Placement const& place, Preemption& evict) {
        if (waiting_.size() == 0 && timers_.size() <= 2 * v.rows())
            return; // ranks wait for somebody to compare with
        refresh(v, evict);
        if (waiting_.size() == 0) return;
        if constexpr (requires { how_.plan(v, a, place, waiting_); }) {
            how_.plan(v, a, place, waiting_);
        } else if constexpr (Preemption::follows(std::type_identity<Order>{})) {
            run(v, a, place, evict);
            if constexpr (requires { how_.backfill(v, a, place, waiting_); })
                if (waiting_.size() != 0) how_.backfill(v, a, place, waiting_);
        } else {
            run_one_by_one(v, a, place, evict);
        }
        if (std::exchange(refusals_, waiting_.refusals()) != waiting_.refusals())
            risen_.forget_what_was_taken(v.free());
        wake(v, a);
    }

private:
    static constexpr bool informed = requires(Discipline& d, event const& e, view const& v) { d.on(e, v); };
    static constexpr bool limits_move = requires { requires Discipline::learns; };
    static constexpr bool has_timers =
        requires(Order const& o, view const& v, job_id j) { o.stale_at(v, j); };

    void insert(view const& v, job_id j) {
        auto limit = millis{0};
        if constexpr (informed) limit = how_.limit_ms(v, j);
        waiting_.insert(v, j, by_.key(v, j), limit);
    }
    template <class Placement, class Preemption>
    [[nodiscard]] bool start(view const& v, actions& a, Placement const& place, Preemption& evict, job_id j) {
        auto started = false;
        if (shapes_.may_fit<Placement>(v, v.state(j).shape, v.free()))
            if (auto const where = place.place(v.need(j), v.free()); where)
                started = a.start(j, *where) == answer::accepted;
        if (!started && evict.start(v, a, place, by_, j)) {
            started = released_ = true;
            // whoever was started by this very pass is waiting again, and nobody will be told
            if constexpr (requires { evict.victims(); })
                for (auto victim : evict.victims())
                    if (v.waiting(victim)) insert(v, victim);
        }
        if (!started) return false;
        waiting_.erase(v, j);
        evict.started(v, j, by_);
        if constexpr (requires { how_.started(v, j); }) how_.started(v, j);
        return true;
    }
    /// In order; what did not fit before is asked again only after a release.
    template <class Placement, class Preemption>
    void run(view const& v, actions& a, Placement const& place, Preemption& evict) {
        for (;;) {
            if (std::exchange(released_, false) && waiting_.shut_shapes() != 0) reopen(v, place, evict);
            auto const next = waiting_.first();
            if (next == backlog::no_job) return;
            auto const shape = v.state(next.job).shape;
            if (!waiting_.is_shut(shape) && start(v, a, place, evict, next.job)) continue;
            waiting_.shut(shape);
            if constexpr (!std::same_as<Discipline, skip_ahead>) return;
        }
    }
    /// Opens the shapes whose first job may start now, after something was released.
    template <class Placement, class Preemption>
    void reopen(view const& v, Placement const& place, Preemption& evict) {
        if constexpr (std::same_as<Discipline,
                                   strict>) { // one after the other is asked, up to the first that waits
            waiting_.open_all();
            return evict.all_asked(v);
        }
        risen_.template look<Placement>(v, shapes_, waiting_.shapes(), [&](gpu_model model, int k) {
            if constexpr (requires { evict.gains_up_to(v, by_, model, k); })
                return evict.gains_up_to(v, by_, model, k);
            else return wake_filter::any_key;
        });
        waiting_.each_shut([&](std::uint32_t s) {
            auto const [key, head] = waiting_.head(s);
            if ((risen_.may_fit(s) && shapes_.may_fit<Placement>(v, s, v.free())) ||
                (risen_.may_gain(s, key) && evict.may_start(v, place, by_, head, key)))
                waiting_.open(s);
        });
        evict.all_asked(v);
    }
    /// For a preemption that ranks jobs otherwise than the queue: a job behind may evict where one before
    /// could not.
    template <class Placement, class Preemption>
    void run_one_by_one(view const& v, actions& a, Placement const& place, Preemption& evict) {
        auto all = std::vector<rank>{};
        waiting_.each([&](job_id j) { all.push_back({waiting_.key_of(v, j), j}); });
        std::sort(all.begin(), all.end());
        for (auto const& one : all)
            if (!start(v, a, place, evict, one.job) && !std::same_as<Discipline, skip_ahead>) return;
    }

    // --- keys that step without an event
    struct timer {
        sim_time at;
        job_id job;
        friend bool operator>(timer const& a, timer const& b) noexcept {
            return a.at != b.at ? a.at > b.at : a.job > b.job;
        }
    };
    void watch(view const& v, job_id j) {
        if constexpr (has_timers) {
            auto const row = v.row(j);
            if (due_.size() <= row) due_.resize(v.rows(), never);
            auto const at = v.state(j).over ? never : by_.stale_at(v, j);
            if (due_[row] == at) return;
            due_[row] = at;
            if (at != never) timers_.push({at, j});
        }
    }
    template <class Preemption>
    void refresh(view const& v, Preemption& evict) {
        if constexpr (has_timers) {
            while (!timers_.empty() && timers_.top().at <= v.now()) {
                auto const [at, j] = timers_.top();
                timers_.pop();
                if (due_[v.row(j)] != at) continue;
                due_[v.row(j)] = never;
                if constexpr (requires { by_.refreshed(v, j); }) by_.refreshed(v, j);
                if (waiting_.contains(v, j)) insert(v, j);
                else evict.ranked_anew(v, j, by_);
                released_ = true; // a job that sank may now give way
                watch(v, j);
            }
        }
        if (auto const every = refresh_of(by_); every > 0 && index(v.now()) / every != refreshed_) {
            refreshed_ = index(v.now()) / every;
            waiting_.rank_anew(
                v,
                [&](job_id j, [[maybe_unused]] millis& limit_ms) {
                    if constexpr (limits_move) limit_ms = how_.limit_ms(v, j);
                    return by_.key(v, j);
                },
                [&](job_id j) { return !limits_move && settled(by_, v, j); });
            released_ = true;
        }
    }
    void wake(view const& v, actions& a) {
        if constexpr (has_timers) {
            while (!timers_.empty() && due_[v.row(timers_.top().job)] != timers_.top().at) timers_.pop();
            if (!timers_.empty()) a.wake_at(timers_.top().at);
        }
        if (auto const every = refresh_of(by_); every > 0 && waiting_.size() != 0)
            a.wake_at(sim_time{(index(v.now()) / every + 1) * every});
    }

    Order by_{};
    Discipline how_{};
    backlog waiting_{std::same_as<Discipline, skip_ahead>};
    std::uint64_t refusals_ = 0;
    shape_table shapes_;
    bool released_ = false;
    wake_filter risen_;
    std::priority_queue<timer, std::vector<timer>, std::greater<>> timers_;
    std::vector<sim_time> due_; ///< [rows] the timer that counts
    std::int64_t refreshed_ = -1;
};

template <class Order>
greedy(Order) -> greedy<Order>;
template <class Order, class Discipline>
greedy(Order, Discipline) -> greedy<Order, Discipline>;
greedy() -> greedy<>;

} // namespace rota::queueing

#endif
