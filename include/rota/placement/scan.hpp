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
/// Cost      one score a node a question; nothing a change.
template <state_scorer Scorer>
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
        auto found = std::optional<node_id>{};
        auto least = no_key;
        for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n)
            if (auto const key = key_of(score_, *nodes_, node_id{n}, requests_[request]); key < least) {
                least = key;
                found = node_id{n};
            }
        return found;
    }

private:
    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
