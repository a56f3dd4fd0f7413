// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_SCAN_HPP
#define ROTA_PLACEMENT_SCAN_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// The engine that asks every node every time and keeps nothing: what the others are compared with.
///
/// Cost      one score a node a question, and one look more under a row_scorer; nothing a change.
template <pod_scorer Scorer>
class scan {
public:
    explicit scan(state_table const& nodes, Scorer score = {}) : nodes_{&nodes}, score_{score} {}
    explicit scan(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id) noexcept {}
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) const noexcept {
        auto const& need = requests_[request];
        if constexpr (row_scorer<Scorer>) {
            auto row = typename Scorer::row{};
            for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n)
                if (nodes_->takes(node_id{n}, need)) score_.widen(row, (*nodes_)[node_id{n}], need);
            return least_key([&](node_id n) {
                return nodes_->takes(n, need) ? ~score_.score((*nodes_)[n], need, row) : no_key;
            });
        } else {
            return least_key([&](node_id n) { return key_of(score_, *nodes_, n, need); });
        }
    }

private:
    template <class Key>
    [[nodiscard]] std::optional<node_id> least_key(Key key) const noexcept {
        auto found = std::optional<node_id>{};
        auto least = no_key;
        for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n)
            if (auto const here = key(node_id{n}); here < least) {
                least = here;
                found = node_id{n};
            }
        return found;
    }

    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
