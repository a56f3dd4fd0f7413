// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_RACK_INDEX_HPP
#define ROTA_CLUSTER_RACK_INDEX_HPP

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// Which racks hold at least m nodes with at least k whole free GPUs, kept up to date node by node.
///
/// A block is the nodes of one GPU model in one rack. For every (model, k) the blocks are bucketed by the
/// number of their nodes with >= k free, so "the fewest sufficient nodes, then the lowest rack" is found
/// without a scan.
/// Cost      one bucket move a changed k; nothing at all where every model has a single block.
class rack_index {
public:
    static constexpr std::uint32_t none = bitmap::none;

    explicit rack_index(spec const& cluster) {
        auto const nodes = static_cast<std::uint32_t>(cluster.nodes.size());
        auto order = std::vector<std::uint32_t>(nodes);
        for (auto n = std::uint32_t{0}; n != nodes; ++n) order[n] = n;
        auto const place = [&](std::uint32_t n) {
            return index(cluster.nodes[n].model) * 65536u + index(cluster.nodes[n].rack);
        };
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return place(a) < place(b); });
        block_of_.resize(nodes);
        first_block_.assign(models_max + 1, 0);
        for (auto i = std::uint32_t{0}; i != nodes; ++i) {
            if (i == 0 || place(order[i]) != place(order[i - 1])) {
                first_node_.push_back(i);
                model_.push_back(index(cluster.nodes[order[i]].model));
            }
            block_of_[order[i]] = static_cast<std::uint32_t>(first_node_.size() - 1);
        }
        first_node_.push_back(nodes);
        node_ = std::move(order);
        for (auto m : model_) ++first_block_[m + 1u];
        for (auto m = 0; m != models_max; ++m)
            first_block_[static_cast<std::size_t>(m) + 1] += first_block_[static_cast<std::size_t>(m)];
        count_.assign(blocks() * levels, 0);
        needed_ = false;
        for (auto m = std::size_t{0}; m != models_max; ++m)
            needed_ |= first_block_[m + 1] - first_block_[m] > 1;
        if (!needed_) return;
        auto const models = std::size_t{1} + *std::max_element(model_.begin(), model_.end());
        filled_.assign(models * levels, 0);
        population_.assign(models * levels * buckets, 0);
        members_.assign(models * levels * buckets, bitmap(blocks()));
        for (auto b = std::uint32_t{0}; b != blocks(); ++b)
            for (auto k = 1; k != levels; ++k) enter(b, k, 0);
    }

    [[nodiscard]] std::uint32_t blocks() const noexcept { return static_cast<std::uint32_t>(model_.size()); }
    [[nodiscard]] std::uint32_t block_of(node_id n) const noexcept { return block_of_[index(n)]; }
    [[nodiscard]] std::uint32_t first_block(gpu_model m) const noexcept { return first_block_[index(m)]; }
    [[nodiscard]] std::uint32_t end_block(gpu_model m) const noexcept { return first_block_[index(m) + 1u]; }
    /// The nodes of a block, ascending.
    [[nodiscard]] std::uint32_t const* begin(std::uint32_t block) const noexcept {
        return &node_[first_node_[block]];
    }
    [[nodiscard]] std::uint32_t const* end(std::uint32_t block) const noexcept {
        return node_.data() + first_node_[block + 1];
    }
    /// Nodes of the block with >= k whole free GPUs.
    [[nodiscard]] std::uint32_t at_least(std::uint32_t block, int k) const noexcept {
        return count_[block * levels + static_cast<std::uint32_t>(k)];
    }

    /// A node's count of whole free GPUs went from `before` to `after`.
    void change(node_id n, int before, int after) noexcept {
        auto const block = block_of(n);
        auto const step = after > before ? 1 : -1;
        for (auto k = std::min(before, after) + 1; k <= std::max(before, after); ++k) {
            auto& count = count_[block * levels + static_cast<std::uint32_t>(k)];
            if (needed_) leave(block, k, count);
            count = static_cast<std::uint32_t>(static_cast<int>(count) + step);
            if (needed_) enter(block, k, count);
        }
    }

    /// The block with the fewest nodes of >= k free GPUs that are still at least m; ties to the lowest. none:
    /// there is none.
    [[nodiscard]] std::uint32_t tightest(gpu_model model, int k, std::uint32_t m) const noexcept {
        if (!needed_) {
            auto const only = first_block(model);
            return only != end_block(model) && at_least(only, k) >= m ? only : none;
        }
        auto const row = index(model) * std::size_t{levels} + static_cast<std::size_t>(k);
        if (row >= filled_.size()) return none;
        auto const last = buckets - 1u;
        for (auto left = m < last ? filled_[row] >> m << m : filled_[row] & std::uint64_t{1} << last;
             left != 0; left &= left - 1) {
            auto const bucket = static_cast<std::uint32_t>(std::countr_zero(left));
            auto const& set = members_[row * buckets + bucket];
            if (bucket != last) return set.next(0);
            auto best = none; // the last bucket holds every larger count
            for (auto b = set.next(0); b != none; b = set.next(b + 1))
                if (at_least(b, k) >= m && (best == none || at_least(b, k) < at_least(best, k))) best = b;
            return best;
        }
        return none;
    }

    friend bool operator==(rack_index const& a, rack_index const& b) noexcept {
        return a.count_ == b.count_ && a.filled_ == b.filled_ && a.population_ == b.population_ &&
               a.members_ == b.members_;
    }

private:
    static constexpr std::uint32_t levels = gpus_per_node_max + 1;
    static constexpr std::uint32_t buckets = 64;

    std::size_t bucket(std::uint32_t block, int k, std::uint32_t count) const noexcept {
        return (model_[block] * std::size_t{levels} + static_cast<std::size_t>(k)) * buckets +
               std::min(count, buckets - 1);
    }
    void enter(std::uint32_t block, int k, std::uint32_t count) noexcept {
        auto const at = bucket(block, k, count);
        members_[at].insert(block);
        if (++population_[at] == 1) filled_[at / buckets] |= std::uint64_t{1} << (at % buckets);
    }
    void leave(std::uint32_t block, int k, std::uint32_t count) noexcept {
        auto const at = bucket(block, k, count);
        members_[at].erase(block);
        if (--population_[at] == 0) filled_[at / buckets] &= ~(std::uint64_t{1} << (at % buckets));
    }

    std::vector<std::uint32_t> node_;        ///< by block, then id
    std::vector<std::uint32_t> first_node_;  ///< [blocks + 1]
    std::vector<std::uint32_t> block_of_;    ///< [nodes]
    std::vector<std::uint32_t> first_block_; ///< [models_max + 1]
    std::vector<std::uint8_t> model_;        ///< [blocks]
    std::vector<std::uint32_t> count_;       ///< [blocks x levels]
    std::vector<std::uint64_t> filled_;      ///< [models x levels], bit c: some block has count c
    std::vector<std::uint32_t> population_;  ///< [models x levels x buckets]
    std::vector<bitmap> members_;            ///< [models x levels x buckets]
    bool needed_ = false;
};

} // namespace rota::cluster

#endif
