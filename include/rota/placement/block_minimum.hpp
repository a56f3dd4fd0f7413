// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BLOCK_MINIMUM_HPP
#define ROTA_PLACEMENT_BLOCK_MINIMUM_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/change_log.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/minima.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// The engine for any scorer: for each request the keys of all nodes with a tree of minima above them, brought
/// up to date by scoring again only the nodes that have changed since the request was last asked.
///
/// Cost      a question: a score and about one level of the tree for each changed node, then a walk down the
/// tree. A first question scores every node. Memory 8.5 bytes for each pair of request and node.
template <state_scorer Scorer>
class block_minimum {
public:
    explicit block_minimum(state_table const& nodes, Scorer score = {})
        : nodes_{&nodes}, score_{score}, changes_{nodes.size()} {}
    explicit block_minimum(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back({need, {}});
        return changes_.add_reader();
    }
    void changed(node_id n) { changes_.changed(n); }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) {
        auto& [need, keys] = requests_[request];
        if (!keys) keys = first_keys(need, request);
        changes_.read(request, [&](node_id n) { keys->set(index(n), key_of(score_, *nodes_, n, need)); });
        auto const least = keys->least();
        if (least == no_key) return {};
        return node_id{static_cast<std::uint32_t>(keys->first_within(least))};
    }

private:
    [[nodiscard]] minima first_keys(job::pod const& need, std::uint32_t request) {
        changes_.read(request, [](node_id) {}); // all are scored now
        auto keys = std::vector<std::int64_t>(nodes_->size() == 0 ? 1 : nodes_->size(), no_key);
        for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n) {
            auto const same =
                n != 0 && (*nodes_)[node_id{n}] == (*nodes_)[node_id{n - 1}] &&
                nodes_->open(node_id{n}) == nodes_->open(node_id{n - 1}); // as where all is idle
            keys[n] = same ? keys[n - 1] : key_of(score_, *nodes_, node_id{n}, need);
        }
        return minima{std::move(keys)};
    }

    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    change_log changes_;
    std::vector<std::pair<job::pod, std::optional<minima>>> requests_;
};

} // namespace rota::placement

#endif
