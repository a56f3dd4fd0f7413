// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_MIG_SIZE_HPP
#define ROTA_CLUSTER_MIG_SIZE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <rota/cluster/mig_device.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// By mig_kind.
inline constexpr std::array<std::string_view, 3> mig_kind_names{"none", "a100", "a30"};

/// One of the sizes behind a mig_size: a profile of a kind of GPU, and what share of the GPU it is.
struct mig_entry {
    mig_kind kind = mig_kind::none;
    std::uint8_t profile = 0; ///< by number, of the mig_device of that kind
    std::uint16_t milli = 0;  ///< of the GPU's memory, which is what instances are kept apart by
};

/// Every size of every kind, by its mig_size. Numbers stand in no file: names do.
inline constexpr auto mig_sizes = [] {
    auto all = std::array<mig_entry, 10>{};
    auto next = std::size_t{1};
    for (auto kind : {mig_kind::a100, mig_kind::a30}) {
        auto const& device = mig_device_of(kind);
        for (auto p = std::uint8_t{0}; p != device.profiles; ++p)
            all[next++] = {kind, p,
                           static_cast<std::uint16_t>(whole_gpu * device.of[p].size / device.slices)};
    }
    return all;
}();
static_assert(mig_sizes.back().milli == whole_gpu, "the last size is the largest of the last kind");
// a slice tells sizes apart by these two
static_assert([] {
    for (auto const& a : mig_sizes)
        for (auto const& b : mig_sizes)
            if (a.profile == b.profile && a.milli == b.milli && a.kind != b.kind) return false;
    return true;
}());

/// none where the number is no size.
[[nodiscard]] constexpr mig_entry mig_entry_of(mig_size size) noexcept {
    return index(size) < mig_sizes.size() ? mig_sizes[index(size)] : mig_entry{};
}
/// Expects   a size.
[[nodiscard]] constexpr mig_profile const& mig_profile_of(mig_size size) noexcept {
    auto const one = mig_entry_of(size);
    return mig_device_of(one.kind).of[one.profile];
}
/// Its memory slices when it begins at `start`; 0 where it may not begin there.
[[nodiscard]] constexpr std::uint8_t mig_mask(mig_size size, int start) noexcept {
    auto const one = mig_entry_of(size);
    auto const& device = mig_device_of(one.kind);
    return device.allows(one.profile, start) ? device.mask(one.profile, start) : std::uint8_t{0};
}
/// The size that a profile of a kind is.
[[nodiscard]] constexpr mig_size mig_size_of(mig_kind kind, int profile) noexcept {
    for (auto i = std::size_t{1}; i != mig_sizes.size(); ++i)
        if (mig_sizes[i].kind == kind && mig_sizes[i].profile == profile) return static_cast<mig_size>(i);
    return {};
}
/// The size of that name, such as "3g.4/8"; 0 where there is none.
[[nodiscard]] constexpr mig_size mig_size_named(std::string_view name) noexcept {
    for (auto i = std::size_t{1}; i != mig_sizes.size(); ++i)
        if (mig_profile_of(static_cast<mig_size>(i)).name == name) return static_cast<mig_size>(i);
    return {};
}

} // namespace rota::cluster

#endif
