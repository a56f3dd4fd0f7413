// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_RANDOM_HPP
#define ROTA_PLACEMENT_RANDOM_HPP

#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>

namespace rota::placement {

/// A node drawn from the seed: every state of the cluster draws anew, the same state draws the same.
struct drawn {
    std::uint64_t seed = 1;
    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int) const noexcept {
        auto const state = static_cast<std::uint64_t>(free.free_gpus(free.of(n).model)) * 0x9e3779b97f4a7c15u;
        auto draw =
            rota::random((seed ^ state) + std::uint64_t{need.gpus_max} * 0xbf58476d1ce4e5b9u + index(n));
        return static_cast<std::int64_t>(draw() >> 1);
    }
};

/// A random node that holds the gang; otherwise random nodes until the gang is complete. Seeded.
///
/// Source    the baseline of M. Jeon et al., "Analysis of large-scale multi-tenant GPU clusters for DNN
/// training
///           workloads", ATC 2019, and of placement studies since.
using random = by_score<drawn, spread::spill>;

static_assert(scorer<drawn>);
static_assert(policy<random>);

} // namespace rota::placement

#endif
