// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_STRIDED_HPP
#define ROTA_CUDA_STRIDED_HPP

#include <cstddef>

#include <rota/core/config.hpp>

namespace rota::cuda {

/// An array whose elements lie `step` apart: element i of many members side by side, so that threads of a warp that
/// ask for the same i read neighbours.
template <class T>
struct strided {
    T* first = nullptr;
    std::size_t step = 1;

    [[nodiscard]] ROTA_HOST_DEVICE T& operator[](std::size_t i) const noexcept { return first[i * step]; }
};

} // namespace rota::cuda

#endif
