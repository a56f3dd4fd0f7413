// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_PACKING_HPP
#define ROTA_PLACEMENT_MIG_PACKING_HPP

#include <bit>
#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/mig_table.hpp>

namespace rota::placement {

/// The GPU of which most memory slices are taken: best fit.
///
/// Source    binpack of Volcano's plug-in deviceshare, which ranks GPUs by their memory in use.
struct mig_packing {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t operator()(mig_table const&, unsigned taken,
                                                                     unsigned) const noexcept {
        return std::popcount(taken);
    }
};
static_assert(mig_scorer<mig_packing>);

} // namespace rota::placement

#endif
