// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_DEVICES_HPP
#define ROTA_PEERS_DEVICES_HPP

#include <algorithm>
#include <cstdint>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>

namespace peers {

/// The first `count` free GPUs of a node. Expects that many.
[[nodiscard]] inline rota::cluster::slice some_of(rota::cluster::occupancy const& free, rota::node_id node,
                                                  int count) noexcept {
    auto part = rota::cluster::slice{.node = node};
    for (auto left = std::uint32_t{free.whole(node)}; count != 0; --count, left &= left - 1)
        part.gpus = static_cast<std::uint16_t>(part.gpus | (left & (~left + 1)));
    return part;
}

/// Whatever is free, node by node in index order, until it is enough; empty where it is not.
[[nodiscard]] inline rota::cluster::placement anywhere(rota::cluster::occupancy const& free, int gpus) {
    auto found = rota::cluster::placement{};
    for (auto n = std::uint32_t{0}; n != free.size() && gpus > 0; ++n) {
        auto const node = rota::node_id{n};
        auto const here = std::min(free.whole_count(node), gpus);
        if (here == 0) continue;
        found.add(some_of(free, node, here));
        gpus -= here;
    }
    if (gpus > 0) found.clear();
    return found;
}

/// How a peer chooses devices for a gang; empty where it does not find any.
using placer = rota::cluster::placement (*)(rota::cluster::occupancy const& free, int gpus);

} // namespace peers

#endif
