// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_VIRTUAL_CLUSTER_HPP
#define ROTA_PLACEMENT_VIRTUAL_CLUSTER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/cell_chain.hpp>

namespace rota::placement {

/// The cells of one tenant as a cluster of its own, each of them bound to a physical cell while it is used.
///
/// A cell of whole nodes is a rack of virtual nodes; a smaller one is a small node.
/// Source    H. Zhao et al., "HiveD", OSDI 2020, section 3.2 (virtual private cluster).
class virtual_cluster {
public:
    struct cell {
        std::uint32_t chain = 0;
        std::uint32_t level = 0;
        std::uint32_t first_node = 0;       ///< virtual
        std::uint32_t nodes = 0;            ///< virtual
        std::uint32_t held = 0;             ///< slices that lie in it
        std::optional<std::uint32_t> bound; ///< the physical cell of that level
    };

    /// Expects   the number of each cell's level was promised by its chain.
    /// Shape     levels: [chains], each the levels of its cells.
    virtual_cluster(cluster::spec const& on, std::span<cell_chain const> chains,
                    std::vector<std::vector<std::uint32_t>> const& levels)
        : spec_{std::make_unique<cluster::spec>()} {
        spec_->models = on.models;
        for (auto c = std::uint32_t{0}; c != levels.size(); ++c)
            for (auto level : levels[c]) {
                auto const& chain = chains[c];
                auto const size = chain.cells.size(level);
                auto node = on.nodes[index(chain.nodes.front())];
                for (auto n : chain.nodes) { // what every node of the chain has
                    node.cpu_milli = std::min(node.cpu_milli, on.nodes[index(n)].cpu_milli);
                    node.mem_mib = std::min(node.mem_mib, on.nodes[index(n)].mem_mib);
                }
                auto const share = std::min(size, chain.gpus);
                node.gpus = static_cast<std::uint8_t>(share);
                node.cpu_milli =
                    static_cast<std::uint32_t>(std::uint64_t{node.cpu_milli} * share / chain.gpus);
                node.mem_mib = static_cast<std::uint32_t>(std::uint64_t{node.mem_mib} * share / chain.gpus);
                node.rack = static_cast<rack_id>(cells_.size());
                node.spine = {};
                auto const first = static_cast<std::uint32_t>(spec_->nodes.size());
                for (auto left = size / share; left != 0; --left) {
                    spec_->nodes.push_back(node);
                    cell_of_.push_back(static_cast<std::uint32_t>(cells_.size()));
                }
                cells_.push_back({c, level, first, size / share, 0, {}});
            }
        free_.emplace(*spec_);
    }

    [[nodiscard]] cluster::spec const& layout() const noexcept { return *spec_; }
    [[nodiscard]] cluster::ledger const& free() const noexcept { return *free_; }
    [[nodiscard]] std::span<cell> cells() noexcept { return cells_; }
    [[nodiscard]] std::span<cell const> cells() const noexcept { return cells_; }
    [[nodiscard]] cell& cell_of(node_id n) noexcept { return cells_[cell_of_[index(n)]]; }
    void set_open(node_id n, bool open) { free_->set_open(n, open); }

    void take(cluster::placement const& where) {
        free_->take(where);
        for (auto const& part : where) ++cell_of(part.node).held;
    }
    void give(cluster::placement const& where) {
        free_->give(where);
        for (auto const& part : where) --cell_of(part.node).held;
    }
    /// The physical GPU behind GPU 0 of a virtual node, as a number within its chain.
    /// Expects   its cell is bound.
    [[nodiscard]] std::uint32_t leaf(std::span<cell_chain const> chains, node_id n) const noexcept {
        auto const& of = cells_[cell_of_[index(n)]];
        return *of.bound * chains[of.chain].cells.size(of.level) +
               (index(n) - of.first_node) * chains[of.chain].gpus;
    }
    /// The virtual node behind the physical GPUs `from` to `last` of a chain: of a bound cell, or of one that can be
    /// bound there, the smallest first.
    [[nodiscard]] std::optional<node_id> node_of(std::span<cell_chain> chains, std::uint32_t chain,
                                                 std::uint32_t from, std::uint32_t last) {
        auto& on = chains[chain];
        for (auto level = std::uint32_t{0}; level <= on.cells.top(); ++level) {
            auto const size = on.cells.size(level);
            if (from / size != last / size) continue;
            for (auto const fresh : {false, true})
                for (auto& one : cells_) {
                    if (one.chain != chain || one.level != level) continue;
                    if (fresh ? one.bound || !on.cells.take_at(level, from / size) : one.bound != from / size)
                        continue;
                    one.bound = from / size;
                    return static_cast<node_id>(one.first_node + from % size / on.gpus);
                }
        }
        return {};
    }
    /// The same devices of the physical cluster; nodes that meet there become one slice.
    [[nodiscard]] cluster::placement physical(std::span<cell_chain const> chains,
                                              cluster::placement const& where) const {
        auto parts = std::vector<cluster::slice>{};
        for (auto part : where) {
            auto const& chain = chains[cells_[cell_of_[index(part.node)]].chain];
            auto const [node, shift] = chain.at(leaf(chains, part.node));
            part.node = node;
            part.gpus = static_cast<std::uint16_t>(part.gpus << shift);
            auto const same =
                std::find_if(parts.begin(), parts.end(), [&](auto const& x) { return x.node == node; });
            if (same == parts.end()) {
                parts.push_back(part);
            } else {
                same->gpus = static_cast<std::uint16_t>(same->gpus | part.gpus);
                same->cpu_milli += part.cpu_milli;
                same->mem_mib += part.mem_mib;
            }
        }
        auto made = cluster::placement{};
        for (auto const& part : parts) made.add(part);
        return made;
    }

private:
    std::unique_ptr<cluster::spec> spec_; ///< the ledger points at it
    std::optional<cluster::ledger> free_;
    std::vector<cell> cells_;
    std::vector<std::uint32_t> cell_of_; ///< [virtual nodes]
};

} // namespace rota::placement

#endif
