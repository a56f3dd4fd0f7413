// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_PREEMPTION_LAWS_HPP
#define ROTA_VERIFY_PREEMPTION_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/claims.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/fits.hpp>
#include <rota/verify/instant_of_log.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/ranking.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

namespace detail {

struct stopped {
    std::size_t record = 0;
    std::uint32_t job = 0;
    std::span<cluster::slice const> held;
};

/// P8 and P10, of the state before the decisions of an instant at which one job starts and somebody is stopped.
inline void check_choice(subject const& of, instant_of_log const& now, ranking const& by, replay const& state,
                         room_now& room, report& to) {
    auto const& records = of.log.records;
    auto starter = std::uint32_t{0};
    auto first_stop = now.end;
    auto best = std::numeric_limits<std::int64_t>::max(); // key of a victim
    for (auto i = now.decided; i != now.end; ++i) {
        if (records[i].kind == log::kind::start) starter = records[i].job;
        if (records[i].kind != log::kind::preempt) continue;
        first_stop = std::min(first_stop, i);
        if (by.known()) best = std::min(best, by.key(records[i].job, records[i].at, state));
    }
    auto const& need = of.jobs.specs[starter].need;
    auto const name = "job " + std::to_string(starter);
    room.forget();
    if (has(of.claims, claim::minimal_victims)) {
        to.exercised(law::victims_needed);
        if (room.fits(need)) to.breaks(law::victims_needed, first_stop, name + " fitted beside it");
    }
    if (!has(of.claims, claim::worst_victims) || !by.known()) return;
    to.exercised(law::victims_worst);
    for (auto j = std::uint32_t{0}; j != of.jobs.size(); ++j)
        if (state.job(j).run != nullptr && by.key(j, records[now.from].at, state) > best)
            room.give_back(state.held(j));
    if (room.fits(need))
        to.breaks(law::victims_worst, first_stop, name + " would fit if only worse ones were stopped");
}

/// P9 and P11, of the state after an instant at which somebody was stopped.
inline void check_need(subject const& of, instant_of_log const& now, std::span<stopped const> victims,
                       replay const& state, report& to) {
    for (auto const& one : victims) {
        auto times = 0;
        for (auto const& other : victims) times += other.job == one.job;
        to.exercised(law::stopped_once);
        // where more start, a victim that takes a later victim's place may have to give it back
        if (times > 1 && now.starts <= 3) to.breaks(law::stopped_once, one.record, "stopped more than once");
        auto const here = state.held(one.job);
        if (now.starts <= 2 && state.job(one.job).run >= &of.log.records[now.from] &&
            std::equal(here.begin(), here.end(), one.held.begin(), one.held.end()))
            to.breaks(law::stopped_once, one.record, "started again where it was");
        if (!state.job(one.job).waits()) continue;
        to.exercised(law::victims_in_the_way);
        if (state.has_free(one.held))
            to.breaks(law::victims_in_the_way, one.record, "nobody else needs its devices");
    }
}

} // namespace detail

/// P7. Premises: immediate, and those of the order that is claimed to be kept. Where none is, a class that the log can
/// tell is a priority.
inline void check_victims(subject const& of, report& to) {
    if (!has(of.claims, claim::justified_victims) || !of.given.immediate) return;
    auto const keeps = has(of.claims, claim::order_kept);
    auto by = ranking(of, keeps ? of.claims : claim::by_priority);
    if (!by.known()) return;
    auto const& records = of.log.records;
    auto state = replay(of);
    for (auto from = std::size_t{0}; from != records.size();) {
        auto const now = instant_from(of.log, from);
        for (auto i = from; i != now.end; ++i) {
            by.count(records[i], state);
            state.apply(records[i]);
        }
        auto best = std::numeric_limits<std::int64_t>::max(); // key of a starter
        auto const key = [&](std::size_t i) { return by.key(records[i].job, records[i].at, state); };
        for (auto i = from; i != now.end; ++i)
            if (records[i].kind == log::kind::start) best = std::min(best, key(i));
        for (; from != now.end; ++from) {
            if (records[from].kind != log::kind::preempt) continue;
            to.exercised(law::victims_justified);
            if (key(from) <= best)
                to.breaks(law::victims_justified, from,
                          keeps && !has(of.claims, claim::by_priority)
                              ? "nobody before it in the order starts at that instant"
                              : "nobody of a higher priority starts at that instant");
        }
    }
}

/// P8, P9, P10 and P11. Premises: immediate; nobody is moved at that instant, and all news of it stands before all
/// decisions; P8 and P10: one job starts; P10: its order is known.
inline void check_choice_of_victims(subject const& of, report& to) {
    if (!has(of.claims, claim::minimal_victims | claim::worst_victims) || !of.given.immediate) return;
    auto by = ranking(of, has(of.claims, claim::order_kept) ? of.claims : claim::by_priority);
    auto const& records = of.log.records;
    auto state = replay(of);
    auto room = room_now(of, state);
    auto victims = std::vector<detail::stopped>{};
    for (auto from = std::size_t{0}; from != records.size();) {
        auto const now = instant_from(of.log, from);
        auto const asked = now.stops != 0 && now.moves == 0 && now.news_first;
        victims.clear();
        for (auto i = from; i != now.end; ++i) {
            auto const& what = records[i];
            if (asked && i == now.decided && now.starts == 1)
                detail::check_choice(of, now, by, state, room, to);
            if (asked && what.kind == log::kind::preempt)
                victims.push_back({i, what.job, state.held(what.job)});
            by.count(what, state);
            state.apply(what);
        }
        if (asked && has(of.claims, claim::minimal_victims)) detail::check_need(of, now, victims, state, to);
        from = now.end;
    }
}

} // namespace rota::verify

#endif
