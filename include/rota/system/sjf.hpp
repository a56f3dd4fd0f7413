// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_SJF_HPP
#define ROTA_SYSTEM_SJF_HPP

#include <utility>

#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// The shortest job first, by its estimate; never preempts, nobody overtakes.
///
/// Source    Q. Hu et al., "Characterization and prediction of deep learning workloads in large-scale GPU
/// datacenters",
///           SC 2021, section 4.3 (SJF baseline). An oracle for the estimate gives their oracle SJF.
template <class Estimator = estimate::user_limit, placement::policy Placement = placement::consolidated>
struct sjf
    : scheduler<queueing::greedy<queueing::sjf<Estimator>, queueing::strict>, Placement, preemption::never> {
    explicit sjf(Estimator estimate = {}, Placement place = {})
        : sjf::scheduler{queueing::greedy<queueing::sjf<Estimator>, queueing::strict>{
                             queueing::sjf<Estimator>{std::move(estimate)}},
                         std::move(place)} {}
};

} // namespace rota::system

#endif
