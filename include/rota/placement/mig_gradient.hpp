// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_GRADIENT_HPP
#define ROTA_PLACEMENT_MIG_GRADIENT_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/placement/mig_scorer.hpp>
#include <rota/placement/mig_table.hpp>

namespace rota::placement {

/// The GPU on which an instance adds the least fragmentation.
///
/// Source    fragmentation gradient descent of Weng et al., Beware of fragmentation, ATC 2023, section 4,
///           on instances; the fragmentation is mig_table's.
struct mig_gradient {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t operator()(mig_table const& table, unsigned taken,
                                                                     unsigned after) const noexcept {
        return std::int64_t{table.fragmentation(taken)} - table.fragmentation(after);
    }
};
static_assert(mig_scorer<mig_gradient>);

} // namespace rota::placement

#endif
