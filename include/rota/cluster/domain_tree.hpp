// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_DOMAIN_TREE_HPP
#define ROTA_CLUSTER_DOMAIN_TREE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// Domains within domains: nodes at level 0, say NVLink domains, racks and spines above, the cluster on top.
///
/// The domains of a level are numbered so that the children of each are consecutive. A node is known here by its
/// position in that order, which is its id where the cluster lists its nodes domain by domain.
class domain_tree {
public:
    /// The domain of each node at every level between the nodes and the cluster: of[l][n] for level l + 1.
    /// Shape     of: [levels x nodes]. Equal numbers under two domains of a higher level are two domains.
    domain_tree(std::uint32_t nodes, std::span<std::vector<std::uint32_t> const> of) : node_(nodes) {
        for ([[maybe_unused]] auto const& level : of)
            ROTA_EXPECTS(level.size() == nodes, "each node has a domain at each level");
        for (auto n = std::uint32_t{0}; n != nodes; ++n) node_[n] = node_id{n};
        auto const above = [&](node_id a, node_id b, std::size_t from) { // compares paths down to a level
            for (auto l = of.size(); l != from; --l)
                if (of[l - 1][index(a)] != of[l - 1][index(b)])
                    return of[l - 1][index(a)] < of[l - 1][index(b)] ? -1 : 1;
            return 0;
        };
        std::sort(node_.begin(), node_.end(), [&](auto a, auto b) {
            auto const way = above(a, b, 0);
            return way != 0 ? way < 0 : a < b;
        });
        position_.resize(nodes);
        for (auto p = std::uint32_t{0}; p != nodes; ++p) position_[index(node_[p])] = p;
        first_.resize(of.size() + 2);
        parent_.resize(of.size() + 2);
        auto below = std::vector<std::uint32_t>(nodes); // first position of each domain a level down
        for (auto p = std::uint32_t{0}; p != nodes; ++p) below[p] = p;
        for (auto level = std::size_t{1}; level != first_.size(); ++level) {
            auto starts = std::vector<std::uint32_t>{};
            for (auto d = std::uint32_t{0}; d != below.size(); ++d) {
                auto const opens = d == 0 || (level <= of.size() &&
                                              above(node_[below[d - 1]], node_[below[d]], level - 1) != 0);
                if (opens) {
                    starts.push_back(below[d]);
                    first_[level].push_back(d);
                }
                parent_[level - 1].push_back(static_cast<std::uint32_t>(starts.size() - 1));
            }
            first_[level].push_back(static_cast<std::uint32_t>(below.size()));
            below = std::move(starts);
        }
    }
    /// Node < rack < spine < cluster.
    [[nodiscard]] static domain_tree of_racks(spec const& cluster) {
        auto of = std::vector<std::vector<std::uint32_t>>(2);
        for (auto const& one : cluster.nodes) {
            of[0].push_back(index(one.rack));
            of[1].push_back(index(one.spine));
        }
        return {static_cast<std::uint32_t>(cluster.nodes.size()), of};
    }
    /// So many nodes to a domain of level 1, so many of those to one of level 2, and so on, in the order of ids:
    /// {18, 8} are eight NVLink domains of 18 trays to a block.
    [[nodiscard]] static domain_tree regular(std::uint32_t nodes, std::span<std::uint32_t const> fanouts) {
        auto of = std::vector<std::vector<std::uint32_t>>{};
        auto width = std::uint64_t{1};
        for (auto fanout : fanouts) {
            ROTA_EXPECTS(fanout != 0, "a domain has nodes");
            width = std::min<std::uint64_t>(width * fanout, 1ull << 32); // all nodes, and more
            auto& level = of.emplace_back(nodes);
            for (auto n = std::uint32_t{0}; n != nodes; ++n) level[n] = static_cast<std::uint32_t>(n / width);
        }
        return {nodes, of};
    }

    /// The level of the cluster, which is one domain.
    [[nodiscard]] std::uint32_t top() const noexcept { return static_cast<std::uint32_t>(first_.size() - 1); }
    /// Domains of a level.
    [[nodiscard]] std::uint32_t size(std::uint32_t level) const noexcept {
        return static_cast<std::uint32_t>(level == 0 ? node_.size() : first_[level].size() - 1);
    }
    /// The first of a domain's children, and the one after its last.
    [[nodiscard]] std::uint32_t first(std::uint32_t level, std::uint32_t domain) const noexcept {
        return first_[level][domain];
    }
    [[nodiscard]] std::uint32_t end(std::uint32_t level, std::uint32_t domain) const noexcept {
        return first_[level][domain + 1];
    }
    /// Expects   level < top().
    [[nodiscard]] std::uint32_t parent(std::uint32_t level, std::uint32_t domain) const noexcept {
        return parent_[level][domain];
    }
    [[nodiscard]] node_id node(std::uint32_t position) const noexcept { return node_[position]; }
    [[nodiscard]] std::uint32_t position(node_id n) const noexcept { return position_[index(n)]; }

private:
    std::vector<node_id> node_;                      ///< [positions]
    std::vector<std::uint32_t> position_;            ///< [nodes]
    std::vector<std::vector<std::uint32_t>> first_;  ///< [levels], each [domains + 1]; nothing for nodes
    std::vector<std::vector<std::uint32_t>> parent_; ///< [levels], each [domains]; nothing for the cluster
};

} // namespace rota::cluster

#endif
