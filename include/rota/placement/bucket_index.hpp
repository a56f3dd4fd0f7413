// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BUCKET_INDEX_HPP
#define ROTA_PLACEMENT_BUCKET_INDEX_HPP

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// A scorer that says that its order is one of counts of whole free GPUs.
template <class S>
concept count_ordered = state_scorer<S> && requires {
    { S::order } -> std::convertible_to<node_order>;
} && S::order != node_order::by_score;

/// The engine that keeps the open nodes of each model in bitmaps by their count of whole free GPUs, and scores
/// nothing.
///
/// Cost      for whole GPUs without CPU, memory and models: a few bitmap words, whatever the size of the
/// cluster. Other pods look in turn at the nodes of each count until one fits. A change moves a node between two
/// bitmaps; memory a bit for each node, model and count.
template <state_scorer Scorer>
class bucket_index {
    static_assert(
        count_ordered<Scorer>,
        "rota: bucket_index orders nodes by their count of free GPUs alone, and this scorer does not "
        "say that it does; use block_minimum");

public:
    explicit bucket_index(state_table const& nodes, Scorer = {})
        : nodes_{&nodes}, bucket_(nodes.size(), none) {
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
            models_ = std::max(models_, index(nodes[node_id{n}].model) + 1u);
        members_.assign(std::size_t{models_} * counts, cluster::bitmap(nodes.size()));
        population_.assign(members_.size(), 0);
        filled_.assign(models_, 0);
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) changed(node_id{n});
    }
    explicit bucket_index(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id n) noexcept {
        auto const& on = (*nodes_)[n];
        auto count = std::uint32_t{0};
        for (auto const milli : on.milli) count += milli == whole_gpu; // 0 beyond its GPUs
        auto const now = nodes_->open(n) ? index(on.model) * counts + count : none;
        auto& was = bucket_[index(n)];
        if (was == now) return;
        if (was != none) {
            members_[was].erase(index(n));
            if (--population_[was] == 0) filled_[was / counts] ^= 1u << was % counts;
        }
        if (now != none) {
            members_[now].insert(index(n));
            if (++population_[now] == 1) filled_[now / counts] ^= 1u << now % counts;
        }
        was = now;
    }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) const noexcept {
        auto const& need = requests_[request];
        auto left = std::uint32_t{0}; // counts that have nodes
        for (auto m = std::uint32_t{0}; m != models_; ++m)
            if (need.accepts(static_cast<gpu_model>(m))) left |= filled_[m];
        if (need.milli == whole_gpu) left = need.gpus < counts ? left >> need.gpus << need.gpus : 0;
        auto found = none;
        while (left != 0 && (found == none || Scorer::order == node_order::lowest_id)) {
            auto const count = Scorer::order == node_order::most_free
                                   ? static_cast<std::uint32_t>(std::bit_width(left)) - 1
                                   : static_cast<std::uint32_t>(std::countr_zero(left));
            left ^= 1u << count;
            for (auto m = std::uint32_t{0}; m != models_; ++m)
                if (need.accepts(static_cast<gpu_model>(m)) && (filled_[m] >> count & 1u) != 0)
                    found = std::min(found, first_in(members_[m * counts + count], need));
        }
        if (found == none) return {};
        return node_id{found};
    }

private:
    static constexpr auto none = cluster::bitmap::none;
    static constexpr auto counts = std::uint32_t{cluster::gpus_per_node_max} + 1;

    [[nodiscard]] std::uint32_t first_in(cluster::bitmap const& members,
                                         job::pod const& need) const noexcept {
        auto n = members.next(0);
        if (need.milli == whole_gpu && need.cpu_milli == 0 && need.mem_mib == 0) return n;
        while (n != none && !fits((*nodes_)[node_id{n}], need)) n = members.next(n + 1);
        return n;
    }

    state_table const* nodes_;
    std::uint32_t models_ = 1;
    std::vector<cluster::bitmap> members_;  ///< [models x counts]
    std::vector<std::uint32_t> population_; ///< of each of them
    std::vector<std::uint32_t> filled_;     ///< [models] bit c: some node has c whole free GPUs
    std::vector<std::uint32_t> bucket_;     ///< of each node; none where it is closed
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
