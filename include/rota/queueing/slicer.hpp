// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SLICER_HPP
#define ROTA_QUEUEING_SLICER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/queueing/deficits.hpp>

namespace rota::queueing {

/// Makes shares of time whole: whoever is owed the most useful time gets devices for a lease.
///
/// A lane is a mask of GPU models that are shared out together; a job has a share of the time of each lane.
/// A lease is useful time, so a slow start or restore never eats it, and nobody is stopped within it. Whoever
/// is owed most and only waits for leases to end is not overtaken by a start that would keep it waiting
/// longer. Idle devices are filled; a job owes at most one quantum for that, and is owed at most
/// limit_quanta.
/// Expects   quantum_ms well above the cost of a stop and a restart; lanes do not overlap.
/// Cost      a turn O(jobs x lanes), while anybody waits O(wishes log wishes + GPUs leased) and placements that
///           fail once for each request and change of the plan.
/// Source    J. K. Ousterhout, "Scheduling techniques for concurrent systems", ICDCS 1982 (gangs in turns,
///           holes filled); D. Narayanan et al., "Heterogeneity-aware cluster scheduling policies for deep
///           learning workloads", OSDI 2020, section 5 (deficits). differs: leases a job instead of rounds.
class slicer {
public:
    millis quantum_ms = 60'000;
    std::int64_t limit_quanta = 8;

    void on(event const& happened, view const&) {
        if (happened.kind == event_kind::resync) accounts_.clear();
        if (happened.about_a_job() && happened.after == phase::ended) accounts_.leave(happened.job);
        due_ |= happened.about_a_job() ? happened.after == phase::waiting || happened.after == phase::ended
                                       : happened.kind != event_kind::wake;
    }

    /// share(job, lane) -> std::int64_t: thousandths of the time that the job shall run on that lane.
    template <placement::policy Placement, class Share>
    void share_out(view const& v, actions& a, Placement const& place, std::span<std::uint32_t const> lanes,
                   Share share) {
        if (!due_ && v.now() < next_) return a.wake_at(next_); // nothing changes between turns
        due_ = false;
        next_ = v.jobs().empty() ? never : v.now() + quantum_ms;
        if (settle(v, lanes, share)) turn(v, a, place, lanes);
        if (next_ != never) a.wake_at(next_);
    }
    /// Thousandths of a ms that the job is owed on the lane, as of the last turn.
    [[nodiscard]] std::int64_t owed(job_id j, std::size_t lane) const { return accounts_.owed_to(j, lane); }
    /// GPU-milli that all jobs ask for; for share(), too.
    [[nodiscard]] std::int64_t asked_milli() const noexcept { return accounts_.asked_milli(); }

private:
    struct standing {           ///< of an account, in this turn
        bool open = false;      ///< it runs, and its lease is over
        bool decided = false;   ///< where it runs from this turn on
        cluster::placement was; ///< before it was stopped
    };
    struct wish {
        std::int64_t owed;
        sim_time submit;
        job_id job;
        std::uint32_t lane;
        std::uint32_t slot;
        bool operator<(wish const& b) const noexcept {
            if (owed != b.owed) return owed > b.owed;
            return std::tuple{submit, job, lane} < std::tuple{b.submit, b.job, b.lane};
        }
    };

    /// Settles, and collects the wishes. False where everybody whose lease is over stays, and nobody waits.
    template <class Share>
    [[nodiscard]] bool settle(view const& v, std::span<std::uint32_t const> lanes, Share& share) {
        wishes_.clear();
        open_.clear();
        leased_.clear();
        auto changes = false;
        auto const quantum = 1000 * quantum_ms;
        accounts_.settle(v, lanes, quantum, limit_quanta * quantum, share, [&](std::uint32_t slot) {
            auto const& one = accounts_[slot];
            auto const& state = v.state(one.job);
            if (seats_.size() <= slot) seats_.resize(slot + 1);
            auto& seat = seats_[slot];
            seat.open = seat.decided = false;
            shapes_ = std::max<std::size_t>(shapes_, state.shape + 1);
            auto stay = wish{INT64_MIN + 1, never, one.job, one.lane, slot};
            if (v.placed(one.job)) {
                auto const over = state.accrues_from + quantum_ms;
                if (v.where(one.job) != phase::running || v.now() < over) {
                    leased_.push_back(one.job);
                    if (state.accrues_from != never && over > v.now()) // else it is on its way
                        next_ = std::min(next_, over);
                    return;
                }
                seat.open = true;
                if (accounts_.share(slot, one.lane) > 0) {
                    stay.owed = accounts_.owed(slot, one.lane);
                    stay.submit = one.submit;
                }
                open_.push_back(stay);
            } else if (!v.waiting(one.job)) {
                return;
            }
            for (auto k = std::uint32_t{0}; k != lanes.size(); ++k) {
                if (accounts_.share(slot, k) <= 0) continue;
                wishes_.push_back({accounts_.owed(slot, k), one.submit, one.job, k, slot});
                changes |= !seat.open || (k != one.lane && wishes_.back() < stay);
            }
        });
        return changes;
    }

    // --- a turn
    template <class Placement>
    void turn(view const& v, actions& a, Placement const& place, std::span<std::uint32_t const> lanes) {
        std::sort(wishes_.begin(), wishes_.end());
        std::sort(open_.begin(), open_.end());
        first_.assign(lanes.size(), std::nullopt);
        cells_.assign(shapes_ * lanes.size(), {});
        most_known_ = later_known_ = false;
        version_ = 1;
        for (auto const& w : wishes_) {
            auto& seat = seats_[w.slot];
            if (seat.decided) continue;
            seat.decided = (seat.open && accounts_[w.slot].lane == w.lane && stay(v, a, w)) ||
                           start(v, a, place, lanes, w);
            if (seat.decided) accounts_[w.slot].lane = w.lane;
        }
    }
    /// It goes on where it ran, if that is not given away.
    bool stay(view const& v, actions& a, wish const& w) {
        auto const went = !v.placed(w.job);
        if (went && !v.free().fits(seats_[w.slot].was)) return false;
        if (went && a.put(w.job, seats_[w.slot].was) != answer::accepted) return false;
        auto const& where = v.intent(w.job);
        if (most_known_) most_->take(where);
        if (went && later_known_) later_->take(where);
        if (!first_[w.lane]) return true;
        later_->give(where); // it yields to the first in line
        ++version_;
        return true;
    }
    template <class Placement>
    bool start(view const& v, actions& a, Placement const& place, std::span<std::uint32_t const> lanes,
               wish const& w) {
        auto& cell = cells_[v.state(w.job).shape * lanes.size() + w.lane];
        if (!seats_[w.slot].open && cell.failed == version_) return false;
        auto asked = v.request_of(v.state(w.job).shape);
        asked.models &= lanes[w.lane];
        if (!cell.refused) cell.refused = !fits(place, asked, with_all_open(v));
        auto const fitted = !cell.refused && displace(v, a, place, asked, w);
        if (cell.refused && !first_[w.lane] && fits(place, asked, with_leases_over(v))) {
            first_[w.lane] = asked;
            ++version_;
        }
        if (!fitted) cell.failed = version_;
        return fitted;
    }
    /// Starts it, in the place of those who are owed least; not if the first in line would wait longer for it.
    template <class Placement>
    bool displace(view const& v, actions& a, Placement const& place, job::request const& asked,
                  wish const& w) {
        auto const here = a.checkpoint();
        gone_.clear();
        auto const stop = [&](job_id j, std::uint32_t slot) {
            seats_[slot].was = v.intent(j);
            gone_.push_back(slot);
            a.preempt(j);
        };
        if (v.placed(w.job)) stop(w.job, w.slot);
        auto const done = [&](wish const& o) { return seats_[o.slot].decided || !v.placed(o.job); };
        auto where = find(place, asked, v.free());
        for (auto k = open_.size(); !where && k-- != 0;) {
            if (open_[k].lane != w.lane || done(open_[k])) continue;
            stop(open_[k].job, open_[k].slot);
            where = find(place, asked, v.free());
        }
        auto staged = where && a.put(w.job, *where) == answer::accepted;
        if (staged && later_known_) {
            later_->begin();
            for (auto slot : gone_) later_->give(seats_[slot].was);
            later_->take(*where);
            staged = !first_[w.lane] || fits(place, *first_[w.lane], *later_);
            if (!staged) later_->rollback(0);
            later_->end();
        }
        if (!staged) {
            a.rollback(here);
            return false;
        }
        if (most_known_) most_->take(*where);
        while (!open_.empty() && done(open_.back())) open_.pop_back();
        ++version_;
        return true;
    }

    template <class Placement>
    [[nodiscard]] static placement::outcome find(Placement const& place, job::request const& asked,
                                                 cluster::ledger const& free) {
        return placement::may_fit(place, asked, free) ? place.place(asked, free) : placement::refusal::busy;
    }
    template <class Placement>
    [[nodiscard]] static bool fits(Placement const& place, job::request const& asked,
                                   cluster::ledger const& free) {
        return static_cast<bool>(find(place, asked, free));
    }
    /// What is free if everybody whose lease is over leaves, but for those that were decided to stay.
    cluster::ledger const& with_all_open(view const& v) {
        if (std::exchange(most_known_, true)) return *most_;
        most_ = v.free();
        most_->end();
        for (auto const& one : open_)
            if (!seats_[one.slot].decided && v.placed(one.job)) most_->give(v.intent(one.job));
        return *most_;
    }
    /// What is free when the leases are over, and nobody stays for longer.
    cluster::ledger const& with_leases_over(view const& v) {
        if (std::exchange(later_known_, true)) return *later_;
        later_ = v.free();
        later_->end();
        for (auto j : leased_) later_->give(v.intent(j));
        return *later_;
    }

    struct chance {               ///< a request on a lane
        std::uint64_t failed = 0; ///< the version of the plan for which it found no place
        bool refused = false;     ///< whoever may be stopped
    };

    deficits accounts_;
    sim_time next_{};
    bool due_ = true;

    std::size_t shapes_ = 0; ///< of the jobs seen

    // of a turn; kept for their memory
    std::vector<wish> wishes_;
    std::vector<wish> open_;          ///< running jobs whose lease is over, with the wish to stay
    std::vector<job_id> leased_;      ///< leased
    std::vector<standing> seats_;     ///< [accounts]
    std::vector<std::uint32_t> gone_; ///< stopped for a start
    std::vector<std::optional<job::request>> first_; ///< [lanes] in line for leases to end
    std::vector<chance> cells_;                      ///< [shapes][lanes]
    std::optional<cluster::ledger> most_;
    std::optional<cluster::ledger> later_;
    std::uint64_t version_ = 0;
    bool most_known_ = false;
    bool later_known_ = false;
};

} // namespace rota::queueing

#endif
