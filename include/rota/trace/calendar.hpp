// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CALENDAR_HPP
#define ROTA_TRACE_CALENDAR_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/trace/arrivals.hpp>
#include <rota/trace/draw.hpp>

namespace rota::trace {

/// Turns operational into real time. Time 0 is a Monday, 00:00.
///
/// Rates are whole millionths and time is whole microseconds: equal day factors give equal moments anywhere.
class calendar {
public:
    /// Expects   day_sigma >= 0, |day_lag1| < 1.
    calendar(arrival_model const& model, std::uint64_t seed) : model_{model}, from_{seed} {
        ROTA_EXPECTS(model.day_sigma >= 0.0 && std::abs(model.day_lag1) < 1.0, "day factors are stationary");
    }

    /// The moment at which `gap_us` of operational time have passed since `at_us`. Expects both >= 0.
    [[nodiscard]] std::int64_t after(std::int64_t at_us, std::int64_t gap_us) {
        for (;;) {
            auto const hour = at_us / hour_us;
            auto const rate = rate_millionths(hour);
            auto const left_us = (hour + 1) * hour_us - at_us;
            auto const holds_us = left_us * rate / million;
            if (gap_us < holds_us) return at_us + gap_us * million / rate;
            gap_us -= holds_us;
            at_us += left_us;
        }
    }

private:
    static constexpr std::int64_t million = 1'000'000;
    static constexpr std::int64_t hour_us = 3600 * million;
    static constexpr double rate_max = 1000.0; ///< keeps hour_us * rate within 63 bits

    [[nodiscard]] std::int64_t rate_millionths(std::int64_t hour) {
        if (hour == hour_) return rate_;
        auto const day = static_cast<std::size_t>(hour / 24);
        while (days_.size() <= day) next_day();
        auto const factor =
            model_.hour[static_cast<std::size_t>(hour % 24)] * model_.weekday[day % 7] * days_[day];
        hour_ = hour;
        rate_ = std::max<std::int64_t>(1, std::llround(1e6 * std::min(factor, rate_max)));
        return rate_;
    }

    /// An autoregression of order one in the logarithm, shifted so that the factor's mean is 1.
    void next_day() {
        auto const fresh = model_.day_sigma * standard_normal(from_);
        log_day_ = days_.empty() ? fresh
                                 : model_.day_lag1 * log_day_ +
                                       std::sqrt(1.0 - model_.day_lag1 * model_.day_lag1) * fresh;
        days_.push_back(std::exp(log_day_ - model_.day_sigma * model_.day_sigma / 2.0));
    }

    arrival_model model_;
    random from_;
    double log_day_ = 0.0;
    std::vector<double> days_;
    std::int64_t hour_ = -1; ///< the hour that rate_ is of
    std::int64_t rate_ = 1;
};

} // namespace rota::trace

#endif
