// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_CONCEPTS_HPP
#define ROTA_ESTIMATE_CONCEPTS_HPP

#include <concepts>
#include <cstdint>

#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

namespace rota::estimate {

/// What a policy may believe about a job.
///
/// Syntax    e.remaining_ms(view, job) -> millis: run time still to come, at the reference rate; >= 0.
///           e.rate(view, job, gpus, model) -> std::int64_t: thousandths of the reference rate on that many
///           GPUs. e.on(event, view): optional; an estimator that learns is told what happened.
/// Meaning   The answer for a running job falls by 1 ms a ms at the reference rate, or stays at its least
/// value once
///           the job outlives it. Only `oracle` knows the truth, and only a simulator can make one: a policy
///           that needs it asks for it by type.
template <class E>
concept estimator = requires(E const& e, view const& v, job_id j, int gpus, gpu_model model) {
    { e.remaining_ms(v, j) } -> std::same_as<millis>;
    { e.rate(v, j, gpus, model) } -> std::same_as<std::int64_t>;
};

/// It is told what happened, so what it says of a job changes while nothing happens to that job.
template <class E>
concept learning =
    estimator<E> && requires(E& e, event const& happened, view const& v) { e.on(happened, v); };

/// Tells an estimator what happened, if it listens.
template <estimator E>
void tell(E& estimator, event const& happened, view const& v) {
    if constexpr (learning<E>) estimator.on(happened, v);
}

} // namespace rota::estimate

#endif
