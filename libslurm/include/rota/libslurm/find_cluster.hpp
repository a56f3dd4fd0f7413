// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIBSLURM_FIND_CLUSTER_HPP
#define ROTA_LIBSLURM_FIND_CLUSTER_HPP

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/libslurm/count_besides.hpp>
#include <rota/libslurm/in_time.hpp>
#include <rota/libslurm/state.hpp>
#include <rota/slurm/sinfo.hpp>

namespace rota::libslurm {

/// The cluster that a partition is made of, the same as sinfo shows. Nothing where there is none, with `complaint` set.
[[nodiscard]] inline std::optional<cluster::spec>
find_cluster(std::string const& partition, std::string& complaint, millis timeout_ms = 10'000) {
    auto call = in_time{timeout_ms};
    auto const seen = call([] { return load({}); });
    if (!seen || seen->error != SLURM_SUCCESS) {
        complaint = seen ? slurm_strerror(seen->error) : "no answer in time";
        return std::nullopt;
    }
    auto const members = nodes_of(*seen->partitions, partition);
    auto rows = std::vector<slurm::node_row>{};
    for (auto const& node : records(*seen->nodes))
        if (node.name != nullptr && std::find(members.begin(), members.end(), node.name) != members.end())
            rows.push_back({node.name, {}, node.gres == nullptr ? "" : node.gres});
    auto made = slurm::cluster_of(rows);
    if (!made || made->nodes.empty()) {
        complaint = "partition " + partition + " has no node with GPUs";
        return std::nullopt;
    }
    if (!count_besides(partition, *made, complaint, call)) return std::nullopt;
    return made;
}

} // namespace rota::libslurm

#endif
