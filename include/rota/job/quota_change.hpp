// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_QUOTA_CHANGE_HPP
#define ROTA_JOB_QUOTA_CHANGE_HPP

#include <cstdint>

#include <rota/core/units.hpp>

namespace rota::job {

/// A tenant owns another part of the cluster from a point in time on.
struct quota_change {
    sim_time at{};
    tenant_id tenant{};
    std::int64_t nominal_milli = 0; ///< GPU-milli that are its own, without its children's

    friend bool operator==(quota_change const&, quota_change const&) = default;
};

} // namespace rota::job

#endif
