// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_RANDOM_HPP
#define ROTA_CORE_RANDOM_HPP

#include <cstdint>

#include <rota/core/config.hpp>

namespace rota {

/// A small generator whose stream depends on its seed alone: no platform, no library, no hidden state.
///
/// Meets std::uniform_random_bit_generator, but the standard distributions are not portable: use the members.
/// Source    G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014.
class random {
public:
    using result_type = std::uint64_t;

    ROTA_HOST_DEVICE constexpr explicit random(std::uint64_t seed = 1) noexcept : state_{seed} {}

    [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
    [[nodiscard]] static constexpr result_type max() noexcept { return ~result_type{0}; }

    ROTA_HOST_DEVICE constexpr result_type operator()() noexcept {
        auto z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    /// Uniform over 0 .. n - 1; 0 where n is 0. The bias is below n / 2^64.
    ROTA_HOST_DEVICE constexpr std::uint64_t below(std::uint64_t n) noexcept {
        auto const draw = (*this)();
        return n == 0 ? 0 : draw % n;
    }

    /// Uniform over [0, 1) in steps of 2^-53.
    ROTA_HOST_DEVICE constexpr double unit() noexcept {
        return static_cast<double>((*this)() >> 11) * 0x1p-53;
    }

    ROTA_HOST_DEVICE constexpr bool chance(double probability) noexcept { return unit() < probability; }

private:
    std::uint64_t state_;
};

} // namespace rota

#endif
