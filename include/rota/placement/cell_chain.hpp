// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_CELL_CHAIN_HPP
#define ROTA_PLACEMENT_CELL_CHAIN_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/buddy_cells.hpp>

namespace rota::placement {

/// The nodes of a cluster that are alike, as cells: GPUs, halves of nodes, nodes, racks.
struct cell_chain {
    std::vector<node_id> nodes;   ///< in the order of their cells
    std::uint32_t gpus = 0;       ///< of a node
    std::uint32_t node_level = 0; ///< at which a cell is a node
    buddy_cells cells;

    /// Where GPU number `leaf` of all GPUs of the chain is.
    [[nodiscard]] std::pair<node_id, std::uint32_t> at(std::uint32_t leaf) const noexcept {
        return {nodes[leaf / gpus], leaf % gpus};
    }
};

/// The chains of a cluster: one for each model and size of nodes that have GPUs.
///
/// A node is halved while it can be, so that 8 GPUs have cells of 1, 2, 4 and 8. Racks are cells above the nodes
/// where the nodes of the chain stand in racks of the same number.
[[nodiscard]] inline std::vector<cell_chain> chains_of(cluster::spec const& cluster) {
    auto order = std::vector<node_id>{};
    for (auto n = std::uint32_t{0}; n != cluster.nodes.size(); ++n)
        if (cluster.nodes[n].gpus != 0) order.push_back(node_id{n});
    auto const kind = [&](node_id n) {
        auto const& node = cluster.nodes[index(n)];
        return std::pair{index(node.model), node.gpus};
    };
    auto const key = [&](node_id n) {
        return std::pair{kind(n), std::pair{index(cluster.nodes[index(n)].rack), index(n)}};
    };
    std::sort(order.begin(), order.end(), [&](node_id a, node_id b) { return key(a) < key(b); });
    auto chains = std::vector<cell_chain>{};
    for (auto i = order.begin(); i != order.end();) {
        auto const first = i;
        auto racks = std::vector<std::uint32_t>{}; // nodes in each
        for (; i != order.end() && kind(*i) == kind(*first); ++i) {
            auto const rack = cluster.nodes[index(*i)].rack;
            if (i == first || rack != cluster.nodes[index(*(i - 1))].rack) racks.push_back(0);
            ++racks.back();
        }
        auto const gpus = std::uint32_t{cluster.nodes[index(*first)].gpus};
        auto fanouts = std::vector<std::uint32_t>{};
        auto rest = gpus;
        for (; rest % 2 == 0; rest /= 2) fanouts.push_back(2);
        if (rest != 1) fanouts.insert(fanouts.begin(), rest);
        auto const node_level = static_cast<std::uint32_t>(fanouts.size());
        auto tops = static_cast<std::uint32_t>(i - first);
        auto const even = std::all_of(racks.begin(), racks.end(), [&](auto n) { return n == racks.front(); });
        if (even && racks.front() != 1) {
            fanouts.push_back(racks.front());
            tops = static_cast<std::uint32_t>(racks.size());
        }
        chains.push_back({std::vector<node_id>(first, i), gpus, node_level, buddy_cells{tops, fanouts}});
    }
    return chains;
}

} // namespace rota::placement

#endif
