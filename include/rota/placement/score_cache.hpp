// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_SCORE_CACHE_HPP
#define ROTA_PLACEMENT_SCORE_CACHE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// The engine that keeps every score with the version of the node it was made of, and scores again only
/// nodes that have a newer one.
///
/// Cost      a question: two loads a node, and a score for each node changed since the same request was
/// asked; memory 8 bytes for each pair of request and node.
/// Source    A. Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015, section
/// 3.4: score caching and equivalence classes.
template <pod_scorer Scorer>
class score_cache {
    static_assert(
        locality_of<Scorer>() == locality::node,
        "rota: score_cache keeps a score until its node changes, and this scorer looks beyond the node; "
        "use scan");

public:
    explicit score_cache(state_table const& nodes, Scorer score = {})
        : nodes_{&nodes}, score_{score}, version_(nodes.size(), 1) {}
    explicit score_cache(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        rows_.push_back({need, std::vector<std::int64_t>(nodes_->size(), no_key), 0});
        return static_cast<std::uint32_t>(rows_.size() - 1);
    }
    void changed(node_id n) noexcept { version_[index(n)] = ++now_; }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) noexcept {
        auto& row = rows_[request];
        auto found = std::optional<node_id>{};
        auto least = no_key;
        for (auto n = std::size_t{0}; n != version_.size(); ++n) {
            auto const id = node_id{static_cast<std::uint32_t>(n)};
            if (version_[n] > row.seen) row.keys[n] = key_of(score_, *nodes_, id, row.need);
            if (row.keys[n] >= least) continue;
            least = row.keys[n];
            found = id;
        }
        row.seen = now_;
        return found;
    }

private:
    struct scored {
        job::pod need;
        std::vector<std::int64_t> keys;
        std::uint64_t seen; ///< version up to which the keys are made
    };
    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    std::vector<std::uint64_t> version_; ///< of each node
    std::uint64_t now_ = 1;
    std::vector<scored> rows_;
};

} // namespace rota::placement

#endif
