// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_SLURM_LIKE_HPP
#define ROTA_SYSTEM_SLURM_LIKE_HPP

#include <utility>

#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/easy.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// Multifactor priority with EASY backfill: how most GPU clusters under Slurm are run.
///
/// Source    SchedMD, Slurm documentation, "Multifactor priority plugin" and "Scheduling configuration
/// guide". differs:
///           one reservation (EASY), no fair share, event-driven instead of every 30 and 60 s.
template <class Estimator = estimate::user_limit, placement::policy Placement = placement::consolidated>
struct slurm_like : scheduler<queueing::greedy<queueing::multifactor, queueing::easy<Estimator>>, Placement,
                              preemption::never> {
    static constexpr claim claims =
        without(slurm_like::scheduler::claims, claim::easy_promise); // a rising job takes the head

    explicit slurm_like(queueing::multifactor by = {}, Estimator estimate = {}, Placement place = {})
        : slurm_like::scheduler{queueing::greedy<queueing::multifactor, queueing::easy<Estimator>>{
                                    by, queueing::easy<Estimator>{std::move(estimate)}},
                                std::move(place)} {}
};

} // namespace rota::system

#endif
