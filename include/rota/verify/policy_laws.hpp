// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_POLICY_LAWS_HPP
#define ROTA_VERIFY_POLICY_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/liveness.hpp>
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

/// The gang fits what is free now, spread as every placement policy would accept it.
[[nodiscard]] inline bool fits_now(subject const& of, replay const& state, job::request const& need) {
    auto const span = need.span == job::span::anywhere && !of.given.scatters ? job::span::compact : need.span;
    return could_place(of.cluster, need, span, need.gpus_max, [&](std::size_t n) {
        if (!state.open(n)) return 0;
        return node_room(need, of.cluster.nodes[n].gpus, state.free_cpu(n), state.free_mem(n),
                         [&](int g) { return state.free_milli(n, g); });
    });
}

/// Numbers that are equal for equal requests. Shape: [jobs], each below their number.
[[nodiscard]] inline std::vector<std::size_t> shapes_of(job::workload const& jobs) {
    auto const less = [](job::request const* a, job::request const* b) {
        auto const key = [](job::request const& r) {
            return std::tuple{r.gpus_min,  r.gpus_max, r.milli,  r.milli_min,
                              r.cpu_milli, r.mem_mib,  r.models, r.span};
        };
        return key(*a) < key(*b);
    };
    auto numbers = std::map<job::request const*, std::size_t, decltype(less)>{less};
    auto all = std::vector<std::size_t>{};
    for (auto const& spec : jobs.specs)
        all.push_back(numbers.try_emplace(&spec.need, numbers.size()).first->second);
    return all;
}

/// W1 and W2, at the end of every instant. Premise: immediate.
inline void check_waiting(subject const& of, report& to) {
    auto const all = has(of.claims, claim::work_conserving);
    auto const head = has(of.claims, claim::head_never_waits);
    if (!of.given.immediate || !(all || head)) return;
    auto const order = has(of.claims, claim::strict_fifo) ? head_order::submission : of.given.head;
    using job_order = std::pair<std::int64_t, std::uint32_t>; // jobs are in order of submission
    auto waiting = std::set<job_order>{};
    auto const place = [&](std::uint32_t j) {
        return job_order{order == head_order::priority ? -std::int64_t{of.jobs.specs[j].priority} : 0, j};
    };
    auto const shapes = shapes_of(of.jobs);
    auto answers = std::vector<std::pair<std::size_t, bool>>(of.jobs.size()); // in which instant, what
    auto instant = std::size_t{0};
    walk(
        of, [](auto const&...) {},
        [&](std::size_t i, log::record const& what, replay const& state, bool last) {
            if (log::about_a_job(what.kind)) {
                if (state.job(what.job).waits()) waiting.insert(place(what.job));
                else waiting.erase(place(what.job));
            }
            if (!last || waiting.empty()) return;
            ++instant;
            auto const fits = [&](job_order const& which) {
                auto& [when, fit] = answers[shapes[which.second]];
                if (std::exchange(when, instant) != instant)
                    fit = fits_now(of, state, of.jobs.specs[which.second].need);
                return fit;
            };
            auto const name = [](job_order const& which) {
                return "job " + std::to_string(which.second) + " waits and fits";
            };
            if (head) {
                to.exercised(law::head_never_waits);
                // whatever the order is, one of them is the head
                auto const waits = order == head_order::unknown
                                       ? std::all_of(waiting.begin(), waiting.end(), fits)
                                       : fits(*waiting.begin());
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

/// P7. Premise: immediate. A class that the log can tell is a priority.
inline void check_victims(subject const& of, report& to) {
    if (!has(of.claims, claim::justified_victims) || !of.given.immediate) return;
    auto const& records = of.log.records;
    for (auto from = std::size_t{0}; from != records.size();) {
        auto to_end = from;
        auto highest = std::int64_t{INT64_MIN};
        for (; to_end != records.size() && records[to_end].at == records[from].at; ++to_end)
            if (records[to_end].kind == log::kind::start)
                highest = std::max<std::int64_t>(highest, of.jobs.specs[records[to_end].job].priority);
        for (; from != to_end; ++from) {
            if (records[from].kind != log::kind::preempt) continue;
            to.exercised(law::victims_justified);
            if (of.jobs.specs[records[from].job].priority >= highest)
                to.breaks(law::victims_justified, from, "nobody of a higher priority starts at that instant");
        }
    }
}

} // namespace rota::verify

#endif
