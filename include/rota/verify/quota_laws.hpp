// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_QUOTA_LAWS_HPP
#define ROTA_VERIFY_QUOTA_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/fits.hpp>
#include <rota/verify/instant_of_log.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>
#include <rota/verify/tenant_use.hpp>

namespace rota::verify {

namespace detail {

/// S7 at an instant at which somebody was stopped.
///
/// own: GPU-milli of each tenant's jobs before it, without those who were stopped.
inline void check_reclaim(subject const& of, instant_of_log const& now, std::vector<std::int64_t> own,
                          tenant_use const& after, report& to) {
    auto const& records = of.log.records;
    auto starts = std::map<std::uint32_t, std::uint32_t>{}; // decision -> job
    auto const tenant = [&](std::uint32_t job) { return after.of(job); };
    auto lost = std::map<std::size_t, std::size_t>{}; // tenant -> record
    for (auto i = now.decided; i != now.end; ++i) {
        if (records[i].kind == log::kind::start) starts.emplace(records[i].op, records[i].job);
        if (records[i].kind == log::kind::preempt) lost.emplace(tenant(records[i].job), i);
    }
    auto rightful = false;
    for (auto const& [op, job] : starts) {
        auto const t = tenant(job);
        auto const& need = of.jobs.specs[job].need;
        own[t] += std::int64_t{need.gpus_max} * need.milli;
        rightful = rightful || own[t] <= after.nominal(t);
    }
    for (auto const& [t, record] : lost) {
        auto const name = "tenant " + std::to_string(t);
        to.exercised(law::quota_kept);
        if (!rightful) to.breaks(law::quota_kept, record, "whoever starts then has no quota left");
        if (after.own(t) < after.nominal(t))
            to.breaks(law::quota_kept, record, name + " is left with less than its own");
        for (auto up = t;; up = after.parent(up)) {
            auto const taken_from_outside = std::none_of(starts.begin(), starts.end(), [&](auto const& one) {
                return after.within(tenant(one.second), up);
            });
            if (taken_from_outside && after.held(up) < after.quota(up))
                to.breaks(law::quota_kept, record,
                          "the subtree of tenant " + std::to_string(up) + " is left with less than its own");
            if (up == 0) break;
        }
    }
}

} // namespace detail

/// S7, and P6 where shares are the order. Premises: immediate; nobody is moved at that instant, and all news of it stands
/// before all decisions; P6: nobody is stopped at it, and nobody waits after it, or starts later in it, who
/// could have been started and displaced in one pass.
///
/// S7: whoever is stopped leaves its tenant, and every subtree that nobody starts in, with no less than its quota, and
/// somebody starts whose tenant stays within its own.
inline void check_quota(subject const& of, report& to) {
    auto const turns = has(of.claims, claim::by_share);
    auto const quota = has(of.claims, claim::quota_kept);
    if (!of.given.immediate || !(turns || quota)) return;
    auto const& records = of.log.records;
    auto const shapes = shapes_of(of.jobs);
    auto state = replay(of);
    auto room = room_now(of, state);
    auto use = tenant_use(of);
    auto waiting = std::map<std::pair<std::size_t, std::size_t>, std::set<std::uint32_t>>{}; // tenant, shape
    auto own = std::vector<std::int64_t>(use.size());
    auto full = std::vector<std::size_t>(of.jobs.size(), 0); // [shapes] the instant in which it has no room
    for (auto from = std::size_t{0}; from != records.size();) {
        auto const now = instant_from(of.log, from);
        auto const clean = now.moves == 0 && now.news_first;
        auto const plain = turns && clean && now.stops == 0 && now.in_order && now.starts != 0;
        auto takes_back = false; // somebody starts within its quota, and may have displaced another's start
        auto passed = std::optional<std::pair<std::size_t, std::uint32_t>>{}; // record, job
        auto displaced = false; // who was passed may have been, and have started elsewhere
        for (auto i = from; i != now.end; ++i) {
            auto const& what = records[i];
            if (plain && what.kind == log::kind::start) {
                auto const mine = use.of(what.job);
                auto const& need = of.jobs.specs[what.job].need;
                auto const more = std::int64_t{need.gpus_max} * need.milli;
                auto const rightful = use.own(mine) + more <= use.nominal(mine);
                takes_back = takes_back || rightful;
                displaced = displaced || (passed && rightful && state.job(passed->second).waits());
                for (auto const& [which, jobs] : waiting) {
                    auto const [t, shape] = which;
                    if (jobs.empty() || full[shape] == now.end) continue;
                    if (t == mine ? *jobs.begin() >= what.job : !use.before(t, mine)) continue;
                    if (!room.fits(of.jobs.specs[*jobs.begin()].need)) full[shape] = now.end;
                    else if (!passed) passed = {i, *jobs.begin()}, displaced = rightful;
                }
            }
            if (i == now.decided && now.stops != 0)
                for (auto t = std::size_t{0}; t != own.size(); ++t) own[t] = use.own(t);
            if (what.kind == log::kind::preempt) own[use.of(what.job)] -= state.held_milli(what.job);
            use.before(what, state);
            state.apply(what);
            use.after(what, state);
            if (!log::about_a_job(what.kind)) continue;
            auto& line = waiting[{use.of(what.job), shapes[what.job]}];
            if (state.job(what.job).waits()) line.insert(what.job);
            else line.erase(what.job);
        }
        auto const nobody_waits =
            std::all_of(waiting.begin(), waiting.end(), [](auto const& line) { return line.second.empty(); });
        if (plain && (!(quota && takes_back) || (nobody_waits && !displaced))) {
            to.exercised(law::in_turn);
            if (passed)
                to.breaks(law::in_turn, passed->first,
                          "job " + std::to_string(passed->second) + " is before it and fits");
        }
        if (quota && clean && now.stops != 0) detail::check_reclaim(of, now, own, use, to);
        from = now.end;
    }
}

} // namespace rota::verify

#endif
