// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_CELL_USE_HPP
#define ROTA_VERIFY_CELL_USE_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/cell_chain.hpp>
#include <rota/verify/private_cells.hpp>

namespace rota::verify {

/// The blocks of GPUs that a cluster's cells are made of, whom they were promised to and whose jobs lie in them.
///
/// Meaning   At each level a cell is a block of GPUs that begins at a multiple of its size: so which blocks a
///           tenant's jobs touch bounds which of its cells are in use, wherever the scheduler has put those.
/// Cost      A hold or a release O(GPUs x levels).
class cell_use {
public:
    struct level {
        std::uint32_t gpus = 0;                         ///< of a block
        std::vector<std::map<std::size_t, int>> blocks; ///< whose jobs lie there, and on how many GPUs
        std::int64_t untouched = 0;                     ///< blocks in which nobody's do
        std::vector<std::int64_t>
            promised; ///< [tenants] blocks in its cells, of those no smaller than a block
        std::vector<std::int64_t> touched; ///< [tenants] blocks in which its jobs lie
        std::vector<std::int64_t> alone;   ///< [tenants] of these, where nobody else's do

        /// Of the promised blocks, those that are neither untouched nor their tenant's alone, at least.
        [[nodiscard]] std::int64_t missing() const {
            auto sum = -untouched;
            for (auto t = std::size_t{0}; t != promised.size(); ++t)
                sum += std::max<std::int64_t>(0, promised[t] - alone[t]);
            return std::max<std::int64_t>(0, sum);
        }
    };
    struct chain {
        gpu_model model{};
        std::uint32_t gpus = 0;      ///< of a node
        std::size_t node_level = 0;  ///< at which a block is a node
        bool largest = false;        ///< no node of the model has more
        std::uint32_t cpu_milli = 0; ///< that every node has
        std::uint32_t mem_mib = 0;
        std::vector<level> levels;
    };

    /// Expects   each size of cells is a level of the chain of its model and size of nodes.
    cell_use(cluster::spec const& cluster, std::span<private_cells const> promised, std::size_t tenants)
        : place_(cluster.nodes.size()) {
        auto most = std::vector<std::uint32_t>(cluster.models.size(), 0);
        for (auto const& node : cluster.nodes)
            most[index(node.model)] = std::max<std::uint32_t>(most[index(node.model)], node.gpus);
        for (auto const& from : placement::chains_of(cluster)) {
            auto const& first = cluster.nodes[index(from.nodes.front())];
            auto& made = chains_.emplace_back(chain{.model = first.model,
                                                    .gpus = from.gpus,
                                                    .node_level = from.node_level,
                                                    .largest = from.gpus == most[index(first.model)],
                                                    .cpu_milli = first.cpu_milli,
                                                    .mem_mib = first.mem_mib,
                                                    .levels = {}});
            for (auto i = std::uint32_t{0}; i != from.nodes.size(); ++i) {
                auto const& node = cluster.nodes[index(from.nodes[i])];
                made.cpu_milli = std::min(made.cpu_milli, node.cpu_milli);
                made.mem_mib = std::min(made.mem_mib, node.mem_mib);
                place_[index(from.nodes[i])] = {chains_.size() - 1, i * from.gpus};
            }
            for (auto l = std::uint32_t{0}; l <= from.cells.top(); ++l) {
                auto const gpus = from.cells.size(l);
                auto const blocks = from.nodes.size() * from.gpus / gpus;
                auto const nobody = std::vector<std::int64_t>(tenants, 0);
                made.levels.push_back({.gpus = gpus,
                                       .blocks = std::vector<std::map<std::size_t, int>>(blocks),
                                       .untouched = static_cast<std::int64_t>(blocks),
                                       .promised = nobody,
                                       .touched = nobody,
                                       .alone = nobody});
            }
        }
        for (auto const& one : promised) add(one);
    }

    [[nodiscard]] std::span<chain const> chains() const noexcept { return chains_; }
    /// Sign +1: the tenant's job takes them; -1: it gives them back.
    void hold(std::size_t tenant, std::span<cluster::slice const> parts, int sign) {
        for (auto const& part : parts) {
            auto const [c, first] = place_[index(part.node)];
            for (auto left = unsigned{part.gpus}; left != 0; left &= left - 1)
                for (auto& one : chains_[c].levels)
                    count(one, (first + static_cast<std::uint32_t>(std::countr_zero(left))) / one.gpus,
                          tenant, sign);
        }
    }
    /// Jobs like this one take no more CPU and memory than their part of a cell.
    [[nodiscard]] static bool modest(job::request const& need, chain const& on) noexcept {
        auto const within = [&](std::uint64_t a_gpu, std::uint64_t of_node) {
            return a_gpu * on.gpus * whole_gpu <= of_node * need.milli_min;
        };
        return within(need.cpu_milli, on.cpu_milli) && within(need.mem_mib, on.mem_mib);
    }
    /// The largest gang of the request fits into cells of which free(level) blocks are free, whichever these are.
    template <class Free>
    [[nodiscard]] bool surely_fits(job::request const& need, Free free) const {
        return !need.split() && std::any_of(chains_.begin(), chains_.end(), [&](chain const& on) {
            if (!need.accepts(on.model) || !modest(need, on)) return false;
            auto const gang = std::uint32_t{need.gpus_max};
            if (gang > on.gpus && (!on.largest || need.span == job::span::one_node)) return false;
            auto const fits = [&](level const& one) { return one.gpus >= gang && free(one) >= 1; };
            if (std::any_of(on.levels.begin(), on.levels.end(), fits)) return true;
            return gang > on.gpus && need.span != job::span::one_rack &&
                   free(on.levels[on.node_level]) >= (gang + on.gpus - 1) / on.gpus;
        });
    }

private:
    void add(private_cells const& one) {
        auto const on = std::find_if(chains_.begin(), chains_.end(), [&](chain const& c) {
            return c.model == one.model && c.gpus == one.node_gpus;
        });
        ROTA_EXPECTS(on != chains_.end(), "private cells are of nodes that the cluster has");
        auto const top = std::find_if(on->levels.begin(), on->levels.end(),
                                      [&](level const& l) { return l.gpus == one.gpus; });
        ROTA_EXPECTS(top != on->levels.end(), "private cells are of a size that their nodes have");
        for (auto l = on->levels.begin(); l <= top; ++l)
            l->promised[index(one.tenant)] += std::int64_t{one.count} * (top->gpus / l->gpus);
    }
    static void count(level& in, std::size_t block, std::size_t tenant, int sign) {
        auto& who = in.blocks[block];
        auto const note = [&](std::int64_t change) {
            if (who.empty()) in.untouched += change;
            if (who.size() == 1) in.alone[who.begin()->first] += change;
        };
        note(-1);
        auto& gpus = who[tenant];
        in.touched[tenant] += gpus == 0;
        if ((gpus += sign) == 0) {
            --in.touched[tenant];
            who.erase(tenant);
        }
        note(+1);
    }

    std::vector<chain> chains_;
    std::vector<std::pair<std::size_t, std::uint32_t>> place_; ///< [nodes] the chain, and its first GPU there
};

} // namespace rota::verify

#endif
