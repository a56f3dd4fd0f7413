// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_EXPLAIN_HPP
#define ROTA_PLACEMENT_MIG_EXPLAIN_HPP

#include <bit>
#include <cstdint>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/mig_request.hpp>
#include <rota/placement/mig_table.hpp>
#include <rota/placement/outcome.hpp>

namespace rota::placement {

/// Why a request for instances is refused: how many nodes each reason turns away, each node counted once
/// under the first that does.
struct mig_reasons {
    refusal why = refusal::busy;
    std::uint32_t model = 0;  ///< another kind, or a GPU model the job does not accept
    std::uint32_t closed = 0; ///< down or drained
    std::uint32_t whole = 0;  ///< none of its GPUs is split
    std::uint32_t slices = 0; ///< on no split GPU are the memory slices free, at a start of the profile
    std::uint32_t listed = 0; ///< they are, but no listed layout has the instance there
    std::uint32_t cpu = 0;    ///< a start, but not the CPU for one
    std::uint32_t memory = 0; ///< a start and CPU, but not the memory for one
    std::uint32_t usable = 0; ///< would hold some of the instances; too few of them

    friend bool operator==(mig_reasons const&, mig_reasons const&) = default;
};

/// Cost      O(nodes): ask when somebody wants to know, not at every refusal.
[[nodiscard]] inline mig_reasons explain(mig_request const& need, cluster::mig_ledger const& free) {
    auto told = mig_reasons{};
    told.why = feasible(need, free) ? refusal::busy : refusal::infeasible;
    auto const& table = mig_table_of(need.kind);
    auto const known = need.profile < cluster::mig_device_of(need.kind).profiles;
    for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
        auto const node = node_id{n};
        auto fits = false;
        auto permitted = false;
        for (auto left = unsigned{free.split_gpus(node)}; left != 0 && known && need.accepts(free, node);
             left &= left - 1) {
            auto const gpu = std::countr_zero(left);
            fits |= table.fits(need.profile, free.taken(node, gpu));
            permitted |=
                mig_start(free, node, free.layout(node, gpu), need.profile, table) != mig_table::nowhere;
        }
        if (!need.accepts(free, node)) ++told.model;
        else if (!free.whole().open(node)) ++told.closed;
        else if (free.split_gpus(node) == 0) ++told.whole;
        else if (!fits) ++told.slices;
        else if (!permitted) ++told.listed;
        else if (free.whole().state().cpu_milli(node) < need.cpu_milli) ++told.cpu;
        else if (free.whole().state().mem_mib(node) < need.mem_mib) ++told.memory;
        else ++told.usable;
    }
    return told;
}

} // namespace rota::placement

#endif
