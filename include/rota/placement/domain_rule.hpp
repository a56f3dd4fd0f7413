// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_DOMAIN_RULE_HPP
#define ROTA_PLACEMENT_DOMAIN_RULE_HPP

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/core/config.hpp>
#include <rota/placement/domain_sums.hpp>

namespace rota::placement {

/// A domain that has room for a gang, as a rule sees it.
struct domain_view {
    cluster::domain_tree const* tree = nullptr;
    domain_sums const* now = nullptr;
    domain_sums const* empty = nullptr; ///< the same sums with nothing on the cluster and every node up
    std::uint32_t level = 0;
    std::uint32_t domain = 0;

    [[nodiscard]] std::uint32_t room() const noexcept { return now->room(level, domain); }
    /// The domain a level up has nothing on it: placing here ends that.
    [[nodiscard]] bool breaks_a_whole() const noexcept {
        if (level == tree->top()) return false;
        auto const above = tree->parent(level, domain);
        return now->room(level + 1, above) == empty->room(level + 1, above);
    }
};

/// A domain's part of a gang.
struct domain_part {
    std::uint32_t domain = 0;
    std::uint32_t room = 0;
    std::uint32_t given = 0;
};

/// Chooses the domain of a gang among those with room, and how the gang is spread over what lies below.
///
/// Syntax    r.score(domain_view, units) -> std::int64_t, const noexcept; r.spread(units, std::span<domain_part>), const.
/// Meaning   Units are pods, or slices. The larger score wins, ties go to the lower domain. spread() gives away
/// all units, none beyond a room; it is called with rooms above 0 whose sum suffices.
template <class R>
concept domain_rule =
    requires(R const& r, domain_view const& on, std::uint32_t units, std::span<domain_part> over) {
        { r.score(on, units) } noexcept -> std::same_as<std::int64_t>;
        { r.spread(units, over) } -> std::same_as<void>;
    };

/// Over as few domains as can be: the largest rooms are filled, and the last part goes to the smallest room that
/// holds it; ties to the lower domain.
ROTA_HOST_DEVICE inline void over_fewest(std::uint32_t units, domain_part* over, std::size_t size) noexcept {
    auto* const end = over + size;
    for (;;) {
        auto largest = std::uint32_t{0};
        for (auto* one = over; one != end; ++one)
            if (one->given == 0 && one->room > largest) largest = one->room;
        if (units <= largest) break;
        for (auto* one = over; one != end; ++one)
            if (one->given == 0 && one->room == largest && units > largest) units -= one->given = largest;
    }
    domain_part* last = nullptr;
    for (auto* one = over; one != end; ++one)
        if (one->given == 0 && one->room >= units && (last == nullptr || one->room < last->room)) last = one;
    last->given = units;
}

/// The fewest children of the domain that hold so many units together. 1 for a node.
[[nodiscard]] inline std::uint32_t fewest_parts(domain_view const& on, std::uint32_t units) {
    if (on.level == 0) return 1;
    if (on.level == on.now->slice_level()) units *= on.now->slice();
    auto const& below = on.now->rooms(on.level - 1);
    auto rooms = std::vector<std::uint32_t>(
        below.begin() + static_cast<std::ptrdiff_t>(on.tree->first(on.level, on.domain)),
        below.begin() + static_cast<std::ptrdiff_t>(on.tree->end(on.level, on.domain)));
    std::sort(rooms.begin(), rooms.end(), std::greater<>{});
    auto parts = std::uint32_t{0};
    for (auto left = units; left != 0; ++parts) left -= std::min(left, rooms[parts]);
    return parts;
}

} // namespace rota::placement

#endif
