// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BALANCED_DOMAINS_HPP
#define ROTA_PLACEMENT_BALANCED_DOMAINS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <rota/placement/domain_rule.hpp>

namespace rota::placement {

/// Best fit over domains, and within one as few parts as can be whose smallest is as large as can be.
///
/// With the fewest parts that suffice, D, no part can be larger than units / D, nor than the D-th largest room:
/// that is the least that every part gets. Of the choices of D rooms that large the one with the least room in
/// all is taken, so that little is left between; what is over goes to the first of them.
/// Cost      O(children x D x units) where a gang is spread.
/// Source    Kubernetes SIG Scheduling, Kueue, KEP 2724 "Topology aware scheduling" (balanced placement).
/// differs: no leader pods; of choices with as little room the one of the lower domains.
struct balanced_domains {
    static constexpr bool tightest = true; ///< as in tightest_domain
    [[nodiscard]] std::int64_t score(domain_view const& on, std::uint32_t) const noexcept {
        return -std::int64_t{on.room()};
    }
    void spread(std::uint32_t units, std::span<domain_part> over) const {
        auto rooms = std::vector<std::uint32_t>{};
        for (auto const& one : over) rooms.push_back(one.room);
        std::sort(rooms.begin(), rooms.end(), std::greater<>{});
        auto parts = std::uint32_t{0};
        for (auto left = units; left != 0; ++parts) left -= std::min(left, rooms[parts]);
        auto const least = std::min(units / parts, rooms[parts - 1]);
        auto left = units;
        for (auto* one : chosen(units, parts, least, over)) left -= one->given = least;
        for (auto& one : over)
            if (one.given != 0) {
                auto const more = std::min(left, one.room - one.given);
                one.given += more;
                left -= more;
            }
    }

private:
    /// `parts` of those with at least so much room that hold the units with the least room in all.
    static std::vector<domain_part*> chosen(std::uint32_t units, std::uint32_t parts, std::uint32_t least,
                                            std::span<domain_part> over) {
        // best[i][p][u]: the least room of p of the domains from i on that hold at least u units
        constexpr auto never = std::numeric_limits<std::uint64_t>::max();
        auto const width = std::size_t{units} + 1;
        auto const stride = (std::size_t{parts} + 1) * width;
        auto best = std::vector<std::uint64_t>((over.size() + 1) * stride, never);
        auto const at = [&](std::size_t i, std::size_t p, std::size_t u) -> std::uint64_t& {
            return best[i * stride + p * width + u];
        };
        auto const with = [&](std::size_t i, std::size_t p, std::size_t u) {
            if (p == 0 || over[i].room < least) return never;
            auto const rest = at(i + 1, p - 1, u - std::min<std::size_t>(u, over[i].room));
            return rest == never ? never : rest + over[i].room;
        };
        at(over.size(), 0, 0) = 0;
        for (auto i = over.size(); i-- != 0;)
            for (auto p = std::size_t{0}; p <= parts; ++p)
                for (auto u = std::size_t{0}; u != width; ++u)
                    at(i, p, u) = std::min(at(i + 1, p, u), with(i, p, u));
        auto found = std::vector<domain_part*>{};
        auto left = std::size_t{units};
        for (auto i = std::size_t{0}; found.size() != parts; ++i)
            if (auto const p = parts - found.size(); with(i, p, left) == at(i, p, left)) {
                left -= std::min<std::size_t>(left, over[i].room);
                found.push_back(&over[i]);
            }
        return found;
    }
};

static_assert(domain_rule<balanced_domains>);

} // namespace rota::placement

#endif
