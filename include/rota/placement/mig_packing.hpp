// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_PACKING_HPP
#define ROTA_PLACEMENT_MIG_PACKING_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/placement/mig_scorer.hpp>
#include <rota/placement/mig_table.hpp>

namespace rota::placement {

/// The GPU of which most memory slices are taken: best fit.
///
/// Source    binpack of Volcano's plug-in deviceshare, which ranks GPUs by their memory in use.
struct mig_packing {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t operator()(mig_table const&, unsigned taken,
                                                                     unsigned) const noexcept {
        auto bits = taken - (taken >> 1 & 0x55u); // std::popcount is for hosts alone
        bits = (bits & 0x33u) + (bits >> 2 & 0x33u);
        return (bits + (bits >> 4)) & 0x0fu;
    }
};
static_assert(mig_scorer<mig_packing>);

} // namespace rota::placement

#endif
