// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_REMEMBERED_HPP
#define ROTA_PLACEMENT_REMEMBERED_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/of_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// `of_state` that keeps the score of each node and pod until the node's state is another: for scorers as dear
/// as `fgd` in whole simulations.
///
/// It looks whether a node's state has changed, and is told of nothing: any ledger of the cluster may come,
/// also one on which something is tried and undone.
/// Expects   ledgers of one cluster, which outlives it; one thread.
/// Cost      a few loads a score that is known; memory 16 bytes for each distinct pod and node, `known_most` scores
/// at most: beyond, the half that was not asked for longest is forgotten.
template <pod_scorer Scorer>
class remembered {
public:
    static constexpr auto known_most = std::size_t{1} << 24;

    remembered() = default;
    explicit remembered(Scorer score, std::size_t most = known_most) noexcept
        : of_{score}, score_{std::move(score)}, most_{most} {}

    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int gpus) const noexcept {
        if (seen_.size() != free.size()) begin(free);
        auto const version = look(free, n);
        auto& one = row_of(need, gpus)[index(n)];
        if (one.version != version) one = {version, score_.score(state_of(free, n), pod_of(need, gpus))};
        return one.score;
    }
    [[nodiscard]] cluster::slice pick(job::request const& need, cluster::ledger const& free, node_id n,
                                      int gpus) const noexcept {
        return of_.pick(need, free, n, gpus);
    }

private:
    /// What tells a node's state from its others, where no GPU is shared; few bytes, for all are read.
    struct mark {
        std::uint32_t cpu_milli;
        std::uint32_t mem_mib;
        std::uint32_t version; ///< new whenever the state is; 2^32 changes of one node are not reached
        std::uint16_t whole;
        bool shared;
        friend bool operator==(mark const&, mark const&) = default;
    };
    struct known {
        std::uint32_t version = 0; ///< of the node, when it was scored
        std::int64_t score = 0;
    };
    using row = std::vector<known>;
    /// All of a request that a score depends on, but for the GPUs on the node.
    using key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint16_t>;
    static key key_of(job::request const& need) noexcept {
        return {need.cpu_milli, need.mem_mib, need.models, need.milli};
    }
    struct shape {
        key of;
        std::array<row, cluster::gpus_per_node_max + 1> rows; ///< by GPUs on the node
        std::uint64_t asked = 0;                              ///< when, the last time
    };
    static constexpr auto of_a_shape = sizeof(shape) / sizeof(known); ///< without its rows

    void begin(cluster::ledger const& free) const {
        seen_.clear();
        shapes_.clear();
        position_.clear();
        shares_.clear();
        last_ = known_ = 0;
        for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
            seen_.push_back(mark_of(free, node_id{n}, 1));
            shares_.push_back(state_of(free, node_id{n}));
        }
    }
    static mark mark_of(cluster::ledger const& free, node_id n, std::uint32_t version) noexcept {
        auto const& now = free.state();
        return {now.cpu_milli(n), now.mem_mib(n), version, now.whole(n), now.shared(n)};
    }
    /// The version of the node's state as it is.
    std::uint32_t look(cluster::ledger const& free, node_id n) const {
        auto& was = seen_[index(n)];
        auto const now = mark_of(free, n, was.version);
        auto same = now == was;
        if (now.shared) { // the mark does not say how much of which GPU
            auto const state = state_of(free, n);
            same = state == std::exchange(shares_[index(n)], state) && same;
        }
        if (same) return was.version;
        was = now;
        return ++was.version;
    }
    row& row_of(job::request const& need, int gpus) const {
        auto const of = key_of(need);
        if (last_ == shapes_.size() || shapes_[last_].of != of) {
            auto found = position_.find(of);
            if (found == position_.end()) {
                make_room(of_a_shape);
                found = position_.emplace(of, shapes_.size()).first;
                shapes_.push_back({of, {}, 0});
            }
            last_ = found->second;
        }
        shapes_[last_].asked = ++asked_;
        auto const at = static_cast<std::size_t>(gpus);
        if (shapes_[last_].rows[at].empty()) {
            make_room(seen_.size());
            shapes_[last_].rows[at].resize(seen_.size());
        }
        return shapes_[last_].rows[at];
    }
    /// Forgets the half that was not asked for longest, where there is no room for so many more.
    void make_room(std::size_t more) const {
        known_ += more;
        if (known_ <= most_ || shapes_.size() < 2) return;
        auto asked = std::vector<std::uint64_t>{};
        for (auto const& one : shapes_) asked.push_back(one.asked);
        auto const middle = asked.begin() + static_cast<std::ptrdiff_t>(asked.size() / 2);
        std::nth_element(asked.begin(), middle, asked.end());
        std::erase_if(shapes_, [&](shape const& one) { return one.asked < *middle; });
        position_.clear();
        known_ = more;
        for (auto i = std::size_t{0}; i != shapes_.size(); ++i) {
            position_.emplace(shapes_[i].of, i);
            known_ += of_a_shape;
            for (auto const& one : shapes_[i].rows) known_ += one.size();
            if (shapes_[i].asked == asked_) last_ = i;
        }
    }

    of_state<Scorer> of_{}; ///< refuses what a ledger cannot tell
    [[no_unique_address]] Scorer score_{};
    mutable std::vector<mark> seen_;
    mutable std::vector<node_state> shares_; ///< of a node with a shared GPU: the state as it was seen last
    mutable std::vector<shape> shapes_;
    mutable std::map<key, std::size_t> position_; ///< of each shape
    mutable std::size_t last_ = 0;                ///< the position asked for last
    mutable std::uint64_t asked_ = 0;
    mutable std::size_t known_ = 0; ///< scores there is memory for
    std::size_t most_ = known_most;
};

} // namespace rota::placement

#endif
