// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_TIME_HPP
#define ROTA_VERIFY_TIME_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/instant_of_log.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// T1, T2, T3.
inline void check_time(subject const& of, report& to) {
    auto last = sim_time{};
    auto ended = std::vector<char>(of.jobs.size(), 0);
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        to.exercised(law::time_forward);
        if (what.at < last) to.breaks(law::time_forward, i, "the record before is later");
        last = what.at;
        to.exercised(law::bounded);
        if (what.at < sim_time{} || what.at == never) to.breaks(law::bounded, i, "no point in time");
        if (what.kind == log::kind::promise && what.value < index(what.at))
            to.breaks(law::bounded, i, "a promise of the past");
        if (!log::about_a_job(what.kind) || what.kind == log::kind::stale) continue;
        to.exercised(law::in_order);
        auto const submit = of.jobs.specs[what.job].submit;
        if (what.kind == log::kind::submit && what.at != submit)
            to.breaks(law::in_order, i, "submitted at " + std::to_string(index(submit)) + " ms");
        if (what.at < submit) to.breaks(law::in_order, i, "before its submission");
        if (ended[what.job] != 0) to.breaks(law::in_order, i, "after its end");
        ended[what.job] |= what.kind == log::kind::finish || what.kind == log::kind::fail ||
                           what.kind == log::kind::cancel || what.kind == log::kind::reject;
    }
}

/// T4. Premise: immediate.
inline void check_event_driven(subject const& of, report& to) {
    if (!has(of.claims, claim::event_driven) || !of.given.immediate) return;
    for (auto from = std::size_t{0}; from != of.log.records.size();) {
        auto const now = instant_from(of.log, from);
        if (now.decided != now.end) {
            to.exercised(law::event_driven);
            if (!now.any_news)
                to.breaks(law::event_driven, now.decided, "nothing has happened at that instant");
        }
        from = now.end;
    }
}

} // namespace rota::verify

#endif
