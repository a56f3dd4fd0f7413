// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MAY_FIT_HPP
#define ROTA_PLACEMENT_MAY_FIT_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/node_fit.hpp>

namespace rota::placement {

/// The policy keeps every gang on as few nodes as its size allows.
template <policy P>
[[nodiscard]] constexpr bool is_compact() noexcept {
    if constexpr (requires {
                      { P::compact() } -> std::convertible_to<bool>;
                  })
        return P::compact();
    else return false;
}

/// The node counters of the model, and of its racks where it must be one, have room for a gang that is kept on as few
/// nodes as its size allows. Expects whole GPUs.
[[nodiscard]] inline bool enough_nodes(gang_shape shape, job::span span, cluster::ledger const& free,
                                       gpu_model model) noexcept {
    return free.at_least(model, shape.each) >= shape.full &&
           (shape.rest == 0 || free.at_least(model, shape.rest) >= shape.nodes()) &&
           (span != job::span::one_rack || shape.full == 1 ||
            free.racks().tightest(model, shape.full) != cluster::bitmap::none);
}

/// False only where no placement of the request exists now; for whole GPUs on few nodes also true only where
/// one does.
///
/// Cost      O(models): node counters, no search.
template <policy P>
[[nodiscard]] bool may_fit(P const&, job::request const& need, cluster::ledger const& free) {
    auto const together = is_compact<P>() || need.span != job::span::anywhere;
    for (auto m = 0; m != free.models(); ++m) {
        auto const model = static_cast<gpu_model>(m);
        auto const largest = free.largest(model);
        if (!need.accepts(model) || largest == 0) continue;
        if (!need.whole()) return true;
        if (free.free_gpus(model) < need.gpus_max) continue;
        if (!together) return true;
        auto const shape = compact_shape(need.gpus_max, largest);
        if (shape.nodes() > 1 && need.span == job::span::one_node) continue;
        if (enough_nodes(shape, need.span, free, model)) return true;
    }
    return need.span == job::span::anywhere && together && !fits_together(need, free);
}

} // namespace rota::placement

#endif
