// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BEST_FIT_HPP
#define ROTA_PLACEMENT_BEST_FIT_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>

namespace rota::placement {

/// The node with the fewest free GPUs first: the larger score leaves less idle.
struct fewest_free {
    static constexpr auto order = node_order::fewest_free;
    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int) const noexcept {
        if (need.whole()) return -free.whole_count(n);
        return -free.state().free_milli(n);
    }
};

/// The node that the gang leaves least idle; otherwise the fullest nodes until the gang is complete.
///
/// Source    D. S. Johnson, "Near-optimal bin packing algorithms", PhD thesis, MIT, 1973: best fit.
using best_fit = by_score<fewest_free, spread::spill>;

static_assert(scorer<fewest_free>);
static_assert(policy<best_fit>);

} // namespace rota::placement

#endif
