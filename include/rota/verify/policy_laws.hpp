// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_POLICY_LAWS_HPP
#define ROTA_VERIFY_POLICY_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/fits.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/ranking.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// P1. Premise: none. A start that is withdrawn before it was sent stops nobody.
inline void check_non_preemptive(subject const& of, report& to) {
    if (!has(of.claims, claim::non_preemptive)) return;
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        if (of.log.records[i].kind == log::kind::start) to.exercised(law::non_preemptive);
        if (of.log.records[i].kind == log::kind::preempt)
            to.breaks(law::non_preemptive, i, "stopped by an order");
    }
}

/// P2. Premise: none. Read in the order of decisions, since confirmations overtake each other; jobs that come
/// back after a failed start or an interruption are older than those they meet and are left out.
inline void check_strict_fifo(subject const& of, report& to) {
    if (!has(of.claims, claim::strict_fifo)) return;
    auto first = std::map<std::uint32_t, std::size_t>{}; // decision -> record
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        if (what.kind == log::kind::start && what.incarnation == 1) first.emplace(what.op, i);
    }
    auto latest = std::uint32_t{0};
    for (auto const& [op, i] : first) {
        auto const job = of.log.records[i].job;
        to.exercised(law::strict_fifo);
        if (job < latest)
            to.breaks(law::strict_fifo, i, "job " + std::to_string(latest) + " was given its start earlier");
        latest = std::max(latest, job);
    }
}

/// W1 and W2, at the end of every instant. Premise: immediate.
inline void check_waiting(subject const& of, report& to) {
    auto const all = has(of.claims, claim::work_conserving);
    auto const head = has(of.claims, claim::head_never_waits);
    if (!of.given.immediate || !(all || head)) return;
    auto const order = has(of.claims, claim::strict_fifo) ? head_order::submission : of.given.head;
    using job_order = std::pair<std::int64_t, std::uint32_t>; // jobs are in order of submission
    auto waiting = std::set<job_order>{};
    auto const by = ranking(of, of.claims & (claim::by_submission | claim::by_limit | claim::by_priority));
    auto const place = [&](std::uint32_t j, replay const& state) {
        if (by.known()) return job_order{by.key(j, {}, state), j};
        return job_order{order == head_order::priority ? -std::int64_t{of.jobs.specs[j].priority} : 0, j};
    };
    auto const is_known = by.known() || order != head_order::unknown;
    auto const shapes = shapes_of(of.jobs);
    auto answers = std::vector<std::pair<std::size_t, bool>>(of.jobs.size()); // in which instant, what
    auto instant = std::size_t{0};
    walk(
        of, [](auto const&...) {},
        [&](std::size_t i, log::record const& what, replay const& state, bool last) {
            if (log::about_a_job(what.kind)) {
                if (state.job(what.job).waits()) waiting.insert(place(what.job, state));
                else waiting.erase(place(what.job, state));
            }
            if (!last || waiting.empty()) return;
            ++instant;
            auto const room = room_now(of, state);
            auto const fits = [&](job_order const& which) {
                auto& [when, fit] = answers[shapes[which.second]];
                if (std::exchange(when, instant) != instant)
                    fit = room.fits(of.jobs.specs[which.second].need);
                return fit;
            };
            auto const name = [](job_order const& which) {
                return "job " + std::to_string(which.second) + " waits and fits";
            };
            if (head) {
                to.exercised(law::head_never_waits);
                // whatever the order is, one of them is the head
                auto const waits =
                    is_known ? fits(*waiting.begin()) : std::all_of(waiting.begin(), waiting.end(), fits);
                if (waits) to.breaks(law::head_never_waits, i, name(*waiting.begin()));
            }
            if (!all) return;
            to.exercised(law::work_conserving);
            auto const idle = std::find_if(waiting.begin(), waiting.end(), fits);
            if (idle != waiting.end()) to.breaks(law::work_conserving, i, name(*idle));
        });
}

/// P3. Premises: immediate, exact limits, no losses.
inline void check_promises(subject const& of, report& to) {
    auto const& given = of.given;
    if (!has(of.claims, claim::easy_promise) || !given.immediate || !given.exact_limits || !given.no_losses)
        return;
    auto promised = std::vector<sim_time>(of.jobs.size(), never);
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        if (what.kind == log::kind::promise) {
            to.exercised(law::promise_kept);
            if (sim_time{what.value} > promised[what.job])
                to.breaks(law::promise_kept, i,
                          "promised for " + std::to_string(index(promised[what.job])) + " ms before");
            promised[what.job] = sim_time{what.value};
        } else if (what.kind == log::kind::start && promised[what.job] != never) {
            to.exercised(law::promise_kept);
            if (what.at > promised[what.job])
                to.breaks(law::promise_kept, i,
                          "promised for " + std::to_string(index(promised[what.job])) + " ms");
        }
    }
}

/// P4. Premises: immediate, exact limits, no losses. Who is rejected was not admitted.
inline void check_deadlines(subject const& of, report& to) {
    auto const& given = of.given;
    if (!has(of.claims, claim::meets_deadlines) || !given.immediate || !given.exact_limits ||
        !given.no_losses)
        return;
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        if (what.kind != log::kind::finish && what.kind != log::kind::fail && what.kind != log::kind::cancel)
            continue;
        auto const deadline = of.jobs.specs[what.job].deadline;
        if (deadline == never) continue;
        to.exercised(law::deadlines_met);
        if (what.at > deadline)
            to.breaks(law::deadlines_met, i, "its deadline was " + std::to_string(index(deadline)) + " ms");
    }
}

/// L3 for whoever serves in order of submission. Premises: immediate, exact limits, no losses.
inline void check_bounded_wait(subject const& of, report& to) {
    auto const& given = of.given;
    if (!has(of.claims, claim::bounded_wait) || !given.immediate || !given.exact_limits || !given.no_losses)
        return;
    auto longest = millis{0};
    for (auto const& spec : of.jobs.specs) longest = std::max(longest, spec.limit_ms);
    auto waiting = std::int64_t{0};
    auto ahead = std::vector<std::int64_t>(of.jobs.size(), 0); // of those that waited at its submission
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        if (what.kind == log::kind::submit) ahead[what.job] = waiting++;
        if (what.kind == log::kind::reject) --waiting;
        if (what.kind != log::kind::start) continue;
        --waiting;
        to.exercised(law::bounded_wait);
        auto const waited = what.at - of.jobs.specs[what.job].submit;
        if (int128{waited} > int128{longest} * (ahead[what.job] + 1))
            to.breaks(law::bounded_wait, i,
                      "it waited " + std::to_string(waited) + " ms behind " +
                          std::to_string(ahead[what.job]) + " jobs of at most " + std::to_string(longest) +
                          " ms");
    }
}

} // namespace rota::verify

#endif
