// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_SRTF_HPP
#define ROTA_SYSTEM_SRTF_HPP

#include <utility>

#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/srtf.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// The shortest remaining time first, preemptive: the reference for mean JCT. With estimate::oracle it is
/// clairvoyant.
///
/// Source    L. Schrage, Operations Research 1968; the reference of J. Gu et al., "Tiresias", NSDI 2019, and
/// of most
///           studies since. differs: only victims that the place needs are stopped.
template <class Estimator = estimate::user_limit, placement::policy Placement = placement::consolidated>
struct srtf : scheduler<queueing::greedy<queueing::srtf<Estimator>, queueing::skip_ahead>, Placement,
                        preemption::by_order> {
    explicit srtf(Estimator estimate = {}, Placement place = {})
        : srtf::scheduler{queueing::greedy<queueing::srtf<Estimator>, queueing::skip_ahead>{
                              queueing::srtf<Estimator>{std::move(estimate)}},
                          std::move(place)} {}
};

} // namespace rota::system

#endif
