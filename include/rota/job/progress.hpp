// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_PROGRESS_HPP
#define ROTA_JOB_PROGRESS_HPP

#include <algorithm>
#include <cstdint>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>

namespace rota::job {

/// How far one job has come. Work is counted in ms at the reference rate x 1000, so that every rate is an
/// integer.
struct progress {
    std::int64_t left = 0;     ///< work left when the present run began, or now if it does not run
    std::int64_t rate = 0;     ///< thousandths of the reference rate
    sim_time run_from = never; ///< useful work since then; never: it does not run
    sim_time halt_at = never;  ///< it stops working then, whoever has yet to learn of it

    /// Work done by the present run up to `now`.
    [[nodiscard]] std::int64_t done(sim_time now) const noexcept {
        auto const until = std::min(now, halt_at);
        return run_from < until ? std::min(left, (until - run_from) * rate) : 0;
    }
    /// Time that the rest takes at the reference rate, rounded up.
    [[nodiscard]] millis remaining_ms(sim_time now) const noexcept {
        return divide_up(left - done(now), 1000);
    }
    /// When the present run ends by itself.
    [[nodiscard]] sim_time ends_at() const noexcept {
        return rate == 0 ? never : run_from + (rate == 1000 ? divide_up(left, 1000) : divide_up(left, rate));
    }
};

} // namespace rota::job

#endif
