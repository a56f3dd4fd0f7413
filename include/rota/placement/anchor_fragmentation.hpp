// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_ANCHOR_FRAGMENTATION_HPP
#define ROTA_PLACEMENT_ANCHOR_FRAGMENTATION_HPP

#include <cstdint>
#include <span>

#include <rota/placement/domain_rule.hpp>

namespace rota::placement {

/// The domain whose next larger one is in use already, so that large gangs find whole domains; then the least room.
///
/// Source    SchedMD, Slurm 26.05, topology/torus3d: among anchors of a shape the one that touches the fewest
/// fully free anchors of the next larger shape, then the one with the fewest idle nodes. differs: the shapes are
/// the domains of a tree, each within one of the next larger; a gang may fill its domain in part.
struct anchor_fragmentation {
    [[nodiscard]] std::int64_t score(domain_view const& on, std::uint32_t) const noexcept {
        return -(std::int64_t{on.breaks_a_whole()} << 32) - on.room();
    }
    void spread(std::uint32_t units, std::span<domain_part> over) const {
        over_fewest(units, over.data(), over.size());
    }
};

static_assert(domain_rule<anchor_fragmentation>);

} // namespace rota::placement

#endif
