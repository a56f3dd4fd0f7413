// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_DISCIPLINES_HPP
#define ROTA_QUEUEING_DISCIPLINES_HPP

#include <rota/contract/claims.hpp>

namespace rota::queueing {

/// Stops at the first waiting job that cannot start: nobody overtakes.
///
/// Source    strict FIFO of batch systems; Kueue's StrictFIFO.
struct strict {
    static constexpr claim claims = claim::head_never_waits | claim::event_driven;
};

/// Starts the first waiting job that can start, again and again: a job that does not fit lets others pass.
///
/// Source    "fit job first" of the Tiresias simulator; Kueue's BestEffortFIFO.
struct skip_ahead {
    static constexpr claim claims = claim::work_conserving | claim::event_driven;
};

} // namespace rota::queueing

#endif
