// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_CHANGES_OF_HPP
#define ROTA_VERIFY_CHANGES_OF_HPP

#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/core/units.hpp>
#include <rota/job/quota_change.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>

namespace rota::verify {

/// What the world did to capacity.
struct changes {
    std::vector<cluster::node_change> nodes; ///< by time
    std::vector<job::quota_change> quotas;   ///< by time
};

/// What a record about a node says that this is from then on.
[[nodiscard]] constexpr cluster::node_state told_state(log::record const& what) noexcept {
    using enum cluster::node_state;
    if (what.kind == log::kind::node_up) return up;
    return what.why == log::cause::drained ? drained : down;
}

/// What a log says of it: for a log that nobody knows better than, as that of a real cluster.
///
/// Expects   every id exists.
[[nodiscard]] inline changes changes_of(log::schedule const& log) {
    auto all = changes{};
    for (auto const& what : log.records) {
        if (what.kind == log::kind::quota)
            all.quotas.push_back({what.at, static_cast<tenant_id>(what.job), what.value});
        if (what.kind != log::kind::node_down && what.kind != log::kind::node_up) continue;
        for (auto const& part : log.devices(what))
            all.nodes.push_back({what.at, part.node, told_state(what), part.cpu_milli, part.mem_mib});
    }
    return all;
}

} // namespace rota::verify

#endif
