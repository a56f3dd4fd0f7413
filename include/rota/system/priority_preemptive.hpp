// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_PRIORITY_PREEMPTIVE_HPP
#define ROTA_SYSTEM_PRIORITY_PREEMPTIVE_HPP

#include <rota/placement/consolidated.hpp>
#include <rota/preemption/priority_classes.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/priority.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// Priority classes: a job may stop jobs of lower priority, as few as its place needs.
///
/// Source    A. Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015,
/// section 2.5; the
///           Kubernetes scheduler. differs: whole gangs are placed and stopped.
template <placement::policy Placement = placement::consolidated>
using priority_preemptive = scheduler<queueing::greedy<queueing::priority, queueing::skip_ahead>, Placement,
                                      preemption::priority_classes>;

} // namespace rota::system

#endif
