// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_REMEMBERED_HPP
#define ROTA_PLACEMENT_REMEMBERED_HPP

#include <array>
#include <cstddef>
#include <cstdint>
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
/// Cost      a few loads a score that is known; memory 16 bytes for each distinct pod and node.
template <pod_scorer Scorer>
class remembered {
public:
    remembered() = default;
    explicit remembered(Scorer score) noexcept : of_{score}, score_{std::move(score)} {}

    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int gpus) const noexcept {
        if (seen_.size() != free.size()) begin(free);
        auto const version = look(free, n);
        auto& scores = row_of(need, gpus);
        if (scores.size() != seen_.size()) scores.resize(seen_.size());
        auto& one = scores[index(n)];
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
    struct shape {
        job::request need;
        std::array<row, cluster::gpus_per_node_max + 1> rows; ///< by GPUs on the node
    };

    void begin(cluster::ledger const& free) const {
        seen_.clear();
        shapes_.clear();
        shares_.clear();
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
        auto const at = static_cast<std::size_t>(gpus);
        if (last_ < shapes_.size() && shapes_[last_].need == need) return shapes_[last_].rows[at];
        for (last_ = 0; last_ != shapes_.size(); ++last_)
            if (shapes_[last_].need == need) return shapes_[last_].rows[at];
        shapes_.push_back({need, {}});
        return shapes_.back().rows[at];
    }

    of_state<Scorer> of_{}; ///< refuses what a ledger cannot tell
    [[no_unique_address]] Scorer score_{};
    mutable std::vector<mark> seen_;
    mutable std::vector<node_state> shares_; ///< of a node with a shared GPU: the state as it was seen last
    mutable std::vector<shape> shapes_;
    mutable std::size_t last_ = 0;
};

} // namespace rota::placement

#endif
