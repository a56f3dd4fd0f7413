// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_DRAW_HPP
#define ROTA_TRACE_DRAW_HPP

#include <cmath>
#include <numbers>

#include <rota/core/random.hpp>

namespace rota::trace {

/// A draw from the exponential law of that mean.
///
/// Source    inverse of the distribution function; one uniform a draw.
[[nodiscard]] inline double exponential(random& from, double mean) noexcept {
    return -std::log(1.0 - from.unit()) * mean; // 1 - u is exact and never 0
}

/// A draw from the standard normal law.
///
/// Source    G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Ann. Math.
/// Stat. 1958; the cosine half, two uniforms a draw.
[[nodiscard]] inline double standard_normal(random& from) noexcept {
    auto const radius = std::sqrt(-2.0 * std::log(1.0 - from.unit()));
    return radius * std::cos(2.0 * std::numbers::pi * from.unit());
}

/// The probability that a standard normal draw is at most z.
[[nodiscard]] inline double normal_cdf(double z) noexcept {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

} // namespace rota::trace

#endif
