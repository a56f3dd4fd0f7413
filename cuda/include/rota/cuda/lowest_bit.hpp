// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_LOWEST_BIT_HPP
#define ROTA_CUDA_LOWEST_BIT_HPP

#include <cstdint>

#include <rota/core/config.hpp>

namespace rota::cuda {

/// The position of the lowest bit that is set: std::countr_zero, which nvcc does not take in device code.
/// Expects   bits != 0.
[[nodiscard]] ROTA_HOST_DEVICE inline std::uint32_t lowest_bit(std::uint64_t bits) noexcept {
#if defined(__CUDA_ARCH__)
    return static_cast<std::uint32_t>(__ffsll(static_cast<long long>(bits)) - 1);
#else
    return static_cast<std::uint32_t>(__builtin_ctzll(bits));
#endif
}

} // namespace rota::cuda

#endif
