// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SJF_HPP
#define ROTA_QUEUEING_SJF_HPP

#include <concepts>
#include <cstdint>
#include <utility>

#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// The shortest job first, by its estimated run time in all: the time it has run counts too.
///
/// Source    R. W. Conway, W. L. Maxwell, L. W. Miller, "Theory of scheduling", 1967 (shortest processing
/// time).
template <estimate::estimator Estimator = estimate::user_limit>
struct sjf {
    /// What an estimate says is not in a log; what the user declared is.
    static constexpr claim claims =
        std::same_as<Estimator, estimate::user_limit> ? claim::by_limit : claim::none;

    Estimator estimate{};

    void on(event const& happened, view const& v) { estimate::tell(estimate, happened, v); }
    [[nodiscard]] std::int64_t key(view const& v, job_id j) const {
        return estimate.remaining_ms(v, j) + estimate::attained_ms(v, j);
    }
};

template <class Estimator>
sjf(Estimator) -> sjf<Estimator>;
sjf() -> sjf<>;

static_assert(order<sjf<>>);

} // namespace rota::queueing

#endif
