// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_MIG_LAYOUT_HPP
#define ROTA_CLUSTER_MIG_LAYOUT_HPP

#include <cstdint>

#include <rota/cluster/mig_device.hpp>
#include <rota/core/config.hpp>

namespace rota::cluster {

/// The instances of one GPU: which profile begins at each of its memory slices.
///
/// The state of a GPU, and also one of the sets that an operator lists as the only ones that GPUs may be
/// split into.
struct mig_layout {
    std::uint8_t begins[mig_slices_max] = {}; ///< 1 + number of the profile; 0: none begins here

    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool has(int profile, int start) const noexcept {
        return start < mig_slices_max && begins[start] == profile + 1;
    }
    /// The memory slices that are taken: the GPU's state in every look-up.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint8_t taken(mig_device const& on) const noexcept {
        auto mask = 0u;
        for (auto s = 0; s != on.slices; ++s)
            if (begins[s] != 0) mask |= on.mask(begins[s] - 1, s);
        return static_cast<std::uint8_t>(mask);
    }
    /// The instance may begin there, and its memory slices are free.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool fits(mig_device const& on, int profile,
                                                       int start) const noexcept {
        return on.allows(profile, start) && (taken(on) & on.mask(profile, start)) == 0;
    }
    /// Expects fits(profile, start).
    [[nodiscard]] ROTA_HOST_DEVICE constexpr mig_layout with(int profile, int start) const noexcept {
        auto more = *this;
        more.begins[start] = static_cast<std::uint8_t>(profile + 1);
        return more;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr mig_layout without(int start) const noexcept {
        auto rest = *this;
        rest.begins[start] = 0;
        return rest;
    }
    /// Every instance stands in the other one, at the same slice.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool part_of(mig_layout const& whole) const noexcept {
        for (auto s = 0; s != mig_slices_max; ++s)
            if (begins[s] != 0 && begins[s] != whole.begins[s]) return false;
        return true;
    }

    friend bool operator==(mig_layout const&, mig_layout const&) = default;
};

/// Every instance of it may begin where it does, and no two have a memory slice in common.
[[nodiscard]] constexpr bool legal(mig_layout const& one, mig_device const& on) noexcept {
    auto made = mig_layout{};
    for (auto s = 0; s != mig_slices_max; ++s) {
        if (one.begins[s] == 0) continue;
        if (!made.fits(on, one.begins[s] - 1, s)) return false;
        made = made.with(one.begins[s] - 1, s);
    }
    return true;
}

} // namespace rota::cluster

#endif
