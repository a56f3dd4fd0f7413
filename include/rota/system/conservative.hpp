// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_CONSERVATIVE_HPP
#define ROTA_SYSTEM_CONSERVATIVE_HPP

#include <utility>

#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/conservative.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// First come, first served with start-only conservative backfill: every job is promised a start when it arrives.
///
/// Source    A. W. Mu'alem, D. G. Feitelson, IEEE TPDS 2001. differs: holds never slide forward, see
///           queueing::conservative.
template <class Estimator = estimate::user_limit, placement::policy Placement = placement::consolidated>
struct conservative : scheduler<queueing::greedy<queueing::fifo, queueing::conservative<Estimator>>,
                                Placement, preemption::never> {
    explicit conservative(Estimator estimate = {}, Placement place = {})
        : conservative::scheduler{
              queueing::greedy<queueing::fifo, queueing::conservative<Estimator>>{
                  queueing::fifo{}, queueing::conservative<Estimator>{std::move(estimate)}},
              std::move(place)} {}
};

} // namespace rota::system

#endif
