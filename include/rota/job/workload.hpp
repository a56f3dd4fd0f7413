// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_WORKLOAD_HPP
#define ROTA_JOB_WORKLOAD_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/job/work.hpp>

namespace rota::job {

/// One node of the tenant tree. Node 0 is the root and its own parent.
struct tenant {
    tenant_id parent{};
    std::int32_t weight = 1;
    std::int64_t nominal_milli = 0; ///< GPU-milli that are its own
    std::string name;

    friend bool operator==(tenant const&, tenant const&) = default;
};

/// Jobs in the order of their submission, with what the world knows of each. Shape: specs, works [jobs].
struct workload {
    std::vector<spec> specs;
    std::vector<work> works;
    std::vector<std::string> names; ///< the source's own job ids; [jobs] or empty
    // not {tenant{}}: inside a template g++ 12 breaks down over it
    std::vector<tenant> tenants = std::vector<tenant>(1);

    [[nodiscard]] std::size_t size() const noexcept { return specs.size(); }

    friend bool operator==(workload const&, workload const&) = default;
};

} // namespace rota::job

#endif
