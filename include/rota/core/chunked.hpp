// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_CHUNKED_HPP
#define ROTA_CORE_CHUNKED_HPP

#include <array>
#include <cstddef>
#include <vector>

#include <rota/core/boxed.hpp>

namespace rota {

/// A sequence that grows at its end and whose elements stay where they are: growing copies nothing and holds no
/// second copy meanwhile.
template <class T>
class chunked {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return (*chunks_[i / chunk])[i % chunk]; }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept {
        return (*chunks_[i / chunk])[i % chunk];
    }
    /// One more, made by T{}.
    T& grow() {
        if (size_ % chunk == 0) chunks_.emplace_back();
        return (*this)[size_++];
    }

private:
    static constexpr std::size_t chunk = 256;

    std::vector<boxed<std::array<T, chunk>>> chunks_;
    std::size_t size_ = 0;
};

} // namespace rota

#endif
