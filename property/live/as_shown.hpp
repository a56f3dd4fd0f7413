// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_LIVE_AS_SHOWN_HPP
#define ROTA_PROPERTY_LIVE_AS_SHOWN_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/core/units.hpp>
#include <rota/log/schedule.hpp>
#include <rota/verify/changes_of.hpp>

/// What differs between the nodes that open and close in a log and those that its host was shown, up to the log's end; empty:
/// nothing. Of what others have the log is the only witness.
[[nodiscard]] inline std::string not_as_shown(rota::log::schedule const& log,
                                              std::vector<rota::cluster::node_change> const& shown,
                                              std::size_t nodes) {
    using rota::cluster::node_state;
    auto open = std::vector<bool>(nodes, true);
    auto next = shown.begin();
    auto const skip_idle = [&] {
        while (next != shown.end() && (next->to == node_state::up) == open[index(next->node)]) ++next;
    };
    for (auto const& one : rota::verify::changes_of(log).nodes) {
        auto const up = one.to == node_state::up;
        if (up == open[index(one.node)]) continue;
        skip_idle();
        if (next == shown.end() || next->at != one.at || next->node != one.node ||
            (next->to == node_state::up) != up)
            return "node " + std::to_string(index(one.node)) + " did not change at " +
                   std::to_string(index(one.at)) + " ms";
        open[index(one.node)] = up;
        ++next;
    }
    skip_idle();
    if (next != shown.end() && !log.records.empty() && next->at < log.records.back().at)
        return "node " + std::to_string(index(next->node)) + " changed, unrecorded";
    return {};
}

#endif
