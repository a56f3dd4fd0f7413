// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_EASY_HPP
#define ROTA_SYSTEM_EASY_HPP

#include <utility>

#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/easy.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// First come, first served with EASY backfill: the first blocked job is promised a start, others may use
/// what is left.
///
/// Source    D. Lifka, "The ANL/IBM SP scheduling system", JSSPP 1995. See queueing::easy for the rule on
/// nodes.
template <class Estimator = estimate::user_limit, placement::policy Placement = placement::consolidated>
struct easy
    : scheduler<queueing::greedy<queueing::fifo, queueing::easy<Estimator>>, Placement, preemption::never> {
    explicit easy(Estimator estimate = {}, Placement place = {})
        : easy::scheduler{queueing::greedy<queueing::fifo, queueing::easy<Estimator>>{
                              queueing::fifo{}, queueing::easy<Estimator>{std::move(estimate)}},
                          std::move(place)} {}
};

} // namespace rota::system

#endif
