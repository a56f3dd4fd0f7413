// SPDX-License-Identifier: BSL-1.0
// A number from one to another, both of them included.
#ifndef ROTA_PROPERTY_DRAW_HPP
#define ROTA_PROPERTY_DRAW_HPP

#include <cstdint>

#include <rota/core/random.hpp>

inline int draw(rota::random& dice, int from, int to) {
    return from + static_cast<int>(dice.below(static_cast<std::uint64_t>(to - from) + 1));
}

#endif
