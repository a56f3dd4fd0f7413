// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_RANKING_HPP
#define ROTA_VERIFY_RANKING_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// Who goes before whom in the order that is claimed, as far as a log can tell.
///
/// Premises  run times and what is left of them: exact limits and no interruptions; attained service: its steps are named.
class ranking {
public:
    /// by: one of the keyed orders, or several of them, of which the first counts.
    ranking(subject const& of, claim by) : of_{&of}, served_(of.jobs.size(), 0) {
        for (auto one : std::array{claim::by_submission, claim::by_limit, claim::by_time_left,
                                   claim::by_service, claim::by_priority})
            if (by_ == claim::none && has(by, one)) by_ = one;
        auto const& given = of.given;
        auto const timed = by_ == claim::by_limit || by_ == claim::by_time_left;
        if ((timed && !(given.exact_limits && given.no_interruptions)) ||
            (by_ == claim::by_service && !given.steps.known()))
            by_ = claim::none;
    }

    [[nodiscard]] bool known() const noexcept { return by_ != claim::none; }
    /// The key of a running job grows while nothing happens.
    [[nodiscard]] bool sinks() const noexcept { return by_ == claim::by_service; }
    /// Counts what a job has held. Before the record is applied.
    void count(log::record const& what, replay const& state) {
        if (!log::about_a_job(what.kind) || state.job(what.job).run == nullptr) return;
        using log::kind;
        if (is_end_of_hold(what.kind)) served_[what.job] += held_milli_ms(what.job, what.at, state);
    }
    /// The smaller key goes first.
    [[nodiscard]] std::int64_t key(std::uint32_t j, sim_time now, replay const& state) const {
        auto const& spec = of_->jobs.specs[j];
        switch (by_) {
        case claim::by_limit: return spec.limit_ms;
        case claim::by_priority: return -std::int64_t{spec.priority};
        case claim::by_time_left:
            return std::max<std::int64_t>(
                1, spec.limit_ms - static_cast<std::int64_t>(attained(j, now, state) / gang_milli(j)));
        case claim::by_service:
            return of_->given.steps.of(static_cast<std::int64_t>(attained(j, now, state) / whole_gpu));
        default: return 0;
        }
    }

private:
    [[nodiscard]] static bool is_end_of_hold(log::kind what) noexcept {
        using log::kind;
        return what == kind::start || what == kind::move || what == kind::preempt ||
               what == kind::interrupt || what == kind::finish || what == kind::fail || what == kind::cancel;
    }
    [[nodiscard]] static int128 held_milli_ms(std::uint32_t j, sim_time now, replay const& state) {
        return int128{state.held_milli(j)} * (now - state.job(j).since);
    }
    [[nodiscard]] std::int64_t gang_milli(std::uint32_t j) const {
        auto const& need = of_->jobs.specs[j].need;
        return std::max(1, need.gpus_min * need.milli);
    }
    [[nodiscard]] int128 attained(std::uint32_t j, sim_time now, replay const& state) const {
        return served_[j] + (state.job(j).run == nullptr ? int128{0} : held_milli_ms(j, now, state));
    }
    subject const* of_;
    claim by_ = claim::none;
    std::vector<int128> served_; ///< [jobs] GPU-milli x ms of the runs that are over
};

} // namespace rota::verify

#endif
