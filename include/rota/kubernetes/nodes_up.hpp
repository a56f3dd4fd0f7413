// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_NODES_UP_HPP
#define ROTA_KUBERNETES_NODES_UP_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/node.hpp>
#include <rota/kubernetes/pod.hpp>

namespace rota::kubernetes {

/// GPUs by node that are held by pods of which known(pod) is false.
template <class Known>
[[nodiscard]] std::map<std::string, int> taken_by_others(std::map<std::string, pod> const& pods,
                                                         Known&& known) {
    auto out = std::map<std::string, int>{};
    for (auto const& [uid, one] : pods)
        if (one.holds() && one.gpus != 0 && !known(one)) out[one.node] += one.gpus;
    return out;
}

/// Which nodes may be given out: open, and others leave as many GPUs as the cluster says that there are.
[[nodiscard]] inline std::vector<bool> nodes_up(cluster::spec const& cluster,
                                                std::map<std::string, node> const& nodes,
                                                std::map<std::string, int> const& taken) {
    auto free = std::map<std::string, int>{}; // of those that are open
    for (auto const& [uid, one] : nodes) {
        auto const others = taken.find(one.name);
        if (one.open) free[one.name] = one.gpus - (others == taken.end() ? 0 : others->second);
    }
    auto out = std::vector<bool>(cluster.nodes.size(), false);
    for (auto n = std::size_t{0}; n != cluster.names.size(); ++n) {
        auto const at = free.find(cluster.names[n]);
        out[n] = at != free.end() && at->second >= int{cluster.nodes[n].gpus};
    }
    return out;
}

/// Which of the nodes that are not up answer: what runs there goes on.
[[nodiscard]] inline std::vector<bool> nodes_drained(cluster::spec const& cluster,
                                                     std::map<std::string, node> const& nodes,
                                                     std::vector<bool> const& up) {
    auto ready = std::set<std::string>{};
    for (auto const& [uid, one] : nodes)
        if (one.ready) ready.insert(one.name);
    auto out = std::vector<bool>(cluster.nodes.size(), false);
    for (auto n = std::size_t{0}; n != cluster.names.size(); ++n)
        out[n] = !up[n] && ready.contains(cluster.names[n]);
    return out;
}

/// The cluster that these nodes are, without what others hold now, which so is theirs for good. Nodes without GPUs are
/// left out; of one that has more than a node can have here the rest is not used.
[[nodiscard]] inline cluster::spec cluster_of(std::map<std::string, node> const& nodes,
                                              std::map<std::string, int> const& taken) {
    auto sorted = std::map<std::string, node const*>{};
    for (auto const& [uid, one] : nodes) sorted[one.name] = &one;
    auto out = cluster::spec{};
    out.models.clear();
    for (auto const& [name, one] : sorted) {
        auto const others = taken.find(name);
        auto const gpus =
            std::min(one->gpus - (others == taken.end() ? 0 : others->second), cluster::gpus_per_node_max);
        if (gpus <= 0) continue;
        auto const word = one->model.empty() ? std::string{"gpu"} : one->model;
        auto model = std::find(out.models.begin(), out.models.end(), word);
        if (model == out.models.end() && out.models.size() == cluster::models_max) continue;
        if (model == out.models.end()) model = out.models.insert(out.models.end(), word);
        auto made = cluster::node{};
        made.gpus = static_cast<std::uint8_t>(gpus);
        made.model = static_cast<gpu_model>(model - out.models.begin());
        out.nodes.push_back(made);
        out.names.push_back(name);
    }
    return out;
}

} // namespace rota::kubernetes

#endif
