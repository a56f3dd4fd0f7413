// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_RACK_INDEX_HPP
#define ROTA_CLUSTER_RACK_INDEX_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/bitmaps.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// Which racks hold at least m nodes that are wholly free, kept up to date node by node.
///
/// A block is the nodes of one GPU model in one rack. A node counts while it has as many whole free GPUs as the
/// largest node of its model has GPUs: gangs over several nodes take such. The blocks are bucketed by their counts,
/// so "the fewest sufficient nodes, then the lowest rack" is found without a scan.
/// Cost      one bucket move where a node becomes wholly free or ceases to be; none where its model has one block.
class rack_index {
public:
    static constexpr std::uint32_t none = bitmaps::none;

    explicit rack_index(spec const& cluster) {
        auto const nodes = static_cast<std::uint32_t>(cluster.nodes.size());
        auto order = std::vector<std::uint64_t>(nodes); // model, rack, node: plain numbers are sorted fast
        for (auto n = std::uint32_t{0}; n != nodes; ++n)
            order[n] = std::uint64_t{index(cluster.nodes[n].model)} << 48 |
                       std::uint64_t{index(cluster.nodes[n].rack)} << 32 | n;
        std::sort(order.begin(), order.end());
        block_of_.resize(nodes);
        first_block_.assign(models_max + 1, 0);
        node_.resize(nodes);
        for (auto i = std::uint32_t{0}; i != nodes; ++i) {
            if (i == 0 || order[i] >> 32 != order[i - 1] >> 32) {
                first_node_.push_back(i);
                model_.push_back(static_cast<std::uint8_t>(order[i] >> 48));
            }
            node_[i] = static_cast<std::uint32_t>(order[i]);
            block_of_[node_[i]] = static_cast<std::uint32_t>(first_node_.size() - 1);
        }
        first_node_.push_back(nodes);
        for (auto m : model_) ++first_block_[m + 1u];
        for (auto m = 0; m != models_max; ++m)
            first_block_[static_cast<std::size_t>(m) + 1] += first_block_[static_cast<std::size_t>(m)];
        auto const models = blocks() == 0 ? std::size_t{0} : std::size_t{1} + model_.back();
        count_.assign(blocks(), 0);
        auto several = false;
        for (auto b = std::uint32_t{0}; b != blocks(); ++b) {
            several |= !alone(b);
            last_ = std::max(last_, std::min(first_node_[b + 1] - first_node_[b], buckets_max - 1));
        }
        if (!several) return;
        filled_.assign(models, 0);
        population_.assign(models * (last_ + std::size_t{1}), 0);
        members_ = bitmaps(models * (last_ + std::size_t{1}), blocks());
        for (auto b = std::uint32_t{0}; b != blocks(); ++b)
            if (!alone(b)) enter(b);
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
    /// Wholly free nodes of the block.
    [[nodiscard]] std::uint32_t free_nodes(std::uint32_t block) const noexcept { return count_[block]; }

    /// A node of the model has become wholly free, or is so no more.
    void change(node_id n, gpu_model m, bool free) noexcept {
        auto const several = end_block(m) - first_block(m) != 1;
        auto const block = several ? block_of(n) : first_block(m);
        if (several) leave(block);
        count_[block] += free ? 1u : ~0u;
        if (several) enter(block);
    }

    /// The block of the model with the fewest wholly free nodes that are still at least m; ties to the lowest. none:
    /// there is none.
    [[nodiscard]] std::uint32_t tightest(gpu_model model, std::uint32_t m) const noexcept {
        if (auto const only = first_block(model); end_block(model) - only == 1)
            return count_[only] >= m ? only : none;
        if (index(model) >= filled_.size()) return none;
        auto const filled = filled_[index(model)];
        for (auto left = m < last_ ? filled >> m << m : filled & std::uint64_t{1} << last_; left != 0;
             left &= left - 1) {
            auto const bucket = static_cast<std::uint32_t>(std::countr_zero(left));
            auto const set = members_[index(model) * (last_ + std::size_t{1}) + bucket];
            if (bucket != last_) return set.first();
            auto best = none; // the last bucket holds every larger count
            for (auto b = set.first(); b != none; b = set.next(b + 1))
                if (count_[b] >= m && (best == none || count_[b] < count_[best])) best = b;
            return best;
        }
        return none;
    }

    friend bool operator==(rack_index const& a, rack_index const& b) noexcept {
        return a.count_ == b.count_ && a.filled_ == b.filled_ && a.population_ == b.population_ &&
               a.members_ == b.members_;
    }

private:
    static constexpr std::uint32_t buckets_max = 64; ///< bits of a word

    [[nodiscard]] std::uint32_t bucket(std::uint32_t block) const noexcept {
        return std::min(count_[block], last_);
    }
    [[nodiscard]] std::size_t row(std::uint32_t block) const noexcept {
        return model_[block] * (last_ + std::size_t{1}) + bucket(block);
    }
    [[nodiscard]] bool alone(std::uint32_t block) const noexcept {
        return first_block_[model_[block] + 1u] - first_block_[model_[block]] == 1;
    }
    void enter(std::uint32_t block) noexcept {
        auto const at = row(block);
        members_.insert(at, block);
        if (++population_[at] == 1) filled_[model_[block]] |= std::uint64_t{1} << bucket(block);
    }
    void leave(std::uint32_t block) noexcept {
        auto const at = row(block);
        members_.erase(at, block);
        if (--population_[at] == 0) filled_[model_[block]] &= ~(std::uint64_t{1} << bucket(block));
    }

    std::vector<std::uint32_t> node_;        ///< by block, then id
    std::vector<std::uint32_t> first_node_;  ///< [blocks + 1]
    std::vector<std::uint32_t> block_of_;    ///< [nodes]
    std::vector<std::uint32_t> first_block_; ///< [models_max + 1]
    std::vector<std::uint8_t> model_;        ///< [blocks]
    std::vector<std::uint32_t> count_;       ///< [blocks] wholly free nodes
    std::vector<std::uint64_t> filled_;      ///< [models], bit c: some block has count c
    std::uint32_t last_ = 0;                 ///< bucket: of every count that is no less
    std::vector<std::uint32_t> population_;  ///< [models x buckets]
    bitmaps members_;                        ///< [models x buckets]
};

} // namespace rota::cluster

#endif
