// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_BITMAP_HPP
#define ROTA_CLUSTER_BITMAP_HPP

#include <cstddef>
#include <cstdint>

#include <rota/cluster/bitmaps.hpp>

namespace rota::cluster {

/// A set of small integers that finds its next member in a few loads.
class bitmap {
public:
    static constexpr std::uint32_t none = bitmaps::none;

    explicit bitmap(std::size_t size = 0) : only_{1, size} {}

    void insert(std::uint32_t i) noexcept { only_.insert(0, i); }
    void erase(std::uint32_t i) noexcept { only_.erase(0, i); }
    [[nodiscard]] bool contains(std::uint32_t i) const noexcept { return only_.contains(0, i); }
    /// The smallest member, or none.
    [[nodiscard]] std::uint32_t first() const noexcept { return only_.first(0); }
    /// The smallest member >= from, or none.
    [[nodiscard]] std::uint32_t next(std::uint32_t from) const noexcept { return only_.next(0, from); }

    friend bool operator==(bitmap const&, bitmap const&) = default;

private:
    bitmaps only_;
};

} // namespace rota::cluster

#endif
