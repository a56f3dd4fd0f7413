// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_GPU_PACKING_HPP
#define ROTA_PLACEMENT_GPU_PACKING_HPP

#include <cstdint>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// GPUs that are shared already, then free ones of a node in use, then idle nodes, the small ones first.
///
/// Of shared GPUs the fuller are better: 100 minus a tenth of the free percent that the pod finds on them, at
/// least 50. Free GPUs of a node in use: 50 minus their number, at least 33. An idle node: 33 minus its GPUs,
/// at least that many. A pod without GPUs scores 0 everywhere.
/// Source    W. Xiao et al., "Gandiva: Introspective Cluster Scheduling for Deep Learning", OSDI 2018, in the
/// form of the baseline of Q. Weng et al., "Beware of Fragmentation", ATC 2023, and its numbers.
struct gpu_packing {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        if (need.gpus == 0) return 0;
        if (gpus_with(on, whole_gpu) == on.gpus) return on.gpus < 33 - on.gpus ? 33 - on.gpus : on.gpus;
        auto const gpus = pick(on, need);
        auto whole = 0;
        auto percent = 0;
        for (auto g = 0; g != on.gpus; ++g) {
            if ((gpus >> g & 1u) == 0) continue;
            whole += on.milli[g] == whole_gpu;
            percent += on.milli[g] * 100 / whole_gpu;
        }
        if (whole != 0) return whole < 17 ? 50 - whole : 33;
        return percent < 510 ? 100 - percent / 10 : 50;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

static_assert(state_scorer<gpu_packing>);

} // namespace rota::placement

#endif
