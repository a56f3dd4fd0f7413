// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_BATCH_HPP
#define ROTA_CUDA_BATCH_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/key.hpp>
#include <rota/cuda/node_columns.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/candidates.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::cuda {

/// The engine that asks every node for many requests at once, on a device that keeps the nodes' states: a
/// placement::engine, and lists of the best few nodes for several requests.
///
/// Before a question it uploads the nodes that have changed since the last, each once. `Grid` is
/// `on_device<Scorer>` or `on_host<Scorer>`; its scorer looks up tables where the grid runs.
/// Expects   the table outlives it; fewer nodes than the key has numbers for: 2^31, or 2^20 where the score
/// takes 44 bits.
/// Cost      a question: one score for each pair of node and request, at once, and a launch or two, whatever
/// the number of requests.
template <class Grid>
class batch {
    using scorer = typename Grid::scorer_type;
    static_assert(
        placement::locality_of<scorer>() == placement::locality::node,
        "rota: a batch scores each node by itself, and this scorer looks beyond the node; use scan");
    static_assert(std::is_trivially_copyable_v<scorer>,
                  "rota: a scorer goes to the device as its bytes, and this one has a copy of its own");

public:
    batch(placement::state_table const& nodes, Grid grid)
        : nodes_{&nodes}, grid_{std::move(grid)}, is_stale_(nodes.size(), 0) {
        ROTA_EXPECTS(nodes.size() <= key<scorer>::nodes_max, "a key has a number for each node");
        grid_.resize(nodes.size());
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) changed(node_id{n});
    }
    batch(placement::state_table const&&, Grid) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id n) {
        if (!std::exchange(is_stale_[index(n)], std::uint8_t{1})) stale_.push_back(index(n));
    }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) {
        auto const lists = top(std::span{&request, 1}, 1);
        if (lists[0].best.empty()) return {};
        return node_id{lists[0].best[0].node};
    }
    /// The best `keep` nodes of each of these requests. A full list may have left nodes out.
    /// Expects   keep > 0.
    [[nodiscard]] std::vector<placement::candidate_list> top(std::span<std::uint32_t const> requests,
                                                             unsigned keep) {
        ROTA_EXPECTS(keep > 0, "a list of no nodes has no last");
        upload();
        auto needs = std::vector<job::pod>{};
        for (auto const r : requests) needs.push_back(requests_[r]);
        auto lists = std::vector<placement::candidate_list>(requests.size());
        if (needs.empty() || nodes_->size() == 0) {
            for (auto& list : lists) list.complete = true;
            return lists;
        }
        auto const found = grid_.least(needs, keep);
        for (auto r = std::size_t{0}; r != lists.size(); ++r) {
            auto const here = std::span{found}.subspan(r * keep, keep);
            for (auto const one : here)
                if (one < key<scorer>::none()) lists[r].best.push_back({one.key(), one.node()});
            lists[r].complete = lists[r].best.size() < keep;
        }
        return lists;
    }
    /// Nodes sent since the start.
    [[nodiscard]] std::uint64_t uploads() const noexcept { return uploads_; }

private:
    void upload() {
        if (stale_.empty()) return;
        auto updates = std::vector<node_update>{};
        updates.reserve(stale_.size());
        for (auto const n : stale_) {
            updates.push_back({n, resident(*nodes_, node_id{n})});
            is_stale_[n] = 0;
        }
        grid_.update(updates);
        uploads_ += stale_.size();
        stale_.clear();
    }

    placement::state_table const* nodes_;
    Grid grid_;
    std::vector<job::pod> requests_;
    std::vector<std::uint8_t> is_stale_; ///< of each node: it is among them
    std::vector<std::uint32_t> stale_;   ///< nodes that the grid knows as they were
    std::uint64_t uploads_ = 0;
};

} // namespace rota::cuda

#endif
