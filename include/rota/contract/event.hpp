// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_EVENT_HPP
#define ROTA_CONTRACT_EVENT_HPP

#include <cstdint>

#include <rota/core/units.hpp>
#include <rota/log/record.hpp>

namespace rota {

/// Where a job is, as intended and as confirmed.
enum class phase : std::uint8_t {
    waiting,  ///< may be started now
    cooling,  ///< may be started from job_state::eligible on
    starting, ///< a start is intended, not yet confirmed
    running,  ///< holds what is intended
    moving,   ///< holds devices, other devices are intended
    stopping, ///< holds devices, none are intended
    ended,
};

enum class event_kind : std::uint8_t {
    submitted,
    eligible, ///< a cooling job is waiting again
    started,
    start_failed,
    moved,
    move_failed,
    preempted,   ///< stopped by an order, or a start that was withdrawn before it was sent
    interrupted, ///< stopped by the world
    finished,
    failed,
    cancelled, ///< by its user, by a rejection, or because no empty cluster could hold it; last of those
               ///< about a job
    node_down,
    node_up,
    quota_changed,
    wake,   ///< the time that the last pass asked for
    resync, ///< forget what you know and read the view: jobs, rows and shapes may have other numbers
};

/// What happened, exactly once and in order. The view that comes with it already includes it.
///
/// A queue needs one rule: `after == waiting` -> insert the job, otherwise remove it.
struct event {
    sim_time at{};
    event_kind kind{};
    phase after = phase::ended; ///< of the job
    log::cause why{};
    job_id job{};
    std::uint32_t incarnation = 0;
    node_id node{};
    tenant_id tenant{};

    [[nodiscard]] constexpr bool about_a_job() const noexcept { return kind <= event_kind::cancelled; }
};

} // namespace rota

#endif
