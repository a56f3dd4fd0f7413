// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_FIFO_HPP
#define ROTA_SYSTEM_FIFO_HPP

#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// First come, first served: nobody overtakes.
///
/// Source    strict FIFO, the baseline of every study; run on a Tiresias-like cluster as YARN-CS in J. Gu et
/// al.,
///           "Tiresias", NSDI 2019, section 5.
template <placement::policy Placement = placement::consolidated>
using fifo = scheduler<queueing::greedy<queueing::fifo, queueing::strict>, Placement, preemption::never>;

} // namespace rota::system

#endif
