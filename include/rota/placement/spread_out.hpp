// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_SPREAD_OUT_HPP
#define ROTA_PLACEMENT_SPREAD_OUT_HPP

#include <algorithm>
#include <cstdint>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/worst_fit.hpp>

namespace rota::placement {

/// One GPU of the gang on each of the emptiest nodes, then a second one each, until the gang is complete.
///
/// A request that must stay together is placed by worst fit, with as few nodes as it allows.
/// Cost      O(nodes log nodes).
/// Source    the Kubernetes scheduler's LeastAllocated spreading and Docker Swarm's `spread` strategy.
struct spread_out {
    [[nodiscard]] outcome place(job::request const& need, cluster::ledger const& free) const {
        if (need.span != job::span::anywhere) return by_score<most_free, spread::compact>{}.place(need, free);
        struct share {
            node_id node;
            int room;
            int gpus;
        };
        for (auto m = 0; m != free.models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(model)) continue;
            auto shares = std::vector<share>{};
            auto total = 0;
            auto const& racks = free.racks();
            for (auto b = racks.first_block(model); b != racks.end_block(model); ++b)
                for (auto const* n = racks.begin(b); n != racks.end(b); ++n)
                    if (auto const here = free.open(node_id{*n}) ? room(need, free, node_id{*n}) : 0;
                        here > 0) {
                        shares.push_back({node_id{*n}, here, 0});
                        total += here;
                    }
            if (total < int{need.gpus_max}) continue;
            std::sort(shares.begin(), shares.end(), [](share const& a, share const& b) {
                return a.room != b.room ? a.room > b.room : a.node < b.node;
            });
            for (auto left = int{need.gpus_max}; left > 0;)
                for (auto& one : shares)
                    if (left > 0 && one.gpus < one.room) {
                        ++one.gpus;
                        --left;
                    }
            auto where = cluster::placement{};
            for (auto const& one : shares)
                if (one.gpus != 0) where.add(pick(need, free, one.node, one.gpus));
            return where;
        }
        return feasible(need, free) ? refusal::busy : refusal::infeasible;
    }
};

static_assert(policy<spread_out>);

} // namespace rota::placement

#endif
