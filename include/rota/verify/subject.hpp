// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SUBJECT_HPP
#define ROTA_VERIFY_SUBJECT_HPP

#include <span>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/job/quota_change.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/verify/premises.hpp>

namespace rota::verify {

/// All that a law may read: never a scheduler, never a host. Whatever can print a log can be judged.
struct subject {
    cluster::spec const& cluster;
    job::workload const& jobs;
    std::span<cluster::node_change const> node_changes; ///< by time
    std::span<job::quota_change const> quota_changes;   ///< by time
    claim claims = claim::none;
    premises given{};
    log::schedule const& log;
};

} // namespace rota::verify

#endif
