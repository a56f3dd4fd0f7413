// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_ARRIVALS_HPP
#define ROTA_TRACE_ARRIVALS_HPP

#include <array>
#include <cmath>
#include <cstdint>

#include <rota/core/random.hpp>
#include <rota/trace/draw.hpp>

namespace rota::trace {

/// When jobs come: a rate that follows the hour, the weekday and a slowly wandering day factor, and gaps that
/// are either short (a burst) or hyperexponential in operational time, the integral of that rate.
struct arrival_model {
    double burst_probability = 0.0;  ///< that the next job comes right after this one
    double burst_gap_s = 1.0;        ///< mean, real time
    double gap_s = 60.0;             ///< mean of the other gaps, operational time
    double short_probability = 1.0;  ///< of the first of the two exponentials
    double short_gap = 1.0;          ///< its mean, in units of gap_s
    double long_gap = 1.0;           ///< the other's
    std::array<double, 24> hour{};   ///< factors of the rate, mean 1
    std::array<double, 7> weekday{}; ///< Monday first, mean 1
    double day_sigma = 0.0;          ///< of the logarithm of the day factor
    double day_lag1 = 0.0;           ///< its correlation from one day to the next
};

/// The gap that a job leaves behind the one before.
struct arrival_gap {
    std::int64_t us = 0; ///< real time in a burst, operational time otherwise
    bool burst = false;
};

/// Draws one gap; the same number of draws from the stream in a burst and out of one.
[[nodiscard]] inline arrival_gap draw_gap(arrival_model const& model, random& from, bool burst) noexcept {
    auto const in_units = from.chance(model.short_probability) ? model.short_gap : model.long_gap;
    auto const mean_s = burst ? model.burst_gap_s : model.gap_s * in_units;
    return {.us = static_cast<std::int64_t>(std::llround(exponential(from, mean_s * 1e6))), .burst = burst};
}

} // namespace rota::trace

#endif
