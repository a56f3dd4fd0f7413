// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_LAS_HPP
#define ROTA_SYSTEM_LAS_HPP

#include <cstdint>
#include <utility>

#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/las.hpp>
#include <rota/scheduler/scheduler.hpp>

namespace rota::system {

/// The least attained service first, preemptive, in quanta of service.
///
/// Source    the two-dimensional LAS of J. Gu et al., "Tiresias", NSDI 2019, section 3.1, before it is
/// discretised.
template <queueing::service Of = queueing::service::gpu_time,
          placement::policy Placement = placement::consolidated>
struct las
    : scheduler<queueing::greedy<queueing::las<Of>, queueing::skip_ahead>, Placement, preemption::by_order> {
    explicit las(std::int64_t quantum_ms = 60'000, Placement place = {})
        : las::scheduler{
              queueing::greedy<queueing::las<Of>, queueing::skip_ahead>{queueing::las<Of>{quantum_ms}},
              std::move(place)} {}
};

} // namespace rota::system

#endif
