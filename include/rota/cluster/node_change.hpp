// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_NODE_CHANGE_HPP
#define ROTA_CLUSTER_NODE_CHANGE_HPP

#include <cstdint>

#include <rota/core/units.hpp>

namespace rota::cluster {

enum class node_state : std::uint8_t {
    down,    ///< what ran there is lost
    up,      ///< open: work may be put there
    drained, ///< nothing new is put there, what runs there goes on
};

/// What becomes of a node at a point in time: it goes away, is drained, is open again, or others take some of it.
struct node_change {
    sim_time at{};
    node_id node{};
    node_state to = node_state::down;
    std::uint32_t cpu_milli =
        0; ///< that others have of it from then on while it is up, as far as they are free then
    std::uint32_t mem_mib = 0;

    friend bool operator==(node_change const&, node_change const&) = default;
};

} // namespace rota::cluster

#endif
