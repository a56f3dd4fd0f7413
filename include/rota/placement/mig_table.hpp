// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_TABLE_HPP
#define ROTA_PLACEMENT_MIG_TABLE_HPP

#include <bit>
#include <cstdint>

#include <rota/cluster/mig_device.hpp>
#include <rota/core/config.hpp>

namespace rota::placement {

/// How much each profile counts when fragmentation is summed up.
struct mig_weights {
    std::int32_t of[cluster::mig_profiles_max] = {1, 1, 1, 1, 1, 1}; ///< 0 .. 2^20
};

/// What there is to know of a GPU of which these memory slices are taken, for each of the 256 sets of them:
/// whether a profile fits, where it goes, and how much fragmentation that leaves.
///
/// Meaning   fragmentation(taken) sums, over the profiles that may begin nowhere, weight times free slices.
///           The best start is that of the largest drop, of equals the highest: so slice 0, where the large
///           ones must begin, is given away last.
/// Cost      a load each; 9 KiB.
/// Source    the fragmentation of Weng et al., Beware of fragmentation, ATC 2023, section 3, of one GPU,
///           with profiles for pods; the order among equals is ours.
struct mig_table {
    static constexpr int states = 1 << cluster::mig_slices_max;
    static constexpr std::uint8_t nowhere = 0xff;

    std::uint8_t fitting[states] = {}; ///< bit p set: profile p may begin somewhere
    std::uint8_t start[cluster::mig_profiles_max][states];
    std::int32_t fragments[states] = {};
    std::int32_t dropped[cluster::mig_profiles_max][states] = {};

    /// Takes the profiles of a device, and what they count.
    constexpr explicit mig_table(cluster::mig_device const& on, mig_weights const& weigh = {}) noexcept {
        for (auto t = 0; t != states; ++t) {
            auto const taken = static_cast<unsigned>(t);
            auto const free = std::popcount(on.all() & ~taken);
            for (auto p = 0; p != on.profiles; ++p) {
                for (auto s = 0; s != on.slices; ++s)
                    if (on.allows(p, s) && (taken & on.mask(p, s)) == 0)
                        fitting[t] = static_cast<std::uint8_t>(fitting[t] | 1u << p);
                if (!fits(p, taken)) fragments[t] += weigh.of[p] * free;
            }
        }
        for (auto p = 0; p != cluster::mig_profiles_max; ++p)
            for (auto t = 0; t != states; ++t) {
                start[p][t] = nowhere;
                for (auto s = 0; s != on.slices; ++s) {
                    auto const taken = static_cast<unsigned>(t);
                    if (!on.allows(p, s) || (taken & on.mask(p, s)) != 0) continue;
                    auto const drop = fragments[t] - fragments[taken | on.mask(p, s)];
                    if (start[p][t] != nowhere && drop < dropped[p][t]) continue;
                    start[p][t] = static_cast<std::uint8_t>(s);
                    dropped[p][t] = drop;
                }
            }
    }

    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool fits(int profile, unsigned taken) const noexcept {
        return (fitting[taken] >> profile & 1u) != 0;
    }
    /// `nowhere` unless it fits.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint8_t best_start(int profile,
                                                                     unsigned taken) const noexcept {
        return start[profile][taken];
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int32_t fragmentation(unsigned taken) const noexcept {
        return fragments[taken];
    }
    /// How much fragmentation goes away once the profile lies at its best start; below 0 where it grows.
    /// Expects   fits(profile, taken).
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int32_t drop(int profile, unsigned taken) const noexcept {
        return dropped[profile][taken];
    }
};

namespace detail {

inline constexpr mig_table mig_tables[] = {
    mig_table{cluster::mig_device_of(cluster::mig_kind::none)},
    mig_table{cluster::mig_device_of(cluster::mig_kind::a100)},
    mig_table{cluster::mig_device_of(cluster::mig_kind::a30)},
};

} // namespace detail

/// The table of a kind of GPU, every profile counting alike.
[[nodiscard]] constexpr mig_table const& mig_table_of(cluster::mig_kind kind) noexcept {
    return detail::mig_tables[static_cast<int>(kind)];
}

namespace detail {

// an empty GPU is no fragment, and each profile fits; a full one is none and takes none
static_assert(mig_table_of(cluster::mig_kind::a100).fitting[0x00] == 0b11'1111);
static_assert(mig_table_of(cluster::mig_kind::a100).fragmentation(0x00) == 0);
static_assert(mig_table_of(cluster::mig_kind::a100).fitting[0xff] == 0);
static_assert(mig_table_of(cluster::mig_kind::a100).fragmentation(0xff) == 0);
// the first small instance leaves slice 0 to 4g, and both halves to 3g where it can
static_assert(mig_table_of(cluster::mig_kind::a100).best_start(cluster::mig_a100::one, 0x00) == 6);
static_assert(mig_table_of(cluster::mig_kind::a100).best_start(cluster::mig_a100::two, 0x00) == 4);
static_assert(mig_table_of(cluster::mig_kind::a100).best_start(cluster::mig_a100::three, 0x00) == 4);
// seven small ones leave the last memory slice, which no profile can use: 1 for each of the six
static_assert(mig_table_of(cluster::mig_kind::a100).fitting[0x7f] == 0);
static_assert(mig_table_of(cluster::mig_kind::a100).fragmentation(0x7f) == 6);
static_assert(mig_table_of(cluster::mig_kind::a30).best_start(cluster::mig_a30::one, 0x0) == 3);
static_assert(mig_table_of(cluster::mig_kind::a30).best_start(cluster::mig_a30::two, 0b1000) == 0);

} // namespace detail

} // namespace rota::placement

#endif
