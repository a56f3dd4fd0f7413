// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_CHOICE_HPP
#define ROTA_PACKING_CHOICE_HPP

#include <cstdint>
#include <limits>

namespace rota::packing {

/// Where a pod goes: a node by its rank, and its GPUs there as a mask.
struct choice {
    static constexpr auto none = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t rank = none; ///< none: it fits on no node
    std::uint16_t gpus = 0;

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return rank != none; }
    friend bool operator==(choice const&, choice const&) = default;
};

} // namespace rota::packing

#endif
