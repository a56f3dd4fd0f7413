// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_SPEC_HPP
#define ROTA_JOB_SPEC_HPP

#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::job {

/// What a job says of itself when it is submitted: all that a policy may know before it runs. No duration.
struct spec {
    sim_time submit{};
    request need{};
    tenant_id tenant{};
    user_id user = unknown_user;
    std::int32_t priority = 0; ///< larger is more urgent
    millis limit_ms = 0;       ///< the run time the user promises not to exceed; 0: none declared
    sim_time deadline = never;
    std::int64_t state_mib = 0; ///< what a checkpoint holds; 0: unknown

    friend bool operator==(spec const&, spec const&) = default;
};

} // namespace rota::job

#endif
