// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_TRAITS_HPP
#define ROTA_VERIFY_TRAITS_HPP

#include <cstdint>

#include <rota/verify/premises.hpp>

namespace rota::verify {

/// What the caller knows of a scheduler besides its claims.
struct traits {
    bool scatters = false; ///< its placement takes any nodes for a gang that may lie anywhere
    head_order head = head_order::unknown;
    bool may_thrash =
        false; ///< it may stop jobs before they did any work, again and again: no bound, no law L7
    std::uint32_t instants_max = 1u << 16; ///< more of them break law L7
    service_steps steps{};                 ///< where its order counts attained service
    bool quota_cells = false;              ///< a tenant's private cells are the largest that its quota holds
};

} // namespace rota::verify

#endif
