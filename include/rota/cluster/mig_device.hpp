// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_MIG_DEVICE_HPP
#define ROTA_CLUSTER_MIG_DEVICE_HPP

#include <bit>
#include <cstdint>

#include <rota/core/config.hpp>

namespace rota::cluster {

inline constexpr int mig_slices_max = 8;
inline constexpr int mig_profiles_max = 6;

/// A size in which a GPU can be split, and the memory slices at which such an instance may begin.
struct mig_profile {
    char const* name = "";    ///< compute slices, and the share of the memory: "3g.4/8"
    std::uint8_t size = 0;    ///< memory slices
    std::uint8_t compute = 0; ///< compute slices
    std::uint8_t starts = 0;  ///< bit s set: may begin at memory slice s
};

/// The hardware's rules for instances: memory slices of a GPU, and the profiles by number.
///
/// Two instances of a GPU never have a memory slice in common; nothing else keeps them apart.
struct mig_device {
    std::uint8_t slices = 0;  ///< of memory
    std::uint8_t compute = 0; ///< slices
    std::uint8_t profiles = 0;
    mig_profile of[mig_profiles_max];

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint8_t all() const noexcept {
        return static_cast<std::uint8_t>((1u << slices) - 1u);
    }
    /// The memory slices of an instance, whether or not it may begin there.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint8_t mask(int profile, int start) const noexcept {
        return static_cast<std::uint8_t>(((1u << of[profile].size) - 1u) << start);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool allows(int profile, int start) const noexcept {
        return profile < profiles && start < slices && (of[profile].starts >> start & 1u) != 0;
    }
};

/// Which rules a GPU model follows.
enum class mig_kind : std::uint8_t {
    none, ///< it cannot be split
    a100, ///< A100, H100 and their like: eight memory slices
    a30,  ///< four
};

/// Profiles of mig_kind::a100, by number.
struct mig_a100 {
    static constexpr std::uint8_t one = 0, one_double = 1, two = 2, three = 3, four = 4, seven = 5;
};

/// Profiles of mig_kind::a30, by number.
struct mig_a30 {
    static constexpr std::uint8_t one = 0, two = 1, four = 2;
};

namespace detail {

inline constexpr mig_device mig_devices[] = {
    {},
    {.slices = 8,
     .compute = 7,
     .profiles = 6,
     .of = {{"1g.1/8", 1, 1, 0b0111'1111},
            {"1g.2/8", 2, 1, 0b0101'0101},
            {"2g.2/8", 2, 2, 0b0001'0101},
            {"3g.4/8", 4, 3, 0b0001'0001},
            {"4g.4/8", 4, 4, 0b0000'0001},
            {"7g.8/8", 8, 7, 0b0000'0001}}},
    {.slices = 4,
     .compute = 4,
     .profiles = 3,
     .of = {{"1g.1/4", 1, 1, 0b1111}, {"2g.2/4", 2, 2, 0b0101}, {"4g.4/4", 4, 4, 0b0001}}},
};

} // namespace detail

/// The rules of a kind; profiles with media extensions are left out.
///
/// Source    NVIDIA, Multi-Instance GPU user guide, "Supported MIG profiles", and the placements that the
///           driver lists for A100, H100 and A30 (nvidia-smi mig -lgipp).
[[nodiscard]] constexpr mig_device const& mig_device_of(mig_kind kind) noexcept {
    return detail::mig_devices[static_cast<int>(kind)];
}

namespace detail {

/// The most compute slices that instances from memory slice `from` on can have together.
constexpr int most_compute(mig_device const& on, int from) {
    if (from >= on.slices) return 0;
    auto most = most_compute(on, from + 1);
    for (auto p = 0; p != on.profiles; ++p)
        if (on.allows(p, from)) {
            auto const with = on.of[p].compute + most_compute(on, from + on.of[p].size);
            most = with > most ? with : most;
        }
    return most;
}
/// Every instance ends within the memory, and equal ones may lie at all of their starts at once.
constexpr bool sound(mig_device const& on) {
    for (auto p = 0; p != on.profiles; ++p) {
        auto taken = 0u;
        for (auto s = 0; s != on.slices; ++s) {
            if (!on.allows(p, s)) continue;
            if (s + on.of[p].size > on.slices || (taken & on.mask(p, s)) != 0) return false;
            taken |= on.mask(p, s);
        }
        if (taken == 0 || std::bit_width(unsigned{on.of[p].starts}) > on.slices) return false;
    }
    return true;
}
static_assert(sound(mig_device_of(mig_kind::a100)) && sound(mig_device_of(mig_kind::a30)));
// so memory slices decide: whoever keeps them apart never hands out too many compute slices
static_assert(most_compute(mig_device_of(mig_kind::a100), 0) == mig_device_of(mig_kind::a100).compute);
static_assert(most_compute(mig_device_of(mig_kind::a30), 0) == mig_device_of(mig_kind::a30).compute);

} // namespace detail

} // namespace rota::cluster

#endif
