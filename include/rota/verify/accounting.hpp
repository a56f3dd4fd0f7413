// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_ACCOUNTING_HPP
#define ROTA_VERIFY_ACCOUNTING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/log/record.hpp>
#include <rota/simulation/result.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// What a log says of one job, summed up.
struct account {
    sim_time first_start = never;
    sim_time end = never;
    log::kind how = log::kind::submit; ///< of its end; submit: none
    log::cause why{};
    std::uint32_t submits = 0;
    std::uint32_t ends = 0;
    std::uint32_t preemptions = 0;
    std::uint32_t kills = 0; ///< of the preemptions: those that lost work
    std::uint32_t interruptions = 0;
    std::uint32_t segments = 0; ///< stretches of time on one set of devices
    millis held_ms = 0;
    int128 held_milli_ms = 0;
    std::int64_t segment_milli = 0; ///< GPU-milli, once a segment
    int128 work = 0;                ///< ms x thousandths of the reference rate, had all held time been useful
    std::int64_t slowest = INT64_MAX; ///< rate of a segment
    std::int64_t fastest = 0;
};

/// One account a job. Expects that every id exists.
[[nodiscard]] inline std::vector<account> accounts_of(subject const& of) {
    auto all = std::vector<account>(of.jobs.size());
    auto const close = [&](std::uint32_t j, sim_time now, replay const& state) {
        auto const parts = state.held(j);
        if (parts.empty()) return;
        auto& mine = all[j];
        auto const span = now - state.job(j).since;
        auto gpus = 0;
        auto milli = std::int64_t{0};
        for (auto const& part : parts) {
            gpus += part.count();
            milli += std::int64_t{part.count()} * part.share();
        }
        auto const& need = of.jobs.specs[j].need;
        if (need.gpus_min == 0 || need.milli == 0)
            return; // asks for nothing: that it holds something is S2's
        auto rate = std::int64_t{INT64_MAX};
        for (auto const& part : parts)
            rate = std::min(rate, of.jobs.works[j].rate(of.jobs.specs[j].need, gpus, part.share(),
                                                        of.cluster.nodes[index(part.node)].model));
        ++mine.segments;
        mine.segment_milli += milli;
        mine.held_ms += span;
        mine.held_milli_ms += int128{milli} * span;
        mine.work += int128{rate} * span;
        mine.slowest = std::min(mine.slowest, rate);
        mine.fastest = std::max(mine.fastest, rate);
    };
    auto const before = [&](std::size_t, log::record const& what, replay const& state) {
        if (!log::about_a_job(what.kind)) return;
        auto& mine = all[what.job];
        switch (what.kind) {
        case log::kind::submit: ++mine.submits; break;
        case log::kind::start:
            if (mine.first_start == never) mine.first_start = what.at;
            close(what.job, what.at, state);
            break;
        case log::kind::move: close(what.job, what.at, state); break;
        case log::kind::preempt:
        case log::kind::interrupt:
            ++(what.kind == log::kind::preempt ? mine.preemptions : mine.interruptions);
            mine.kills += what.kind == log::kind::preempt && what.why == log::cause::killed;
            close(what.job, what.at, state);
            break;
        case log::kind::finish:
        case log::kind::fail:
        case log::kind::cancel:
        case log::kind::reject:
            close(what.job, what.at, state);
            ++mine.ends;
            if (mine.end != never) break;
            mine.end = what.at;
            mine.how = what.kind;
            mine.why = what.why;
            break;
        default: break;
        }
    };
    walk(of, before, [](auto const&...) {});
    return all;
}

/// A2. The jobs' account of held GPU time and the nodes' account of what is left sum to capacity x time.
inline void check_conservation(subject const& of, std::span<account const> accounts, report& to) {
    if (of.log.records.empty()) return;
    auto left = int128{0};
    auto last = of.log.records.front().at;
    walk(
        of,
        [&](std::size_t, log::record const& what, replay const& state) {
            left += int128{state.idle_milli() + state.closed_milli()} * (what.at - last);
            last = what.at;
        },
        [](auto const&...) {});
    auto held = int128{0};
    for (auto j = std::size_t{0}; j != accounts.size(); ++j) {
        if (accounts[j].ends == 0) return; // what it still holds is on nobody's account
        held += accounts[j].held_milli_ms;
    }
    auto const capacity = int128{of.cluster.gpus()} * whole_gpu * (last - of.log.records.front().at);
    to.exercised(law::conservation);
    if (held + left != capacity)
        to.breaks(law::conservation, verdict::whole_log,
                  std::to_string(static_cast<std::int64_t>(capacity - held - left)) +
                      " GPU-milli x ms are on nobody's account");
}

/// A5.
inline void check_ends(std::span<account const> accounts, report& to) {
    for (auto j = std::size_t{0}; j != accounts.size(); ++j) {
        to.exercised(law::ends_once);
        auto const& mine = accounts[j];
        if (mine.submits == 1 && mine.ends == 1) continue;
        to.breaks(law::ends_once, verdict::whole_log,
                  "job " + std::to_string(j) + ": submitted " + std::to_string(mine.submits) +
                      " times, ended " + std::to_string(mine.ends) + " times");
    }
}

namespace detail {

/// What is thrown away is a checkpoint's remainder, in whole ms only where the one rate divides it. In ms.
inline std::int64_t rounded_away(account const& mine) noexcept {
    auto const exact =
        mine.slowest != mine.fastest || mine.kills + mine.interruptions == 0 || 1000 % mine.slowest == 0;
    return exact ? 0 : std::int64_t{mine.segments} + 1;
}

} // namespace detail

/// A1, as far as the log alone tells: no job completes before its work is done, and one of which no work was lost
/// completes as soon as it is: to the ms where it ran once and on one set of devices, else with a pause a start and
/// a saving a stop.
inline void check_run_times(subject const& of, std::span<account const> accounts, report& to) {
    if (!of.given.timed) return;
    for (auto j = std::size_t{0}; j != accounts.size(); ++j) {
        auto const& mine = accounts[j];
        if (mine.ends != 1 || mine.how != log::kind::finish || mine.slowest == 0) continue;
        if (mine.segments == 0) continue; // that it completes without a start is L1's
        to.exercised(law::work_done);
        auto const due = int128{of.jobs.works[j].duration_ms} * 1000;
        auto early = mine.work + detail::rounded_away(mine) * mine.slowest < due;
        auto const idle = int128{mine.segments} * of.given.pause_ms_max +
                          int128{mine.preemptions} * of.given.saving_ms_max + of.given.late_ms_max;
        auto late = mine.kills + mine.interruptions == 0 && mine.work >= due + (idle + 1) * mine.fastest;
        if (mine.segments == 1 && mine.preemptions + mine.interruptions == 0) {
            auto const needed = of.given.first_pause_ms + (due + mine.slowest - 1) / mine.slowest;
            early = mine.held_ms < needed;
            late = mine.held_ms > needed + of.given.late_ms_max;
        }
        if (early || late)
            to.breaks(law::work_done, verdict::whole_log,
                      "job " + std::to_string(j) + " completes " +
                          (early ? "before its work is done" : "later than its work is done"));
    }
}

/// A6.
inline void check_incarnations(subject const& of, report& to) {
    walk(
        of,
        [&](std::size_t i, log::record const& what, replay const& state) {
            if (what.kind != log::kind::start) return;
            to.exercised(law::one_incarnation);
            if (state.job(what.job).run != nullptr) to.breaks(law::one_incarnation, i, "it runs already");
        },
        [](auto const&...) {});
}

namespace detail {

inline void check_work(job::work const& work, account const& mine, simulation::result const& truth,
                       std::size_t j, report& to) {
    auto const due = int128{work.duration_ms} * 1000;
    auto const useful = int128{truth.run_ms} - truth.overhead_ms - truth.lost_ms;
    auto fault = std::string{};
    if (mine.slowest == 0) return;      // never works there: it was moved away
    if (mine.slowest == mine.fastest) { // one rate: the time of the work is known
        auto const time = (due + mine.slowest - 1) / mine.slowest;
        auto const slack = rounded_away(mine);
        if (useful < time - slack || useful > time + slack)
            fault = std::to_string(static_cast<std::int64_t>(useful)) + " ms useful, " +
                    std::to_string(static_cast<std::int64_t>(time)) + " ms of work";
    } else {
        auto const wasted = int128{truth.overhead_ms} + truth.lost_ms + mine.segments;
        if (mine.work < due || mine.work > due + (wasted + mine.held_ms - truth.run_ms) * mine.fastest)
            fault = "its work does not fit the time at its rates";
    }
    if (fault.empty()) to.exercised(law::work_done);
    else to.breaks(law::work_done, verdict::whole_log, "job " + std::to_string(j) + ": " + fault);
}

} // namespace detail

/// A1 and M1: what the log says is what happened. Shape: results [jobs], of a run that is over.
inline void check_results(subject const& of, std::span<account const> accounts,
                          std::span<simulation::result const> results, report& to) {
    for (auto j = std::size_t{0}; j != accounts.size(); ++j) {
        auto const& mine = accounts[j];
        auto const& truth = results[j];
        to.exercised(law::metrics);
        auto const tells = [&](bool same, char const* what) {
            if (!same) to.breaks(law::metrics, verdict::whole_log, "job " + std::to_string(j) + ": " + what);
        };
        auto const outcome = mine.how == log::kind::finish       ? job::outcome::completed
                             : mine.how == log::kind::cancel     ? job::outcome::cancelled
                             : mine.how == log::kind::reject     ? job::outcome::rejected
                             : mine.why == log::cause::timed_out ? job::outcome::timed_out
                                                                 : job::outcome::failed;
        tells(mine.first_start == truth.first_start, "another first start");
        tells(mine.end == truth.finish, "another end");
        tells(mine.ends == 0 || outcome == truth.outcome, "another outcome");
        tells(mine.preemptions == truth.preemptions, "another number of preemptions");
        tells(mine.interruptions == truth.interruptions, "another number of interruptions");
        auto const late = mine.held_ms - truth.run_ms;
        tells(late >= 0 && late <= (std::int64_t{truth.interruptions} + 1) * of.given.late_ms_max,
              "held for another time");
        if (mine.ends == 1 && mine.how != log::kind::reject)
            detail::check_work(of.jobs.works[j], mine, truth, j, to);
    }
}

} // namespace rota::verify

#endif
