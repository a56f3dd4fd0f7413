// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_CONSERVATIVE_HPP
#define ROTA_QUEUEING_CONSERVATIVE_HPP

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
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
#include <rota/queueing/holds.hpp>
#include <rota/queueing/waiting_line.hpp>

namespace rota::queueing {

/// Start-only conservative backfill: every waiting job is promised a start when it arrives, and keeps that hold.
///
/// A hold is the earliest time at which the job's GPUs are free for its whole estimate beside all other holds, on
/// the count of GPUs of one model. Holds never move earlier; but in every pass the first job in order that, its own
/// hold set aside, fits from now on for its whole estimate starts at once. A hold that can no longer be kept, after
/// an overrun or the loss of a node, is given anew. A hold's time is waited for only while as many GPUs as it needs
/// are free, and not once a pass without news has moved it; then it waits for the news of a release.
/// That is another policy than full compression, which slides every hold forward at an early end; it favours small
/// jobs. Counts of GPUs promise what fragmentation may not keep, so it claims no promise.
/// Cost      a pass O(news + runs that do not end as believed + shapes x blocks); see holds for those given anew.
///           Under an estimator that learns O(waiting x blocks of the profile).
/// Source    A. W. Mu'alem, D. G. Feitelson, "Utilization, predictability, workloads, and user runtime estimates in
///           scheduling the IBM SP2 with backfilling", IEEE TPDS 2001 (conservative backfilling). differs: start-only.
template <estimate::estimator Estimator = estimate::user_limit>
class conservative {
public:
    static constexpr claim claims = claim::none;
    static constexpr bool learns = estimate::learning<Estimator>; ///< limits change without news of the job

    conservative() = default;
    explicit conservative(Estimator estimate) : estimate_{std::move(estimate)} {}

    void on(event const& happened, view const& v) {
        estimate::tell(estimate_, happened, v);
        alone_ = alone_ && happened.kind == event_kind::wake;
        if (happened.kind == event_kind::resync) book_.clear();
        else if (happened.about_a_job()) news_.push_back(happened.job);
    }
    [[nodiscard]] millis limit_ms(view const& v, job_id j) const { return estimate_.remaining_ms(v, j); }

    template <class Placement>
    void plan(view const& v, actions& a, Placement const& place, backlog& waiting) {
        book_.reserve(v.submitted());
        if (!alone_) book_.tell();
        if (book_.empty() || learns || !follow(v, waiting)) {
            read(v, a, waiting);
        } else {
            if (ranked_ != waiting.ranked()) book_.list_all(v, waiting);
            book_.mend(v, [&](rank const& who) { hold(v, a, who); });
        }
        ranked_ = waiting.ranked();
        auto fresh = std::vector<rank>{};
        for (auto j : std::exchange(newcomers_, {}))
            if (waiting.contains(v, j)) fresh.push_back({waiting.key_of(v, j), j});
        std::sort(fresh.begin(), fresh.end());
        fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
        for (auto const& one : fresh) hold(v, a, one);
        while (start_first(v, a, place, waiting)) {
        }
        if (auto const next = book_.next_with_room(v); next != never) a.wake_at(next);
        alone_ = true;
    }

private:
    using use = holds::use;

    // --- what was told and what time brings
    /// Brings the book up to date; false where GPUs are gone, and all is to be read anew.
    bool follow(view const& v, backlog const& waiting) {
        if (!book_.advance(v)) return false;
        for (auto j : std::exchange(news_, {})) {
            if (book_.of(j).as == use::hold && waiting.contains(v, j)) continue;
            if (v.placed(j)) {
                believe(v, j);
                continue;
            }
            book_.drop(v, j);
            if (waiting.contains(v, j)) newcomers_.push_back(j);
        }
        for (; !steady_.empty() && steady_.top().first < v.now(); steady_.pop())
            if (auto const j = steady_.top().second; book_.of(j).as == use::run) believe(v, j);
        std::erase_if(loose_, [&](job_id j) {
            if (book_.of(j).loose) believe(v, j);
            return !book_.of(j).loose;
        });
        book_.postpone(v);
        return true;
    }
    /// A placed job holds its GPUs until the end that is believed now.
    void believe(view const& v, job_id j) {
        auto const from = v.state(j).accrues_from;
        auto const end = std::max(
            (from == never ? v.now() : std::max(v.now(), from)) + estimate_.remaining_ms(v, j), v.now() + 1);
        book_.run(v, j, v.free().of(v.intent(j).front().node).model, v.intent(j).gpus(), end);
        auto const until = std::min(estimate::steady_until(estimate_, v, j), sim_time{index(end) - 1});
        auto& loose = book_.of(j).loose;
        if (until > v.now()) steady_.push({until, j});
        else if (!loose) loose_.push_back(j);
        loose = until <= v.now();
    }
    /// Reads the view. Those that hold a time keep it, in order, as long as it fits behind those before.
    void read(view const& v, actions& a, backlog const& waiting) {
        auto held = std::vector<std::pair<rank, holds::part>>{};
        book_.each_hold([&](sim_time, job_id j) {
            if (waiting.contains(v, j)) held.push_back({{waiting.key_of(v, j), j}, book_.of(j)});
        });
        book_.reset(v);
        news_.clear();
        newcomers_.clear();
        loose_.clear();
        steady_ = {};
        for (auto j : v.jobs())
            if (v.placed(j)) believe(v, j);
        std::sort(held.begin(), held.end(), [](auto const& x, auto const& y) { return x.first < y.first; });
        for (auto const& [who, one] : held) {
            auto const length = estimate_.remaining_ms(v, who.job);
            if (book_.fits(v, one, one.at, length))
                book_.keep(v, who, one.model, one.at, length, book_.asleep(one));
            else hold(v, a, who);
        }
        waiting.each([&](job_id j) {
            if (book_.of(j).as == use::none) newcomers_.push_back(j);
        });
    }
    /// The earliest time there is; none where too many nodes are down.
    void hold(view const& v, actions& a, rank const& who) {
        auto const& need = v.need(who.job);
        auto const length = estimate_.remaining_ms(v, who.job);
        auto best = std::pair{never, gpu_model{}};
        for (auto m = 0; m != v.free().models(); ++m)
            if (auto const model = static_cast<gpu_model>(m); need.accepts(model))
                if (auto const at = book_.earliest(v, model, need.gpus_max, length); at < best.first)
                    best = {at, model};
        if (best.first == never) return newcomers_.push_back(who.job);
        book_.keep(v, who, best.second, best.first, length, alone_);
        a.promise(who.job, best.first);
    }

    // --- starts
    /// Starts the first in order that fits, if there is one.
    template <class Placement>
    bool start_first(view const& v, actions& a, Placement const& place, backlog& waiting) {
        refused_.assign(book_.shapes() * book_.models(), false);
        for (;;) {
            auto const first = book_.first_that_fits(
                v, place, [&](std::size_t s, std::size_t m) { return refused_[s * book_.models() + m]; });
            if (first == backlog::no_job) return false;
            if (start(v, a, place, first.job)) {
                waiting.erase(v, first.job);
                return true;
            }
        }
    }
    template <class Placement>
    bool start(view const& v, actions& a, Placement const& place, job_id j) {
        auto const held = book_.of(j);
        for (auto m = std::size_t{0}; m != book_.models();
             ++m) { // the first with room may be promised to others
            auto only = v.need(j);
            only.models &= std::uint32_t{1} << m;
            auto const until = book_.last(v, m, held.gpus);
            auto const own = m == index(held.model) && until >= v.now() && held.at <= until;
            if (only.models == 0 || !(own || v.now() + held.length <= until)) continue;
            auto const where = place.place(only, v.free());
            if (!where || a.start(j, *where) != answer::accepted) {
                refused_[v.state(j).shape * book_.models() + m] = true;
                continue;
            }
            book_.run(v, j, static_cast<gpu_model>(m), held.gpus, v.now() + held.length);
            book_.of(j).loose = true;
            loose_.push_back(j);
            return true;
        }
        return false;
    }

    Estimator estimate_{};
    holds book_;
    std::vector<job_id> news_;      ///< since the last pass
    std::vector<job_id> newcomers_; ///< waiting without a hold
    std::vector<job_id> loose_;     ///< runs whose end is believed anew in every pass
    std::vector<bool> refused_;     ///< [shapes][models] no placement since the last start
    std::priority_queue<holds::timed, std::vector<holds::timed>, std::greater<>>
        steady_; ///< until when an end is believed
    std::uint64_t ranked_ = 0;
    bool alone_ = false; ///< no news since the last pass: time brought this one
};

conservative() -> conservative<>;
template <class Estimator>
conservative(Estimator) -> conservative<Estimator>;

} // namespace rota::queueing

#endif
