// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_FIND_CLUSTER_HPP
#define ROTA_KUBERNETES_FIND_CLUSTER_HPP

#include <optional>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/kubernetes/api.hpp>
#include <rota/kubernetes/client_settings.hpp>
#include <rota/kubernetes/node.hpp>
#include <rota/kubernetes/nodes_up.hpp>
#include <rota/kubernetes/pod.hpp>
#include <rota/kubernetes/reflector.hpp>

namespace rota::kubernetes {

/// The cluster behind an API server, as a client with these settings may use it. Nothing where there is no answer or no
/// GPU, with `complaint` set.
template <api A>
[[nodiscard]] std::optional<cluster::spec> find_cluster(A& server, std::string& complaint,
                                                        client_settings const& how = {}) {
    auto nodes = reflector<node, A>{"/api/v1/nodes"};
    auto pods = reflector<pod, A>{"/api/v1/pods"};
    auto const ignore = [](auto const&) {};
    if (!nodes.refresh(server, ignore) || !pods.refresh(server, ignore)) {
        complaint = nodes.complaint().empty() ? pods.complaint() : nodes.complaint();
        return std::nullopt;
    }
    auto const taken = taken_by_others(
        pods.all(), [&](pod const& one) { return how.recovers && one.scheduler == how.scheduler; });
    auto made = cluster_of(nodes.all(), taken);
    if (!made.nodes.empty()) return made;
    complaint = "no node has GPUs";
    return std::nullopt;
}

} // namespace rota::kubernetes

#endif
