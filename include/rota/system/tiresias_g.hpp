// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_TIRESIAS_G_HPP
#define ROTA_SYSTEM_TIRESIAS_G_HPP

#include <utility>

#include <rota/estimate/empirical_law.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/gittins.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// The Gittins index of GPU service under a known law, preemptive, with consolidated placement.
///
/// The law is that of earlier jobs' total GPU service, in GPU-ms.
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
/// section 3.2.
///           differs: the index itself ranks jobs, not one index a level, and it is the true one: the sup
///           over every D with the age subtracted (their code fixes D and subtracts nothing).
template <class Law = estimate::empirical_law, placement::policy Placement = placement::consolidated>
struct tiresias_g : scheduler<queueing::greedy<queueing::gittins<Law>, queueing::skip_ahead>, Placement,
                              preemption::by_order> {
    explicit tiresias_g(Law law, Placement place = {})
        : tiresias_g::scheduler{queueing::greedy<queueing::gittins<Law>, queueing::skip_ahead>{
                                    queueing::gittins<Law>{std::move(law)}},
                                std::move(place)} {}
};

} // namespace rota::system

#endif
