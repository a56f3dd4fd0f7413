// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_USER_LIMIT_HPP
#define ROTA_ESTIMATE_USER_LIMIT_HPP

#include <algorithm>
#include <cstdint>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>

namespace rota::estimate {

/// Time that a job has done useful work so far, as if it had always held its smallest whole gang.
[[nodiscard]] inline millis attained_ms(view const& v, job_id j) noexcept {
    auto const& need = v.need(j);
    return v.attained(j) / (std::int64_t{need.gpus_min} * need.milli);
}

/// What an honest cluster offers: the limit that the user declared, less the time the job has run.
///
/// A job that outlives its limit, or declared none, is believed to end `overrun_ms` from now.
/// Source    A. W. Mu'alem, D. G. Feitelson, "Utilization, predictability, workloads, and user runtime
/// estimates in
///           scheduling the IBM SP2 with backfilling", IEEE TPDS 2001.
struct user_limit {
    millis overrun_ms = 1;
    millis undeclared_ms = 24 * 3'600'000; ///< taken as the limit where none was declared

    [[nodiscard]] millis remaining_ms(view const& v, job_id j) const noexcept {
        auto const declared = v.spec(j).limit_ms;
        return std::max(overrun_ms, (declared != 0 ? declared : undeclared_ms) - attained_ms(v, j));
    }
    /// While it works as fast as its smallest gang and within its limit.
    [[nodiscard]] sim_time steady_until(view const& v, job_id j) const noexcept {
        auto const& need = v.need(j);
        auto const from = v.state(j).accrues_from;
        if (from == never || v.held(j).total_milli() != std::int64_t{need.gpus_min} * need.milli)
            return v.now();
        return std::max(v.now(), from) + (remaining_ms(v, j) - overrun_ms);
    }
    [[nodiscard]] std::int64_t rate(view const& v, job_id j, int gpus, gpu_model) const noexcept {
        return std::int64_t{1000} * gpus / v.need(j).gpus_min;
    }
};

static_assert(estimator<user_limit>);

} // namespace rota::estimate

#endif
