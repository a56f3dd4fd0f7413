// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_TRANSITION_COST_HPP
#define ROTA_PREEMPTION_TRANSITION_COST_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <variant>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>

namespace rota::preemption {

/// What one stop and one restart cost the job that moves. Its devices stay held meanwhile; none of it is
/// work.
struct transition {
    millis save_ms = 0;    ///< between a graceful stop and the release of the devices
    millis restore_ms = 0; ///< between a restart or a move and the first useful work
};

/// Stops and restarts are free: what the Tiresias simulator charges.
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py (counts preemptions, charges nothing).
struct no_cost {
    [[nodiscard]] constexpr transition of(job::spec const&, int) const noexcept { return {}; }
};

/// The same for every job.
/// Source    A. Qiao et al., "Pollux: co-adaptive cluster scheduling for goodput-optimized deep learning",
/// OSDI 2021:
///           30 s in its simulator. differs: the first start is free here.
struct fixed_cost {
    millis save_ms = 0;
    millis restore_ms = 30'000;
    [[nodiscard]] constexpr transition of(job::spec const&, int) const noexcept {
        return {save_ms, restore_ms};
    }
};

/// By the size of the gang: 7 s for one GPU, 30 s up to 8, 60 s beyond.
/// Source    Q. Hu et al., "Characterization and prediction of deep learning workloads in large-scale GPU
/// datacenters",
///           SC 2021; HeliosArtifact policies/policy.py. Lucid's variant: {40'000, 40'000, 60'000}.
struct cost_by_size {
    std::array<millis, 3> restore_ms{7'000, 30'000, 60'000}; ///< 1 GPU, 2 to 8, more
    [[nodiscard]] constexpr transition of(job::spec const&, int gpus) const noexcept {
        return {0, restore_ms[gpus <= 1 ? 0u : gpus <= 8 ? 1u : 2u]};
    }
};

/// By the bytes of the checkpoint: start-up plus the time to write and read the state through the store.
///
/// Source    the parametric form that covers the published rows: save = c0 + bytes / bandwidth, restore
/// likewise plus the
///           container's start; 12 to 16 bytes a parameter under mixed-precision Adam (S. Rajbhandari et al.,
///           "ZeRO", SC 2020).
struct cost_by_state {
    std::int64_t store_mib_s = 1'000; ///< bandwidth of the store for one job
    millis launch_ms = 5'000;         ///< container and process start
    std::int64_t unknown_mib = 2'000; ///< taken where the job does not say

    [[nodiscard]] constexpr transition of(job::spec const& spec, int) const noexcept {
        auto const state = spec.state_mib != 0 ? spec.state_mib : unknown_mib;
        auto const copy = divide_up(state * 1000, std::max<std::int64_t>(store_mib_s, 1));
        return {copy, copy + launch_ms};
    }
};

/// One of the four, chosen at run time. The host charges it and a policy may weigh it: the same object.
using transition_cost = std::variant<no_cost, fixed_cost, cost_by_size, cost_by_state>;

[[nodiscard]] inline transition cost_of(transition_cost const& cost, job::spec const& spec,
                                        int gpus) noexcept {
    return std::visit([&](auto const& one) { return one.of(spec, gpus); }, cost);
}

} // namespace rota::preemption

#endif
