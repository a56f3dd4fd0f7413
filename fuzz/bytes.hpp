// SPDX-License-Identifier: BSL-1.0
// An input byte for byte, then zeros.
#ifndef ROTA_FUZZ_BYTES_HPP
#define ROTA_FUZZ_BYTES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

class bytes {
public:
    bytes(std::uint8_t const* data, std::size_t size) : at_{data}, end_{data + size} {}
    unsigned next() { return at_ == end_ ? 0u : *at_++; }
    [[nodiscard]] bool empty() const { return at_ == end_; }
    /// What is left, so many of it at most.
    [[nodiscard]] std::vector<std::uint8_t> rest(std::ptrdiff_t most) const {
        return {at_, at_ + std::min(end_ - at_, most)};
    }

private:
    std::uint8_t const* at_;
    std::uint8_t const* end_;
};

#endif
