// SPDX-License-Identifier: BSL-1.0
// The rules of MIG spelled out slice by slice, for tests to compare look-ups with.
#ifndef ROTA_PROPERTY_PLACEMENT_MIG_RULES_HPP
#define ROTA_PROPERTY_PLACEMENT_MIG_RULES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/placement/mig_table.hpp>

namespace mig_rules {

using rota::cluster::mig_device;
using slices = std::array<bool, rota::cluster::mig_slices_max>; ///< taken or not

inline slices of_mask(unsigned mask) {
    auto made = slices{};
    for (auto s = std::size_t{0}; s != made.size(); ++s) made[s] = (mask >> s & 1u) != 0;
    return made;
}

/// Where the profile may begin, by looking at each slice it would cover.
inline std::vector<int> starts(mig_device const& on, int profile, slices const& taken) {
    auto found = std::vector<int>{};
    for (auto s = 0; s != on.slices; ++s) {
        if ((on.of[profile].starts >> s & 1) == 0) continue;
        auto free = true;
        for (auto i = 0; i != on.of[profile].size; ++i) free &= !taken[static_cast<std::size_t>(s + i)];
        if (free) found.push_back(s);
    }
    return found;
}

inline slices with(mig_device const& on, int profile, int start, slices taken) {
    for (auto i = 0; i != on.of[profile].size; ++i) taken[static_cast<std::size_t>(start + i)] = true;
    return taken;
}

inline int fragments(mig_device const& on, rota::placement::mig_weights const& weigh, slices const& taken) {
    auto const free = on.slices - std::count(taken.begin(), taken.begin() + on.slices, true);
    auto sum = 0;
    for (auto p = 0; p != on.profiles; ++p)
        if (starts(on, p, taken).empty()) sum += weigh.of[p] * static_cast<int>(free);
    return sum;
}

/// Of these starts the one with the least fragmentation, of equals the highest; -1 where there is none.
inline int best(mig_device const& on, rota::placement::mig_weights const& weigh, int profile,
                slices const& taken, std::vector<int> const& open) {
    auto found = -1;
    auto least = 0;
    for (auto s : open) {
        auto const after = fragments(on, weigh, with(on, profile, s, taken));
        if (found >= 0 && after > least) continue;
        found = s;
        least = after;
    }
    return found;
}

} // namespace mig_rules

#endif
