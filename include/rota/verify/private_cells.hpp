// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_PRIVATE_CELLS_HPP
#define ROTA_VERIFY_PRIVATE_CELLS_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/cell_chain.hpp>
#include <rota/placement/quota_cells.hpp>

namespace rota::verify {

/// So many cells of one size that a tenant was promised for itself.
struct private_cells {
    tenant_id tenant{};
    gpu_model model{};
    std::uint32_t node_gpus = 0; ///< of the nodes that they are parts or racks of
    std::uint32_t gpus = 0;      ///< of each cell: a level of placement::cell_chain
    std::uint32_t count = 1;

    friend bool operator==(private_cells const&, private_cells const&) = default;
};

/// Each tenant's quota as the largest cells that it holds and that can be promised, as system::hived has them.
[[nodiscard]] inline std::vector<private_cells> cells_of_quotas(cluster::spec const& cluster,
                                                                job::workload const& jobs) {
    auto chains = placement::chains_of(cluster);
    auto quotas = std::vector<std::int64_t>{};
    for (auto const& one : jobs.tenants) quotas.push_back(one.nominal_milli);
    auto const levels = placement::quota_cells(chains, quotas);
    auto all = std::vector<private_cells>{};
    for (auto t = std::size_t{0}; t != levels.size(); ++t)
        for (auto c = std::size_t{0}; c != chains.size(); ++c)
            for (auto level : levels[t][c])
                all.push_back({.tenant = static_cast<tenant_id>(t),
                               .model = cluster.nodes[index(chains[c].nodes.front())].model,
                               .node_gpus = chains[c].gpus,
                               .gpus = chains[c].cells.size(level)});
    return all;
}

} // namespace rota::verify

#endif
