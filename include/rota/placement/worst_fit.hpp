// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_WORST_FIT_HPP
#define ROTA_PLACEMENT_WORST_FIT_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>

namespace rota::placement {

/// The node with the most free GPUs first.
struct most_free {
    static constexpr auto order = node_order::most_free;
    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int) const noexcept {
        if (need.whole()) return free.whole_count(n);
        return free.state().free_milli(n);
    }
};

/// The emptiest node; otherwise the emptiest nodes until the gang is complete.
///
/// Source    D. S. Johnson, "Near-optimal bin packing algorithms", PhD thesis, MIT, 1973: worst fit.
using worst_fit = by_score<most_free, spread::spill>;

static_assert(scorer<most_free>);
static_assert(policy<worst_fit>);

} // namespace rota::placement

#endif
