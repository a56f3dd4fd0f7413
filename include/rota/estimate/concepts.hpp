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
///           e.steady_until(view, job) -> sim_time: optional; as far as then now + remaining_ms of a placed job
///           stays the same, unless there is news of the job.
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

/// As far as then the end that is believed of a placed job stays the same, unless there is news; at least now.
template <estimator E>
[[nodiscard]] sim_time steady_until([[maybe_unused]] E const& estimator, view const& v,
                                    [[maybe_unused]] job_id j) {
    if constexpr (requires {
                      { estimator.steady_until(v, j) } -> std::same_as<sim_time>;
                  })
        return estimator.steady_until(v, j);
    else return v.now();
}

} // namespace rota::estimate

#endif
