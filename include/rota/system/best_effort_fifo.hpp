// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_BEST_EFFORT_FIFO_HPP
#define ROTA_SYSTEM_BEST_EFFORT_FIFO_HPP

#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// First come, first served, but a job that does not fit lets others pass. Starves large gangs under load.
///
/// Source    BestEffortFIFO of Kueue; "fit job first" of the Tiresias simulator, run_sim.py.
template <placement::policy Placement = placement::consolidated>
using best_effort_fifo =
    scheduler<queueing::greedy<queueing::fifo, queueing::skip_ahead>, Placement, preemption::never>;

} // namespace rota::system

#endif
