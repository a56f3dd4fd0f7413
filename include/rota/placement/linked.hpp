// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_LINKED_HPP
#define ROTA_PLACEMENT_LINKED_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/gpu_subsets.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// A scorer whose whole GPUs are those that lie best together; shares are as it picks them.
///
/// Source    as gpu_subsets.
/// Expects   a table that outlives it, for nodes of up to 8 GPUs that are linked alike; on larger nodes the scorer
/// picks.
template <state_scorer Scorer>
class linked : public Scorer {
public:
    explicit constexpr linked(gpu_subsets const& table, Scorer score = {}) noexcept
        : Scorer{score}, table_{&table} {}
    explicit linked(gpu_subsets const&&, Scorer = {}) = delete;

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (need.shares() || on.gpus > gpu_subsets::gpus_max) return Scorer::pick(on, need);
        auto free = 0u;
        for (auto g = 0; g != on.gpus; ++g) free |= static_cast<unsigned>(on.milli[g] == whole_gpu) << g;
        return table_->best(free, need.gpus);
    }

private:
    gpu_subsets const* table_;
};

} // namespace rota::placement

#endif
