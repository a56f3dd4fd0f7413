// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TIGHTEST_DOMAIN_HPP
#define ROTA_PLACEMENT_TIGHTEST_DOMAIN_HPP

#include <cstdint>
#include <span>

#include <rota/placement/domain_rule.hpp>

namespace rota::placement {

/// Best fit over domains: the one with the least room that suffices, and as few domains below as can be.
///
/// Source    Kubernetes SIG Scheduling, Kueue, KEP 2724 "Topology aware scheduling" (algorithm BestFit, for
/// required and preferred levels). differs: where no domain of the preferred level suffices, each level up is
/// tried to the required one.
struct tightest_domain {
    static constexpr bool tightest = true; ///< the score is the room alone, the least first
    [[nodiscard]] std::int64_t score(domain_view const& on, std::uint32_t) const noexcept {
        return -std::int64_t{on.room()};
    }
    void spread(std::uint32_t units, std::span<domain_part> over) const {
        over_fewest(units, over.data(), over.size());
    }
};

static_assert(domain_rule<tightest_domain>);

} // namespace rota::placement

#endif
