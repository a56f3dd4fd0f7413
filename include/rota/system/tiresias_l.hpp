// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_TIRESIAS_L_HPP
#define ROTA_SYSTEM_TIRESIAS_L_HPP

#include <cstdint>
#include <utility>
#include <vector>

#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/discretised_las.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// Discretised two-dimensional LAS with consolidated placement: no knowledge of run times.
///
/// Thresholds in GPU-ms; promote is the PROMOTEKNOB, 0 for none.
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
/// section 3.1.
///           Defaults: SymbioticLab/Tiresias simulator/jobs.py (3,250 and 7,200 GPU-seconds). differs: every
///           gang is consolidated; only victims that the place needs are stopped. The simulator's own quirks
///           are not here.
template <placement::policy Placement = placement::consolidated>
struct tiresias_l : scheduler<queueing::greedy<queueing::discretised_las<>, queueing::skip_ahead>, Placement,
                              preemption::by_order> {
    explicit tiresias_l(std::vector<std::int64_t> thresholds = {3'250'000, 7'200'000},
                        std::int64_t promote = 0, Placement place = {})
        : tiresias_l::scheduler{queueing::greedy<queueing::discretised_las<>, queueing::skip_ahead>{
                                    queueing::discretised_las<>{std::move(thresholds), promote}},
                                std::move(place)} {}
};

} // namespace rota::system

#endif
