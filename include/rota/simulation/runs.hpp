// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_RUNS_HPP
#define ROTA_SIMULATION_RUNS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/progress.hpp>
#include <rota/job/progress_table.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/event_heap.hpp>
#include <rota/simulation/results.hpp>

namespace rota::simulation {

/// The truth about every job: how far it has come, its present run, and what became of it so far.
class runs {
public:
    explicit runs(job::workload const& of) : works_{&of.works}, progress_(of), results_(of.size()) {}

    [[nodiscard]] job::progress_table const& progress() const noexcept { return progress_; }
    [[nodiscard]] simulation::results const& results() const noexcept { return results_; }
    [[nodiscard]] simulation::results& results() noexcept { return results_; }
    [[nodiscard]] bool works(job_id j) const noexcept { return progress_.of(j).run_from != never; }
    /// Ended in truth, though the books may not know yet.
    [[nodiscard]] bool over(job_id j) const noexcept {
        return progress_.begun(j) ? state_[progress_.slot(j)].over
                                  : progress_.slot(j) == job::progress_table::done;
    }
    /// Counts the runs: news of an older one is void. 0 before the first and after the last.
    [[nodiscard]] std::uint32_t number(job_id j) const noexcept {
        return progress_.begun(j) ? state_[progress_.slot(j)].number : 0;
    }

    /// The job holds its devices from now on and works after `pause`.
    void begin(job_id j, sim_time now, std::int64_t rate, millis pause) {
        auto const first = progress_.open(j);
        if (state_.size() < progress_.slots()) state_.resize(progress_.slots());
        auto& p = progress_.at(j);
        auto& s = state_[progress_.slot(j)];
        p.rate = rate;
        p.run_from = now + pause;
        p.halt_at = never;
        s = {now, (first ? 0 : s.number) + 1, false};
        results_.starts(j, now);
        if (p.ends_at() != never) ends_.push({p.ends_at(), index(j), s.number});
        if (ends_.size() > 2 * state_.size() + 64) // more void ones than there are jobs under way
            ends_.sweep([this](completion const& one) { return counts(one); });
    }
    /// It works until then at the latest.
    void stop_working_at(job_id j, sim_time at) noexcept {
        if (progress_.begun(j)) progress_.at(j).halt_at = std::min(progress_.at(j).halt_at, at);
    }
    /// The present run is over: its work is kept, or lost back to the last multiple of `checkpoint_every_ms`.
    void halt(job_id j, sim_time now, bool lose, millis checkpoint_every_ms) {
        if (!progress_.begun(j)) return;
        auto& p = progress_.at(j);
        auto& s = state_[progress_.slot(j)];
        if (p.run_from == never) return;
        auto const done = p.done(now);
        auto const useful = std::max<millis>(0, std::min(now, p.halt_at) - p.run_from);
        auto const every = checkpoint_every_ms * 1000;
        auto const lost = !lose ? 0 : every != 0 ? done % every : done;
        auto const held = now - s.held_from;
        auto const lost_ms = lost != 0 ? lost / p.rate : 0; // in time at this run's rate, rounded down
        results_.add(j, held, held - useful, lost_ms);
        p.left -= done - lost;
        p.run_from = p.halt_at = never;
        ++s.number;
    }
    /// Nothing of it is left to do, or its process is gone.
    void end(job_id j, bool complete) {
        if (complete) progress_.close(j);
        else if (progress_.begun(j)) state_[progress_.slot(j)].over = true;
    }

    /// When the next run ends by itself.
    [[nodiscard]] sim_time next_end() {
        while (!ends_.empty() && !counts(ends_.top())) ends_.pop();
        if (ends_.empty()) return never;
        results_.prefetch(job_id{ends_.top().job});
        __builtin_prefetch(&(*works_)[ends_.top().job]);
        return ends_.top().at;
    }
    /// The next job whose run ends at `now`; a job that is already saving its state does not end.
    [[nodiscard]] std::optional<job_id> pop_end(sim_time now) {
        while (next_end() == now) {
            auto const j = job_id{ends_.top().job};
            ends_.pop();
            if (now <= progress_.at(j).halt_at) return j;
        }
        return std::nullopt;
    }

private:
    struct state { ///< of the present run
        sim_time held_from = never;
        std::uint32_t number = 0;
        bool over = false;
    };
    struct completion { ///< many and lean
        sim_time at;
        std::uint32_t job;
        std::uint32_t number;
        [[nodiscard]] uint128 order() const noexcept { // one comparison, no branch
            return uint128{static_cast<std::uint64_t>(index(at))} << 64 | job;
        }
        [[nodiscard]] bool before(completion const& b) const noexcept { return order() < b.order(); }
    };

    /// It is of the job's present run.
    [[nodiscard]] bool counts(completion const& one) const noexcept {
        return one.number == number(job_id{one.job});
    }

    std::vector<job::work> const* works_;
    job::progress_table progress_;
    std::vector<state> state_; ///< [slots of progress_]
    simulation::results results_;
    event_heap<completion> ends_;
};

} // namespace rota::simulation

#endif
