// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_POWER_OF_D_HPP
#define ROTA_PLACEMENT_POWER_OF_D_HPP

#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// An approximate engine: the best of d drawn nodes on which the pod fits, ties to the lowest id.
///
/// Gives up  the best node: another may be better, by any score. The answer depends on what was asked before.
/// Keeps     a pod that fits somewhere is never refused: nodes are drawn without repetition until d of them
/// take the pod or none is left. With d of all nodes it is `scan`.
/// Cost      a question: d scores and as many more nodes as are in vain; a change costs nothing.
/// Source    M. Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 2001;
/// K. Ousterhout et al., "Sparrow: Distributed, Low Latency Scheduling", SOSP 2013. The Kubernetes scheduler
/// also stops at a number of feasible nodes.
template <pod_scorer Scorer>
class power_of_d {
    static_assert(locality_of<Scorer>() == locality::node,
                  "rota: power_of_d looks at a few nodes, and this scorer looks beyond the node; use scan");

public:
    /// Expects   d > 0.
    power_of_d(state_table const& nodes, std::uint32_t d, std::uint64_t seed, Scorer score = {})
        : nodes_{&nodes}, score_{score}, d_{d}, draw_{seed} {
        ROTA_EXPECTS(d > 0, "the best of no nodes is none");
    }
    power_of_d(state_table const&&, std::uint32_t, std::uint64_t, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id) noexcept {}
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) noexcept {
        auto const all = std::uint64_t{nodes_->size()};
        auto found = std::optional<node_id>{};
        auto least = no_key;
        auto at = draw_.below(all);
        auto step = 1 + draw_.below(all);
        while (std::gcd(step, all) != 1) ++step; // comes by every node once
        auto left = d_;
        for (auto i = std::uint64_t{0}; i != all && left != 0; ++i, at = (at + step) % all) {
            auto const n = node_id{static_cast<std::uint32_t>(at)};
            auto const key = key_of(score_, *nodes_, n, requests_[request]);
            if (key == no_key) continue;
            --left;
            if (found && (key > least || (key == least && *found < n))) continue;
            least = key;
            found = n;
        }
        return found;
    }

private:
    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    std::uint32_t d_;
    rota::random draw_;
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
