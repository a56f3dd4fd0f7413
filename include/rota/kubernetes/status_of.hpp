// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_STATUS_OF_HPP
#define ROTA_KUBERNETES_STATUS_OF_HPP

#include <algorithm>
#include <cstdint>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/gang.hpp>
#include <rota/live/backend.hpp>

namespace rota::kubernetes {

/// What a host is told of a job. It is somewhere when all of it is.
[[nodiscard]] inline live::job_status status_of(gang const& its, live::job_state state,
                                                cluster::spec const& cluster) {
    auto out = live::job_status{.id = its.id,
                                .state = state,
                                .restarts = its.number,
                                .where = {},
                                .asked = its.asked,
                                .unmapped = its.unmapped};
    if (!its.complete()) return out;
    auto const each = its.asked.need.gpus_max / its.size;
    for (auto n = std::uint32_t{0}; n != cluster.names.size(); ++n) {
        auto const here = std::count_if(its.run.begin(), its.run.end(),
                                        [&](auto const& one) { return one.second == cluster.names[n]; });
        if (here != 0) out.where.push_back({node_id{n}, static_cast<int>(here) * each});
    }
    return out;
}

} // namespace rota::kubernetes

#endif
