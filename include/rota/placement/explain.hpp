// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_EXPLAIN_HPP
#define ROTA_PLACEMENT_EXPLAIN_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/mig_fit.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>

namespace rota::placement {

/// Why a request is refused: how many nodes each reason turns away, each node counted once under the first
/// that does.
struct reasons {
    refusal why = refusal::busy;
    std::uint32_t model = 0;  ///< a GPU model the job does not accept, or that cannot be split so
    std::uint32_t closed = 0; ///< down or drained
    std::uint32_t gpus = 0;   ///< no GPU with share enough is free, or with the memory slices of an instance
    std::uint32_t cpu = 0;    ///< GPUs, but not the CPU for one
    std::uint32_t memory = 0; ///< GPUs and CPU, but not the memory for one
    std::uint32_t usable = 0; ///< would hold a part of the gang; too few of them, or too scattered

    friend bool operator==(reasons const&, reasons const&) = default;
};

/// Cost      O(nodes): ask when somebody wants to know, not at every refusal.
[[nodiscard]] inline reasons explain(job::request const& need, cluster::ledger const& free) {
    auto told = reasons{};
    told.why = feasible(need, free) ? refusal::busy : refusal::infeasible;
    auto gpus_only = need;
    gpus_only.cpu_milli = gpus_only.mem_mib = 0;
    for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
        auto const node = node_id{n};
        auto const model = free.of(node).model;
        if (!need.accepts(model) || (need.split() && !can_split(need, free.layout(), model))) ++told.model;
        else if (!free.open(node)) ++told.closed;
        else if (room(gpus_only, free, node) == 0) ++told.gpus;
        else if (free.state().cpu_milli(node) < need.cpu_milli) ++told.cpu;
        else if (free.state().mem_mib(node) < need.mem_mib) ++told.memory;
        else ++told.usable;
    }
    return told;
}

} // namespace rota::placement

#endif
