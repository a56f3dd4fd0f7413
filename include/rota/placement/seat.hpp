// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_SEAT_HPP
#define ROTA_PLACEMENT_SEAT_HPP

#include <cstdint>

#include <rota/core/units.hpp>

namespace rota::placement {

/// Where a pod lies: a node, and its GPUs there as a mask.
struct seat {
    node_id node{};
    std::uint16_t gpus = 0;

    friend bool operator==(seat const&, seat const&) = default;
};

} // namespace rota::placement

#endif
