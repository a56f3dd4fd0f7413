// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FEWEST_HOPS_HPP
#define ROTA_PLACEMENT_FEWEST_HOPS_HPP

#include <cstdint>
#include <span>

#include <rota/placement/domain_rule.hpp>

namespace rota::placement {

/// The domain in which the gang lies in the fewest parts, of those the one with the least room: fewer messages
/// between parts take a hop more.
///
/// Source    SchedMD, Slurm documentation, "Topology guide" (topology/tree: the lowest switch that satisfies the
/// request, then the fewest leaf switches). differs: the count of parts chooses between switches, too.
struct fewest_hops {
    [[nodiscard]] std::int64_t score(domain_view const& on, std::uint32_t units) const noexcept {
        return -(std::int64_t{fewest_parts(on, units)} << 32) - on.room();
    }
    void spread(std::uint32_t units, std::span<domain_part> over) const {
        over_fewest(units, over.data(), over.size());
    }
};

static_assert(domain_rule<fewest_hops>);

} // namespace rota::placement

#endif
