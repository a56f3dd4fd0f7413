// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_DRAWN_NODE_HPP
#define ROTA_PACKING_DRAWN_NODE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/job/pod.hpp>
#include <rota/packing/choice.hpp>
#include <rota/packing/lazy_rows.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/uniform_draw.hpp>

namespace rota::packing {

/// A node drawn among those on which a pod fits; which they are is kept between pods.
///
/// Expects   states and shapes outlive it; changed(n) after each change of states[n].
class drawn_node {
public:
    drawn_node(std::vector<placement::node_state> const& states, std::vector<job::pod> const& shapes,
               placement::uniform_draw draw)
        : states_{states}, shapes_{shapes}, draw_{draw}, rows_{states, shapes.size()} {}

    void changed(std::uint32_t rank) { rows_.changed(rank); }

    [[nodiscard]] choice operator()(std::size_t shape, std::uint64_t arrival) {
        auto const& need = shapes_[shape];
        auto const& row = rows_.row(shape, [&](placement::node_state const& on) {
            return static_cast<std::uint8_t>(placement::fits(on, need));
        });
        auto const feasible = static_cast<std::uint32_t>(std::count(row.begin(), row.end(), 1));
        if (feasible == 0) return {};
        auto left = draw_.node(arrival, feasible);
        auto rank = std::uint32_t{0};
        while (row[rank] == 0 || left-- != 0) ++rank;
        return {rank, draw_.pick(arrival, states_[rank], need)};
    }

private:
    std::vector<placement::node_state> const& states_;
    std::vector<job::pod> const& shapes_;
    placement::uniform_draw draw_;
    lazy_rows<std::uint8_t> rows_;
};

} // namespace rota::packing

#endif
