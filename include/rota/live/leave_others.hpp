// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_LEAVE_OTHERS_HPP
#define ROTA_LIVE_LEAVE_OTHERS_HPP

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/order.hpp>
#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>

namespace rota::live {

/// Leaves of what is taken of each node only what others have: nothing, but where a job that known(job) is not runs without
/// a GPU, what the jobs of these books do not account for.
///
/// Meaning   A job whose start is not confirmed counts as another's for a round, since what is taken was asked for before the
///           jobs: for too much others may be taken, never for too little.
template <class Known>
void leave_others(snapshot& seen, books const& of, Known known) {
    seen.taken.resize(seen.up.size());
    auto shared = std::vector<bool>(seen.taken.size(), false);
    for (auto const& job : seen.jobs) {
        if (is_over(job.state)) continue;
        std::optional<job_id> const id = known(job);
        if (!id)
            for (auto const node : job.beside) shared[index(node)] = true;
        else if ((job.state == job_state::running || job.state == job_state::completing) &&
                 of.at(*id).flight != order_kind::start)
            for (auto const& part : of.jobs().held(*id)) {
                auto& left = seen.taken[index(part.node)];
                left.cpu_milli -= std::min(left.cpu_milli, part.cpu_milli);
                left.mem_mib -= std::min(left.mem_mib, part.mem_mib);
            }
    }
    for (auto n = std::size_t{0}; n != shared.size(); ++n)
        if (!shared[n]) seen.taken[n] = {};
}

} // namespace rota::live

#endif
