// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_QUOTA_CELLS_HPP
#define ROTA_PLACEMENT_QUOTA_CELLS_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/placement/cell_chain.hpp>

namespace rota::placement {

/// Promises each tenant in turn the largest cells that its quota of GPUs holds and the chains can still promise.
///
/// Meaning   What is left of a quota where no cell is as small, or none can be promised, is lost.
/// Shape     quota_milli: [tenants]; the answer: [tenants x chains], the levels of the cells.
/// Source    H. Zhao et al., "HiveD", OSDI 2020, section 3.1. differs: there the cells are told.
[[nodiscard]] inline std::vector<std::vector<std::vector<std::uint32_t>>>
quota_cells(std::span<cell_chain> chains, std::span<std::int64_t const> quota_milli) {
    auto levels = std::vector<std::vector<std::vector<std::uint32_t>>>(
        quota_milli.size(), std::vector<std::vector<std::uint32_t>>(chains.size()));
    for (auto t = std::size_t{0}; t != quota_milli.size(); ++t) {
        auto left = quota_milli[t] / whole_gpu;
        for (auto c = std::size_t{0}; c != chains.size(); ++c)
            for (auto above = chains[c].cells.top() + 1; above != 0; --above)
                while (left >= chains[c].cells.size(above - 1) && chains[c].cells.promise(above - 1)) {
                    levels[t][c].push_back(above - 1);
                    left -= chains[c].cells.size(above - 1);
                }
    }
    return levels;
}

} // namespace rota::placement

#endif
