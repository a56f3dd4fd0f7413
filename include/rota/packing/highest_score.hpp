// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_HIGHEST_SCORE_HPP
#define ROTA_PACKING_HIGHEST_SCORE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <rota/job/pod.hpp>
#include <rota/packing/choice.hpp>
#include <rota/packing/lazy_rows.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::packing {

/// The node of the highest score among those on which a pod fits, the first in rank among equals; scores are
/// kept and computed again only for nodes that have changed.
///
/// Expects   states and shapes outlive it; changed(n) after each change of states[n].
template <placement::state_scorer Scorer>
class highest_score {
public:
    highest_score(std::vector<placement::node_state> const& states, std::vector<job::pod> const& shapes,
                  Scorer score)
        : states_{states}, shapes_{shapes}, score_{score}, rows_{states, shapes.size()} {}

    void changed(std::uint32_t rank) { rows_.changed(rank); }

    [[nodiscard]] choice operator()(std::size_t shape, std::uint64_t) {
        constexpr auto no = std::numeric_limits<std::int64_t>::min();
        auto const& need = shapes_[shape];
        auto const& row = rows_.row(shape, [&](placement::node_state const& on) {
            return placement::fits(on, need) ? score_.score(on, need) : no;
        });
        auto const top = std::max_element(row.begin(), row.end()); // the first of the largest
        if (top == row.end() || *top == no) return {};
        auto const rank = static_cast<std::uint32_t>(top - row.begin());
        return {rank, score_.pick(states_[rank], need)};
    }

private:
    std::vector<placement::node_state> const& states_;
    std::vector<job::pod> const& shapes_;
    Scorer score_;
    lazy_rows<std::int64_t> rows_;
};

} // namespace rota::packing

#endif
