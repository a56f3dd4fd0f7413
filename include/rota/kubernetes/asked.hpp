// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_ASKED_HPP
#define ROTA_KUBERNETES_ASKED_HPP

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/kubernetes/pod.hpp>

namespace rota::kubernetes {

/// What a gang of pods asks for, or why a host cannot know.
struct asked {
    job::spec what{};
    std::string unmapped; ///< empty: `what` says it all
};

/// Pods of one GPU may lie anywhere; larger ones where every split by whole GPUs is one by pods: on one node, or on
/// whole nodes.
///
/// Shape     namespaces are the tenants 1, 2, ...; the jobs of all others are the root's.
[[nodiscard]] inline asked asked_by(std::vector<pod const*> const& pods, int size,
                                    cluster::spec const& cluster, std::vector<std::string> const& spaces) {
    auto out = asked{};
    if (size == 0) out.unmapped = "its group has no size";
    else if (pods.size() < static_cast<std::size_t>(size)) out.unmapped = "its pods are not all there yet";
    else if (pods.size() > static_cast<std::size_t>(size)) out.unmapped = "it has more pods than its group";
    if (!out.unmapped.empty()) return out;
    auto const& one = *pods.front();
    for (auto const* other : pods) {
        if (!other->unmapped.empty()) out.unmapped = other->unmapped;
        else if (other->gpus != one.gpus || other->model != one.model)
            out.unmapped = "its pods ask for different GPUs";
    }
    auto largest = 0;
    for (auto const& node : cluster.nodes) largest = std::max(largest, int{node.gpus});
    auto const gpus = std::int64_t{size} * one.gpus;
    if (gpus == 0) out.unmapped = "it asks for no GPU";
    else if (gpus > std::numeric_limits<std::uint16_t>::max()) out.unmapped = "it asks for too many GPUs";
    else if (one.gpus != 1 && gpus > largest && one.gpus != largest)
        out.unmapped = "its pods would share nodes in part";
    auto& what = out.what;
    if (!out.unmapped.empty()) return out;
    what.need = job::gang(static_cast<int>(gpus), one.gpus == 1     ? job::span::anywhere
                                                  : gpus <= largest ? job::span::one_node
                                                                    : job::span::compact);
    what.priority = one.priority;
    what.limit_ms = one.limit_ms;
    auto const space = std::find(spaces.begin(), spaces.end(), one.space);
    if (space != spaces.end()) what.tenant = static_cast<tenant_id>(space - spaces.begin() + 1);
    if (one.model.empty()) return out;
    auto const model = std::find(cluster.models.begin(), cluster.models.end(), one.model);
    if (model == cluster.models.end()) out.unmapped = "it asks for a model of GPU that no node has";
    else what.need.models = 1u << (model - cluster.models.begin());
    return out;
}

} // namespace rota::kubernetes

#endif
