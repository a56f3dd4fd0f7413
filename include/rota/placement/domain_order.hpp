// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_DOMAIN_ORDER_HPP
#define ROTA_PLACEMENT_DOMAIN_ORDER_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/placement/domain_search.hpp>

namespace rota::placement {

/// The domains of one level by their room, so that the tightest one that suffices is found without a scan.
///
/// Few domains are scanned after all. Many domains are small ones: a bitmap for each room that one may have.
/// Cost      a few words; a change moves a domain between two bitmaps.
class domain_order {
public:
    /// Shape     rooms: [domains], at their start.
    domain_order(std::span<std::uint32_t const> rooms, std::uint32_t room_max) {
        if (rooms.size() <= scanned) return;
        filled_ = cluster::bitmap(std::size_t{room_max} + 1);
        members_.assign(std::size_t{room_max} + 1, cluster::bitmap(rooms.size()));
        population_.assign(std::size_t{room_max} + 1, 0);
        for (auto d = std::uint32_t{0}; d != rooms.size(); ++d) enter(d, rooms[d]);
    }
    void change(std::uint32_t domain, std::uint32_t before, std::uint32_t after) noexcept {
        if (members_.empty()) return;
        members_[before].erase(domain);
        if (--population_[before] == 0) filled_.erase(before);
        enter(domain, after);
    }
    /// The domain with the least room that is still at least so much, the lowest of equals; or no_domain.
    /// Shape     rooms: [domains], as they are now.
    [[nodiscard]] std::uint32_t tightest(std::span<std::uint32_t const> rooms,
                                         std::uint32_t at_least) const noexcept {
        if (members_.empty()) {
            auto found = no_domain;
            for (auto d = std::uint32_t{0}; d != rooms.size(); ++d)
                if (rooms[d] >= at_least && (found == no_domain || rooms[d] < rooms[found])) found = d;
            return found;
        }
        auto const room = filled_.next(at_least);
        return room == cluster::bitmap::none ? no_domain : members_[room].next(0);
    }

private:
    static constexpr std::size_t scanned = 64;

    void enter(std::uint32_t domain, std::uint32_t room) noexcept {
        members_[room].insert(domain);
        if (++population_[room] == 1) filled_.insert(room);
    }

    cluster::bitmap filled_;                ///< rooms that some domain has
    std::vector<cluster::bitmap> members_;  ///< [rooms]
    std::vector<std::uint32_t> population_; ///< [rooms]
};

} // namespace rota::placement

#endif
