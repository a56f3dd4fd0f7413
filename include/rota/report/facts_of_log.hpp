// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_FACTS_OF_LOG_HPP
#define ROTA_REPORT_FACTS_OF_LOG_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/report/facts.hpp>

namespace rota::report {

namespace detail {

/// One job while its records are read.
struct run_of_log {
    std::int64_t milli = 0; ///< GPU-milli held; 0: it does not run
    sim_time since{};
};

inline std::int64_t milli_of(std::span<cluster::slice const> devices) noexcept {
    auto sum = std::int64_t{0};
    for (auto const& part : devices) sum += std::int64_t{part.count()} * part.share();
    return sum;
}

} // namespace detail

/// The facts of every job as the schedule log alone tells them. Shape: [jobs], by id.
///
/// They equal those of the simulation wherever news is not late. A log says who held what and not what was
/// useful of it: useful is nothing, overhead_ms and lost_ms are 0.
[[nodiscard]] inline std::vector<facts> facts_of(log::schedule const& schedule) {
    auto all = std::vector<facts>{};
    auto runs = std::vector<detail::run_of_log>{};
    for (auto const& what : schedule.records) {
        if (!log::about_a_job(what.kind)) continue;
        if (what.job >= all.size()) {
            if (what.kind != log::kind::submit) continue; // of a job that was never submitted
            all.resize(what.job + std::size_t{1});
            runs.resize(all.size());
        }
        auto& job = all[what.job];
        auto& run = runs[what.job];
        auto const stop = [&] {
            if (run.milli == 0) return;
            auto const span = what.at - run.since;
            job.became.run_ms += span;
            job.held += int128{run.milli} * span;
            run.milli = 0;
        };
        auto const end = [&](job::outcome how) {
            stop();
            job.became.finish = what.at;
            job.became.outcome = how;
        };
        switch (what.kind) {
        case log::kind::submit: job.submit = what.at; break;
        case log::kind::start:
            if (job.became.first_start == never) job.became.first_start = what.at;
            run = {detail::milli_of(schedule.devices(what)), what.at};
            break;
        case log::kind::move:
            stop();
            run = {detail::milli_of(schedule.devices(what)), what.at};
            break;
        case log::kind::preempt:
            stop();
            ++job.became.preemptions;
            break;
        case log::kind::interrupt:
            stop();
            ++job.became.interruptions;
            break;
        case log::kind::finish: end(job::outcome::completed); break;
        case log::kind::fail:
            end(what.why == log::cause::timed_out ? job::outcome::timed_out : job::outcome::failed);
            break;
        case log::kind::cancel: end(job::outcome::cancelled); break;
        case log::kind::reject: end(job::outcome::rejected); break;
        default: break;
        }
    }
    return all;
}

} // namespace rota::report

#endif
