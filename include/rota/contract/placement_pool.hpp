// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_PLACEMENT_POOL_HPP
#define ROTA_CONTRACT_PLACEMENT_POOL_HPP

#include <cstdint>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/chunked.hpp>

namespace rota {

/// Placements by number, at stable addresses, each with a count of those who share it: what is intended for a
/// job, what it holds and what it had before are mostly the same.
///
/// Number 0 is the empty placement. A placement that nobody shares any more keeps its memory for the next gang.
class placement_pool {
public:
    placement_pool() { (void)acquire(); } // number 0 stays empty

    [[nodiscard]] cluster::placement const& at(std::uint32_t number) const noexcept {
        return placements_[number];
    }
    /// Makes `number` name a copy of p, which may be what it names already.
    void assign(std::uint32_t& number, cluster::placement const& p) {
        if (p.empty()) return clear(number);
        auto const fresh = acquire();
        placements_[fresh] = p;
        clear(number);
        number = fresh;
    }
    /// Makes `number` name what `other` names.
    void share(std::uint32_t& number, std::uint32_t other) noexcept {
        if (other != 0) ++uses_[other];
        clear(number);
        number = other;
    }
    void clear(std::uint32_t& number) noexcept {
        if (number == 0) return;
        if (--uses_[number] == 0) {
            placements_[number].clear();
            free_.push_back(number); // has room: acquire() saw to it
        }
        number = 0;
    }

private:
    std::uint32_t acquire() {
        if (free_.empty()) {
            placements_.grow();
            uses_.push_back(1);
            free_.reserve(uses_.capacity());
            return static_cast<std::uint32_t>(uses_.size() - 1);
        }
        auto const number = free_.back();
        free_.pop_back();
        uses_[number] = 1;
        return number;
    }

    chunked<cluster::placement> placements_;
    std::vector<std::uint32_t> uses_; ///< [numbers] who share it
    std::vector<std::uint32_t> free_;
};

} // namespace rota

#endif
