// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BUCKET_INDEX_HPP
#define ROTA_PLACEMENT_BUCKET_INDEX_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/placement.hpp>
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

/// The engine that keeps the nodes of each model that are open and not full in bitmaps by their count of whole free GPUs, and
/// scores nothing.
///
/// Cost      for whole GPUs without CPU and memory: a few bitmap words a model, whatever the size of the
/// cluster. Other pods look at the nodes of one count after the other until one fits. A change moves a node
/// between two bitmaps; memory a bit for each node, model and count.
template <pod_scorer Scorer>
class bucket_index {
    static_assert(
        locality_of<Scorer>() == locality::node,
        "rota: bucket_index keeps a score until its node changes, and this scorer looks beyond the node; "
        "use scan");
    static_assert(
        count_ordered<Scorer>,
        "rota: bucket_index orders nodes by their count of free GPUs alone, and this scorer does not "
        "say that it does; use block_minimum");

public:
    explicit bucket_index(state_table const& nodes, Scorer = {})
        : nodes_{&nodes}, bucket_(nodes.size(), none) {
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) {
            model_.push_back(index(nodes[node_id{n}].model));
            if (filled_.size() <= model_.back()) filled_.resize(model_.back() + 1u);
        }
        for (auto b = std::size_t{0}; b != filled_.size() * stride; ++b)
            members_.emplace_back(b % stride <= cluster::gpus_per_node_max ? nodes.size() : 0);
        population_.assign(members_.size(), 0);
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) changed(node_id{n});
    }
    explicit bucket_index(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id n) noexcept {
        auto const count = static_cast<std::uint32_t>(cluster::gpus_in(nodes_->whole(n)));
        auto const now =
            nodes_->admits_one_more(n) ? static_cast<std::uint16_t>(model_[index(n)] * stride + count) : none;
        auto& was = bucket_[index(n)];
        if (was == now) return;
        if (was != none) {
            members_[was].erase(index(n));
            filled_[was / stride] ^= std::uint32_t{--population_[was] == 0} << was % stride;
        }
        if (now != none) {
            members_[now].insert(index(n));
            ++population_[now];
            filled_[now / stride] |= 1u << now % stride;
        }
        was = now;
    }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) const noexcept {
        auto const& need = requests_[request];
        auto left = std::uint32_t{0}; // counts that have nodes
        for (auto m = std::uint32_t{0}; m != filled_.size(); ++m)
            if (need.accepts(static_cast<gpu_model>(m))) left |= filled_[m];
        if (need.milli == whole_gpu) left = need.gpus < stride ? left >> need.gpus << need.gpus : 0;
        auto found = nowhere;
        while (left != 0 && (found == nowhere || Scorer::order == node_order::lowest_id)) {
            auto const count = Scorer::order == node_order::most_free
                                   ? static_cast<std::uint32_t>(std::bit_width(left)) - 1
                                   : static_cast<std::uint32_t>(std::countr_zero(left));
            left ^= 1u << count;
            for (auto m = std::uint32_t{0}; m != filled_.size(); ++m)
                if (need.accepts(static_cast<gpu_model>(m)) && (filled_[m] >> count & 1u) != 0)
                    found = std::min(found, first_in(members_[m * stride + count], need));
        }
        if (found == nowhere) return {};
        // Who asks takes from the node next: its state, far away in a large cluster, is on its way by then.
        __builtin_prefetch(&(*nodes_)[node_id{found}], 1);
        return node_id{found};
    }
    /// What the scorer picks there. For whole GPUs the table's mask is enough, and the node's state, far away
    /// in a large cluster, is not waited for.
    [[nodiscard]] std::uint16_t pick(std::uint32_t request, node_id n) const noexcept {
        auto const& need = requests_[request];
        if (need.milli != whole_gpu) return Scorer{}.pick((*nodes_)[n], need);
        auto const free = unsigned{nodes_->whole(n)};
        auto const low = lowest_of[std::min<unsigned>(need.gpus, 8)][free & 255u];
        auto const more = need.gpus - static_cast<unsigned>(cluster::gpus_in(low));
        return static_cast<std::uint16_t>(low | lowest_of[std::min(more, 8u)][free >> 8] << 8);
    }

private:
    static constexpr auto nowhere = cluster::bitmap::none;
    static constexpr auto none = std::uint16_t{0xffff};
    static constexpr auto stride = 32u; ///< above the counts, 0 .. 16

    /// The lowest k bits of a byte: a loop over a number that changes from pod to pod is a branch nobody foresees.
    static constexpr auto lowest_of = [] {
        auto made = std::array<std::array<std::uint8_t, 256>, 9>{};
        for (auto k = 0u; k != 9; ++k)
            for (auto byte = 0u; byte != 256; ++byte) {
                auto rest = byte;
                for (auto i = 0u; i != k; ++i) rest &= rest - 1;
                made[k][byte] = static_cast<std::uint8_t>(byte ^ rest);
            }
        return made;
    }();

    [[nodiscard]] std::uint32_t first_in(cluster::bitmap const& members,
                                         job::pod const& need) const noexcept {
        auto n = members.first();
        if (need.milli == whole_gpu && need.cpu_milli == 0 && need.mem_mib == 0 && need.predicates == 0)
            return n;
        while (n != nowhere && !nodes_->takes(node_id{n}, need)) n = members.next(n + 1);
        return n;
    }

    state_table const* nodes_;
    std::vector<std::uint32_t> filled_;     ///< of each model; bit c: some node has c whole free GPUs
    std::vector<cluster::bitmap> members_;  ///< [models x stride]
    std::vector<std::uint32_t> population_; ///< of each of them
    std::vector<std::uint16_t> bucket_;     ///< of each node; none where it takes no pod
    std::vector<std::uint8_t> model_;       ///< of each node
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
