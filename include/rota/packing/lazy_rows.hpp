// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_LAZY_ROWS_HPP
#define ROTA_PACKING_LAZY_ROWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <rota/placement/node_state.hpp>

namespace rota::packing {

/// For each shape of pod one value a node, computed again only where the node has changed since the shape was
/// last asked for.
///
/// Exact for values that are functions of the node's state alone. Nodes that nobody has touched are computed
/// once for each distinct state.
/// Cost      a value for each node touched in between; memory shapes x nodes, for shapes that were asked for.
/// Expects   the states outlive it, and changed(n) after each change of states[n].
template <class Value>
class lazy_rows {
public:
    lazy_rows(std::vector<placement::node_state> const& states, std::size_t shapes)
        : states_{states}, rows_(shapes), read_(shapes), touched_(states.size()), class_(states.size()) {
        auto order = std::vector<std::uint32_t>(states.size());
        std::iota(order.begin(), order.end(), 0u);
        std::sort(order.begin(), order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return states[a] < states[b]; });
        for (auto i = std::size_t{0}; i != order.size(); ++i) {
            if (i == 0 || states[order[i - 1]] != states[order[i]]) initial_.push_back(states[order[i]]);
            class_[order[i]] = static_cast<std::uint32_t>(initial_.size() - 1);
        }
    }

    void changed(std::uint32_t node) {
        changes_.push_back(node);
        touched_[node] = changes_.size();
    }

    /// The row of the shape, brought up to date with value(state).
    template <class Function>
    [[nodiscard]] std::vector<Value> const& row(std::size_t shape, Function value) {
        auto& row = rows_[shape];
        if (row.empty()) {
            auto known = std::vector<Value>{};
            for (auto const& state : initial_) known.push_back(value(state));
            row.reserve(states_.size());
            for (auto n = std::size_t{0}; n != states_.size(); ++n)
                row.push_back(touched_[n] == 0 ? known[class_[n]] : value(states_[n]));
        } else {
            for (auto i = read_[shape]; i != changes_.size(); ++i) {
                auto const n = changes_[i];
                if (touched_[n] == i + 1) row[n] = value(states_[n]); // else it comes again below
            }
        }
        read_[shape] = changes_.size();
        return row;
    }

private:
    std::vector<placement::node_state> const& states_;
    std::vector<std::vector<Value>> rows_;
    std::vector<std::size_t> read_;      ///< of each shape: changes that its row has seen
    std::vector<std::uint32_t> changes_; ///< nodes in the order of their changes
    std::vector<std::size_t> touched_;   ///< of each node: 1 + its last position in changes_, or 0
    std::vector<std::uint32_t> class_;   ///< of each node: its position in initial_
    std::vector<placement::node_state> initial_;
};

} // namespace rota::packing

#endif
