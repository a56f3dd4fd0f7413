// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SRTF_HPP
#define ROTA_QUEUEING_SRTF_HPP

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <utility>

#include <rota/cluster/placement.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// The shortest remaining time first.
///
/// Source    L. Schrage, "A proof of the optimality of the shortest remaining processing time discipline",
/// Operations
///           Research 1968: optimal on one server. On several, or for gangs, it is not.
template <estimate::estimator Estimator = estimate::user_limit>
struct srtf {
    /// What an estimate says is not in a log; what the user declared is.
    static constexpr claim claims =
        std::same_as<Estimator, estimate::user_limit> ? claim::by_time_left : claim::none;
    static constexpr auto drift = queueing::drift::down;
    Estimator estimate{};

    void on(event const& happened, view const& v) { estimate::tell(estimate, happened, v); }
    [[nodiscard]] std::int64_t key(view const& v, job_id j) const { return estimate.remaining_ms(v, j); }
    /// It is believed to work at the reference rate where it is placed.
    [[nodiscard]] bool steady(view const& v, job_id j) const {
        auto const& held = v.intent(j);
        auto const gpus = held.gpus();
        return std::all_of(held.begin(), held.end(), [&](cluster::slice const& part) {
            return estimate.rate(v, j, gpus, v.free().of(part.node).model) == 1000;
        });
    }
};

template <class Estimator>
srtf(Estimator) -> srtf<Estimator>;
srtf() -> srtf<>;

static_assert(order<srtf<>>);

} // namespace rota::queueing

#endif
