// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SRSF_HPP
#define ROTA_QUEUEING_SRSF_HPP

#include <cstdint>
#include <utility>

#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// The shortest remaining service first: remaining time x GPUs.
///
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
/// section 3.1.
template <estimate::estimator Estimator = estimate::user_limit>
struct srsf {
    static constexpr auto drift = queueing::drift::free;
    Estimator estimate{};

    void on(event const& happened, view const& v) { estimate::tell(estimate, happened, v); }
    [[nodiscard]] std::int64_t key(view const& v, job_id j) const {
        return estimate.remaining_ms(v, j) * v.need(j).gpus_min * v.need(j).milli / whole_gpu;
    }
};

template <class Estimator>
srsf(Estimator) -> srsf<Estimator>;
srsf() -> srsf<>;

static_assert(order<srsf<>>);

} // namespace rota::queueing

#endif
