// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_DOMAIN_SEARCH_HPP
#define ROTA_PLACEMENT_DOMAIN_SEARCH_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/placement/domain_rule.hpp>
#include <rota/placement/domain_sums.hpp>

namespace rota::placement {

inline constexpr auto no_domain = std::numeric_limits<std::uint32_t>::max();

/// The domain of a level that the rule chooses for so many units, or no_domain where none has room for all.
/// Cost      a score for each domain with room.
template <domain_rule Rule>
[[nodiscard]] std::uint32_t choose(Rule const& rule, domain_view on, std::uint32_t units) noexcept {
    auto found = no_domain;
    auto best = std::int64_t{0};
    auto const& rooms = on.now->rooms(on.level);
    for (on.domain = 0; on.domain != rooms.size(); ++on.domain) {
        if (rooms[on.domain] < units) continue;
        auto const here = rule.score(on, units);
        if (found != no_domain && here <= best) continue;
        found = on.domain;
        best = here;
    }
    return found;
}

/// Spreads units over what lies below a domain, level by level as the rule says: visit(position, pods) for each
/// node, in the order of positions. The scratch is for use in between and is left as it was.
/// Expects   units <= the domain's room, units > 0.
template <domain_rule Rule, class Visit>
void descend(Rule const& rule, cluster::domain_tree const& tree, domain_sums const& now, std::uint32_t level,
             std::uint32_t domain, std::uint32_t units, std::vector<domain_part>& scratch,
             Visit const& visit) {
    if (level == now.slice_level()) units *= now.slice();
    if (level == 0) return visit(domain, units);
    auto const from = scratch.size();
    auto const& rooms = now.rooms(level - 1);
    for (auto child = tree.first(level, domain); child != tree.end(level, domain); ++child)
        if (rooms[child] != 0) scratch.push_back({child, rooms[child], 0});
    rule.spread(units, std::span{scratch}.subspan(from));
    auto const end = scratch.size();
    for (auto i = from; i != end; ++i)
        if (auto const part = scratch[i]; part.given != 0)
            descend(rule, tree, now, level - 1, part.domain, part.given, scratch, visit);
    scratch.resize(from);
}

} // namespace rota::placement

#endif
