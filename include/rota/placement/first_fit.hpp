// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FIRST_FIT_HPP
#define ROTA_PLACEMENT_FIRST_FIT_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/mig_table.hpp>

namespace rota::placement {

/// Every node is as good: the lowest id decides.
struct lowest_id {
    static constexpr auto order = node_order::lowest_id;
    [[nodiscard]] constexpr std::int64_t operator()(job::request const&, cluster::ledger const&, node_id,
                                                    int) const noexcept {
        return 0;
    }
};

/// Every GPU is as good for an instance: the lowest decides.
struct lowest_gpu {
    [[nodiscard]] constexpr std::int64_t operator()(mig_table const&, unsigned, unsigned) const noexcept {
        return 0;
    }
};

/// The lowest node that holds the gang; otherwise nodes in the order of their ids until the gang is complete.
///
/// Source    D. S. Johnson, "Near-optimal bin packing algorithms", PhD thesis, MIT, 1973: first fit.
using first_fit = by_score<lowest_id, spread::spill, lowest_gpu>;

static_assert(scorer<lowest_id>);
static_assert(policy<first_fit>);

} // namespace rota::placement

#endif
