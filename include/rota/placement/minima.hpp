// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MINIMA_HPP
#define ROTA_PLACEMENT_MINIMA_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/placement/engine.hpp>

namespace rota::placement {

/// A row of keys with the least of every 16, of every 256 and so on above them.
///
/// Cost      a key that changes touches one level unless it is, or was, the least of its 16; the first key
/// up to a limit is found in one walk down. Memory 17/16 of the keys.
class minima {
public:
    /// Expects   at least one key.
    explicit minima(std::vector<std::int64_t> keys) : keys_{std::move(keys)} {
        first_.push_back(0);
        for (auto level = keys_.size(); level != 1; level = (level + fan - 1) / fan) {
            auto const from = first_.back();
            auto const groups = (level + fan - 1) / fan;
            first_.push_back(from + groups * fan);
            keys_.resize(first_.back(), no_key);
            for (auto g = std::size_t{0}; g != groups; ++g) keys_.push_back(least_of(&keys_[from + g * fan]));
        }
    }

    [[nodiscard]] std::int64_t least() const noexcept { return keys_[first_.back()]; }
    /// Position of the first key that is not above the limit.
    /// Expects   least() <= limit.
    [[nodiscard]] std::size_t first_within(std::int64_t limit) const noexcept {
        auto at = std::size_t{0};
        for (auto l = first_.size() - 1; l-- != 0;)
            for (at *= fan; keys_[first_[l] + at] > limit;) ++at;
        return at;
    }
    void set(std::size_t at, std::int64_t key) noexcept {
        for (auto l = std::size_t{0};; ++l, at /= fan) {
            auto const was = std::exchange(keys_[first_[l] + at], key);
            if (was == key || l + 1 == first_.size()) return;
            auto const above = keys_[first_[l + 1] + at / fan];
            if (key < above) continue;
            if (was != above) return; // the least is another one, and stays it
            key = least_of(&keys_[first_[l] + at / fan * fan]);
        }
    }

private:
    static constexpr auto fan = std::size_t{16};

    [[nodiscard]] static std::int64_t least_of(std::int64_t const* keys) noexcept {
        auto least = keys[0];
        for (auto i = std::size_t{1}; i != fan; ++i) least = std::min(least, keys[i]);
        return least;
    }

    std::vector<std::int64_t> keys_; ///< the row, then level by level, each filled up with no_key
    std::vector<std::size_t> first_; ///< where each level begins
};

} // namespace rota::placement

#endif
