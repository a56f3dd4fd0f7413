// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_NOISY_HPP
#define ROTA_ESTIMATE_NOISY_HPP

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>

namespace rota::estimate {

/// Another estimator's total, times a log-normal factor of median 1 that is drawn once a job from the seed.
///
/// The estimate of the total is kept, not that of the remainder, so an under-estimated job reaches its
/// least value and stays there. sigma 0 is the estimator itself.
/// Source    M. Dell'Amico, D. Carra, P. Michiardi, "PSBS: practical size-based scheduling", IEEE ToC 2016,
///           section 7 (multiplicative log-normal error); M. Dell'Amico, "Scheduling with inexact job
///           sizes", 2019.
template <estimator Base>
struct noisy {
    Base base;
    double sigma = 1.0;
    std::uint64_t seed = 1;

    [[nodiscard]] millis remaining_ms(view const& v, job_id j) const noexcept {
        auto const done = attained_ms(v, j);
        auto const total = static_cast<double>(base.remaining_ms(v, j) + done) * factor(j);
        return std::max<millis>(sigma == 0.0 ? 0 : 1, static_cast<millis>(std::llround(total)) - done);
    }
    [[nodiscard]] std::int64_t rate(view const& v, job_id j, int gpus, gpu_model model) const noexcept {
        return base.rate(v, j, gpus, model);
    }
    /// The factor of a job: the same at every call.
    [[nodiscard]] double factor(job_id j) const noexcept {
        auto draw = random(seed * 0x9e3779b97f4a7c15u + index(j));
        auto const radius = std::sqrt(-2.0 * std::log(1.0 - draw.unit()));
        return std::exp(sigma * radius * std::cos(2.0 * std::numbers::pi * draw.unit()));
    }
};

template <estimator Base>
noisy(Base, double, std::uint64_t) -> noisy<Base>;

static_assert(estimator<noisy<user_limit>>);

} // namespace rota::estimate

#endif
