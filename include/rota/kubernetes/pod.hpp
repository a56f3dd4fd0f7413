// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_POD_HPP
#define ROTA_KUBERNETES_POD_HPP

#include <cstdint>
#include <string>

#include <rota/core/units.hpp>

namespace rota::kubernetes {

/// Where a pod is. What failed is told apart by whose doing it was.
enum class pod_phase : std::uint8_t {
    pending,
    running,
    succeeded,
    failed,    ///< its own doing
    timed_out, ///< it ran past its activeDeadlineSeconds
    evicted,   ///< the node's doing: no room for it after all, pressure, shutdown
};

[[nodiscard]] constexpr bool is_over(pod_phase p) noexcept { return p >= pod_phase::succeeded; }

/// What a host wants to know of a pod.
struct pod {
    std::string space; ///< namespace
    std::string name;
    std::string uid;
    std::uint32_t created = 0; ///< in seconds since 1970
    std::string scheduler;     ///< schedulerName
    std::string group;         ///< the PodGroup that it belongs to; empty: none
    int group_size = 0;        ///< as the pod says it; 0: it does not
    bool controlled = false;   ///< somebody makes another one when it is gone
    std::string node;          ///< that it is bound to, for good; empty: none yet
    std::uint32_t run = 0;     ///< of its gang, for which it was bound; 0: nobody said so
    pod_phase phase{};
    bool terminating = false;
    std::int64_t grace_s = 0; ///< of a terminating one
    bool gated = false;       ///< not to be scheduled yet
    int gpus = 0;
    std::string model; ///< of GPU, where it asks for one
    std::int32_t priority = 0;
    millis limit_ms = 0;
    std::string unmapped; ///< what it asks for besides and a host does not know; empty: nothing

    /// It has GPUs of its node. Kubernetes counts them from the binding on.
    [[nodiscard]] bool holds() const noexcept { return !node.empty() && !is_over(phase); }
};

/// What the pods of one job have in common.
[[nodiscard]] inline std::string key_of(pod const& one) {
    return one.group.empty() ? one.space + "/pod/" + one.name : one.space + "/" + one.group;
}

} // namespace rota::kubernetes

#endif
