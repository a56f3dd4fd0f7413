// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_CHECKED_HPP
#define ROTA_CORE_CHECKED_HPP

#include <cstdint>
#include <optional>

#include <rota/core/config.hpp>

namespace rota {

__extension__ using int128 = __int128; ///< for sums of GPU-milli x ms that may pass 2^63
__extension__ using uint128 = unsigned __int128;

/// a + b, or nothing where the sum does not fit.
[[nodiscard]] constexpr std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept {
    auto sum = std::int64_t{};
    if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
    return sum;
}

/// a * b, or nothing where the product does not fit.
[[nodiscard]] constexpr std::optional<std::int64_t> checked_multiply(std::int64_t a,
                                                                     std::int64_t b) noexcept {
    auto product = std::int64_t{};
    if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

/// a / b rounded up. Expects a >= 0 and b > 0.
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) noexcept {
    return a / b + (a % b != 0);
}

} // namespace rota

#endif
