// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BALANCED_DOMAINS_HPP
#define ROTA_PLACEMENT_BALANCED_DOMAINS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <rota/placement/domain_rule.hpp>

namespace rota::placement {

/// Best fit over domains, and within one as few parts as can be whose smallest is as large as can be.
///
/// With the fewest parts that suffice, D, no part can be larger than units / D, nor than the D-th largest room:
/// that is the least that every part gets. Of the choices of D rooms that large the one with the least room in
/// all is taken, so that little is left between; what is over goes to the first of them.
/// Cost      where a gang is spread: O(children x kinds + kinds x slack x d x d), d the less of D and slack;
/// kinds are the different rooms, slack what the D largest have beyond the units: less than any of these.
/// Source    Kubernetes SIG Scheduling, Kueue, KEP 2724 "Topology aware scheduling" (balanced placement).
/// differs: no leader pods; of choices with as little room the one of the larger rooms, then of the lower
/// domains.
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
        auto top = std::uint32_t{0}; // room of the largest
        for (; top < units; ++parts) top += rooms[parts];
        auto const least = std::min(units / parts, rooms[parts - 1]);
        auto kinds = std::vector<kind>{};
        for (auto i = std::size_t{0}; i != rooms.size() && rooms[i] >= least; ++i) {
            if (i == 0 || rooms[i] != rooms[i - 1]) kinds.push_back({rooms[i], 0, 0});
            ++kinds.back().count;
            kinds.back().taken += i < parts;
        }
        make_tight(kinds, parts, top - units);
        auto left = units;
        for (auto& one : over) {
            auto const of =
                std::find_if(kinds.begin(), kinds.end(), [&](auto const& k) { return k.room == one.room; });
            if (of == kinds.end() || of->taken == 0) continue;
            --of->taken;
            left -= one.given = least;
        }
        for (auto& one : over)
            if (one.given != 0) {
                auto const more = std::min(left, one.room - one.given);
                one.given += more;
                left -= more;
            }
    }

private:
    /// Domains of one room.
    struct kind {
        std::uint32_t room;
        std::uint32_t count;
        std::uint32_t taken;
    };
    /// From the `parts` largest to as little room as can be: at most `slack` less.
    ///
    /// A part that a kind passes on to the next smaller one loses the difference of their rooms.
    /// Shape     kinds: the larger rooms first; `taken` of the largest.
    static void make_tight(std::vector<kind>& kinds, std::uint32_t parts, std::uint32_t slack) {
        constexpr auto never = -1;
        auto const width = std::size_t{slack} + 1;
        auto const owed = std::size_t{std::min(parts, slack)} + 1; // one passed on loses something
        // lost[k][d][s]: the most that can be lost, at most s, from kind k on where it is passed d parts
        auto lost = std::vector<std::int64_t>((kinds.size() + 1) * owed * width, never);
        auto const at = [&](std::size_t k, std::size_t d, std::size_t s) -> std::int64_t& {
            return lost[(k * owed + d) * width + s];
        };
        for (auto s = std::size_t{0}; s != width; ++s) at(kinds.size(), 0, s) = 0;
        auto const through = [&](std::size_t k, std::size_t d, std::size_t s,
                                 std::size_t on) -> std::int64_t {
            auto const step = k + 1 == kinds.size() ? 0 : kinds[k].room - kinds[k + 1].room;
            auto const has = kinds[k].taken + d; // parts that lie in it or are passed on
            auto const loss = on * step;
            if (has < on || has - on > kinds[k].count || loss > s) return never;
            auto const rest = at(k + 1, on, s - loss);
            return rest == never ? never : rest + static_cast<std::int64_t>(loss);
        };
        for (auto k = kinds.size(); k-- != 0;)
            for (auto d = std::size_t{0}; d != owed; ++d)
                for (auto s = std::size_t{0}; s != width; ++s)
                    for (auto on = std::size_t{0}; on != owed; ++on)
                        at(k, d, s) = std::max(at(k, d, s), through(k, d, s, on));
        auto d = std::size_t{0};
        auto s = std::size_t{slack};
        for (auto k = std::size_t{0}; k != kinds.size(); ++k) {
            auto on = std::size_t{0};
            while (through(k, d, s, on) != at(k, d, s)) ++on;
            if (on != 0) s -= on * (kinds[k].room - kinds[k + 1].room);
            kinds[k].taken = static_cast<std::uint32_t>(kinds[k].taken + d - on);
            d = on;
        }
    }
};

static_assert(domain_rule<balanced_domains>);

} // namespace rota::placement

#endif
