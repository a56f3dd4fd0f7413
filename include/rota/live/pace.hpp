// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_PACE_HPP
#define ROTA_LIVE_PACE_HPP

#include <algorithm>

#include <rota/core/units.hpp>

namespace rota::live {

/// How long the host waits for what.
struct pace {
    /// A requeued job is started again no earlier. slurmd compares stamps of whole seconds: a start in the second of
    /// the requeue is taken for one that was revoked, and fails the job.
    millis requeued_ms = 2'000;
    millis young_ms = 1'000;  ///< a run is not touched before: stopping a step that is starting up may hang
    millis start_ms = 30'000; ///< a start that is not seen by then is withdrawn
    millis repeat_ms = 3'000; ///< between two words about the same order
    millis save_ms = 5'000;   ///< from the word to save to the requeue; 0: that word is not said
    /// A job whose start failed may start again after that; twice as long after each further one, up to 64 times. What
    /// never starts would otherwise hold its devices for most of the time.
    millis backoff_ms = 10'000;

    /// From its order to its withdrawal. A manager may start nothing behind a job that it cannot start: those have more
    /// time, so that they are not withdrawn with it, and tried again with it, for ever.
    [[nodiscard]] millis patience(bool behind) const noexcept { return behind ? 4 * start_ms : start_ms; }
    [[nodiscard]] millis backoff(int failed) const noexcept { return backoff_ms << std::min(failed, 6); }

    friend bool operator==(pace const&, pace const&) = default;
};

} // namespace rota::live

#endif
