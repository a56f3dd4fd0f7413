// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_SRSF_HPP
#define ROTA_SYSTEM_SRSF_HPP

#include <utility>

#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/srsf.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// The shortest remaining service first, preemptive: remaining time x GPUs, so that of two jobs of one length
/// the smaller goes first. With estimate::oracle it is clairvoyant.
///
/// Cost      the running jobs are sorted for each preemption that is tried: their remaining services fall at
///           paces of their own, so no order of them lasts.
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
///           section 3.1. differs: only victims that the place needs are stopped.
template <class Estimator = estimate::user_limit, placement::policy Placement = placement::consolidated>
struct srsf : scheduler<queueing::greedy<queueing::srsf<Estimator>, queueing::skip_ahead>, Placement,
                        preemption::by_order> {
    explicit srsf(Estimator estimate = {}, Placement place = {})
        : srsf::scheduler{queueing::greedy<queueing::srsf<Estimator>, queueing::skip_ahead>{
                              queueing::srsf<Estimator>{std::move(estimate)}},
                          std::move(place)} {}
};

} // namespace rota::system

#endif
