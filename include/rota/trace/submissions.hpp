// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SUBMISSIONS_HPP
#define ROTA_TRACE_SUBMISSIONS_HPP

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/trace/arrivals.hpp>
#include <rota/trace/calendar.hpp>

namespace rota::trace {

/// Moments of submission in microseconds, the first at 0, all gaps divided by `speed`.
///
/// Shape     [gaps], not falling. Expects speed > 0.
[[nodiscard]] inline std::vector<std::int64_t> submissions_us(arrival_model const& model,
                                                              std::uint64_t calendar_seed,
                                                              std::vector<arrival_gap> const& gaps,
                                                              double speed) {
    auto days = calendar{model, calendar_seed};
    auto moments = std::vector<std::int64_t>{};
    moments.reserve(gaps.size());
    auto now_us = std::int64_t{0};
    for (auto const& gap : gaps) {
        auto const gap_us = std::llround(static_cast<double>(gap.us) / speed);
        if (!moments.empty()) now_us = gap.burst ? now_us + gap_us : days.after(now_us, gap_us);
        moments.push_back(now_us);
    }
    return moments;
}

/// The same with the speed at which the last job comes after `span_us`, met within 1 in 1,000.
///
/// The span falls as the speed rises: proportional steps that a bracket holds, every other one a bisection,
/// since a quiet night makes the span steep. A span of a few microseconds a job cannot be met so well.
/// Expects   at least two gaps, 0 < span_us below 1,000 years.
/// Cost      a handful of walks over the calendar; 100 at most.
[[nodiscard]] inline std::vector<std::int64_t> submissions_within_us(arrival_model const& model,
                                                                     std::uint64_t calendar_seed,
                                                                     std::vector<arrival_gap> const& gaps,
                                                                     double span_us) {
    ROTA_EXPECTS(gaps.size() > 1 && 0.0 < span_us && span_us < 3.2e16, "a span that a calendar can hold");
    auto low = 0.0;
    auto high = std::numeric_limits<double>::infinity();
    auto speed = 1.0;
    auto moments = std::vector<std::int64_t>{};
    for (auto attempt = 0; attempt != 100; ++attempt) {
        moments = submissions_us(model, calendar_seed, gaps, speed);
        auto const ratio = static_cast<double>(moments.back()) / span_us;
        if (std::abs(ratio - 1.0) <= 0.001) break;
        (ratio > 1.0 ? low : high) = speed;
        auto const next = speed * std::clamp(ratio, 0.01, 100.0);
        auto const bracketed = 0.0 < low && std::isfinite(high);
        auto const inside = low < next && next < high;
        speed = bracketed && (attempt % 2 == 1 || !inside) ? std::sqrt(low * high) : next;
    }
    return moments;
}

} // namespace rota::trace

#endif
