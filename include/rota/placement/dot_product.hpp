// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_DOT_PRODUCT_HPP
#define ROTA_PLACEMENT_DOT_PRODUCT_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>

namespace rota::placement {

/// Demand times what is free, each as thousandths of the node: alignment of the request with the node.
///
/// Sign +1 prefers the node that is freest where the request is largest, -1 the one that is fullest there.
template <int Sign>
struct alignment {
    static_assert(Sign == 1 || Sign == -1);
    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int gpus) const noexcept {
        auto const& node = free.of(n);
        auto const& state = free.state();
        auto const free_milli = state.free_milli(n);
        auto const part = [](std::int64_t asked, std::int64_t left, std::int64_t all) {
            return all == 0 ? 0 : (asked * 1000 / all) * (left * 1000 / all);
        };
        auto const count = std::int64_t{gpus};
        return Sign * (part(count * need.milli, free_milli, std::int64_t{node.gpus} * whole_gpu) +
                       part(count * need.cpu_milli, state.cpu_milli(n), node.cpu_milli) +
                       part(count * need.mem_mib, state.mem_mib(n), node.mem_mib));
    }
};

/// The node whose free resources align best with the request (Tetris), or least (the packing sign).
///
/// Source    R. Grandl et al., "Multi-resource packing for cluster schedulers", SIGCOMM 2014, section 3.1
/// (the positive
///           sign); the negative sign is the baseline of Q. Weng et al., "Beware of fragmentation", ATC 2023.
using dot_product = by_score<alignment<+1>, spread::spill>;
using dot_product_packing = by_score<alignment<-1>, spread::spill>;

static_assert(scorer<alignment<+1>>);
static_assert(policy<dot_product> && policy<dot_product_packing>);

} // namespace rota::placement

#endif
