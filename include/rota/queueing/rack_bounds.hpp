// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_RACK_BOUNDS_HPP
#define ROTA_QUEUEING_RACK_BOUNDS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/queueing/price_tree.hpp>

namespace rota::queueing {

/// What the m-th largest price of a rack is at most, so that most racks need not be looked at.
///
/// A price that falls changes no bound. One that rises to p leaves at most m - 1 prices of its rack above the
/// larger of p and the bound, which is the new bound.
/// Cost      a rise O(different m); memory a price a rack and m.
class rack_bounds {
public:
    using price = price_tree::price;

    rack_bounds() = default;
    explicit rack_bounds(std::size_t racks) noexcept : racks_{racks} {}

    [[nodiscard]] bool several() const noexcept { return racks_ > 1; }
    /// A price of the rack has risen to `to`.
    void rise(std::size_t rack, price to) noexcept {
        for (auto i = rack; i < at_most_.size(); i += racks_) at_most_[i] = std::max(at_most_[i], to);
    }
    /// The bounds for m nodes of a rack, which may be lowered by whoever knows better. Valid until m is new.
    [[nodiscard]] price* of(std::uint32_t m) {
        auto i = std::size_t{0};
        while (i != m_.size() && m_[i] != m) ++i;
        if (i == m_.size()) {
            m_.push_back(m);
            at_most_.resize(at_most_.size() + racks_, price_tree::highest);
        }
        return at_most_.data() + i * racks_;
    }

private:
    std::size_t racks_ = 1;
    std::vector<std::uint32_t> m_;
    std::vector<price> at_most_; ///< [m_ x racks]
};

} // namespace rota::queueing

#endif
