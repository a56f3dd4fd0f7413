// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_CLOSE_TAKEN_HPP
#define ROTA_LIVE_CLOSE_TAKEN_HPP

#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>

namespace rota::live {

/// Closes the nodes where jobs of which ours(job) is false have GPUs: nothing is given out there, for which GPUs they
/// have is not known. What runs there goes on.
template <class Ours>
void close_taken(snapshot& seen, Ours ours) {
    seen.drained.resize(seen.up.size(), false);
    for (auto const& job : seen.jobs) {
        if (is_over(job.state) || ours(job)) continue;
        for (auto const& part : job.where)
            if (seen.up[index(part.node)]) {
                seen.up[index(part.node)] = false;
                seen.drained[index(part.node)] = true;
            }
    }
}

} // namespace rota::live

#endif
