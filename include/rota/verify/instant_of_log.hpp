// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_INSTANT_OF_LOG_HPP
#define ROTA_VERIFY_INSTANT_OF_LOG_HPP

#include <cstddef>
#include <cstdint>

#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>

namespace rota::verify {

/// Something that a scheduler is told, not something that it did.
[[nodiscard]] constexpr bool is_news(log::kind what) noexcept {
    using log::kind;
    return what != kind::order && what != kind::start && what != kind::move && what != kind::preempt &&
           what != kind::promise && what != kind::reject && what != kind::stale;
}
/// Devices are asked for, given or taken by a scheduler's will.
[[nodiscard]] constexpr bool is_decision(log::kind what) noexcept {
    using log::kind;
    return what == kind::order || what == kind::start || what == kind::move || what == kind::preempt;
}

/// The records of one point in time.
struct instant_of_log {
    std::size_t from = 0;
    std::size_t decided = 0; ///< the first decision; `end`: none
    std::size_t end = 0;
    std::uint32_t starts = 0;
    std::uint32_t stops = 0;
    std::uint32_t moves = 0;
    bool in_order = true;   ///< starts stand in the order in which they were decided
    bool news_first = true; ///< all that happened stands before all that was decided
    bool any_news = false;
};

[[nodiscard]] inline instant_of_log instant_from(log::schedule const& log, std::size_t from) {
    auto const& records = log.records;
    auto found = instant_of_log{.from = from};
    auto latest = std::uint32_t{0};
    auto decided = false;
    auto i = from;
    for (; i != records.size() && records[i].at == records[from].at; ++i) {
        auto const& what = records[i];
        if (is_news(what.kind)) {
            found.any_news = true;
            found.news_first = found.news_first && !decided;
        } else if (is_decision(what.kind)) {
            if (!decided) found.decided = i;
            decided = true;
        }
        found.stops += what.kind == log::kind::preempt;
        found.moves += what.kind == log::kind::move;
        if (what.kind != log::kind::start) continue;
        ++found.starts;
        found.in_order = found.in_order && what.op >= latest;
        latest = what.op;
    }
    found.end = i;
    if (!decided) found.decided = i;
    return found;
}

} // namespace rota::verify

#endif
