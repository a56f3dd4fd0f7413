// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TARGET_VIEW_HPP
#define ROTA_PLACEMENT_TARGET_VIEW_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::placement {

/// A kind of pod with GPUs that is expected, among those that differ from it only in CPU.
///
/// Shape     a group stands together, the least CPU first; `steps` counts from here to its end.
struct target_step {
    std::uint32_t cpu_milli = 0;
    std::uint32_t models = job::any_model;
    std::uint16_t gpus = 0;
    std::uint16_t milli = 0;
    std::uint32_t steps = 1;
    std::int64_t weight = 0; ///< how often this one and those of the group that ask for less CPU come

    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool accepts(gpu_model model) const noexcept {
        return (models >> index(model) & 1u) != 0;
    }

    friend bool operator==(target_step const&, target_step const&) = default;
};

/// The pods against which idle GPUs are judged: a view of steps that somebody else keeps.
///
/// What a node's idle GPUs are worth to a kind depends on its CPU only by whether the node has as much: so it is
/// asked once a group, not once a kind, and there may be as many kinds as pods.
struct target_view {
    target_step const* steps = nullptr;
    std::uint32_t size = 0;
    std::int64_t weight = 0; ///< of all kinds together, also those without GPUs

    [[nodiscard]] ROTA_HOST_DEVICE constexpr target_step const* begin() const noexcept { return steps; }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr target_step const* end() const noexcept { return steps + size; }
};

/// How often kinds of the group come that ask for so much CPU at most.
/// Expects   the first step of a group.
/// Cost      O(log steps).
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t weight_within(target_step const* group,
                                                                    std::uint32_t cpu_milli) noexcept {
    auto within = std::uint32_t{0};
    for (auto left = group->steps; left != 0;) {
        auto const half = left / 2;
        auto const enough = group[within + half].cpu_milli <= cpu_milli;
        within += enough ? half + 1 : 0;
        left = enough ? left - half - 1 : half;
    }
    return within == 0 ? 0 : group[within - 1].weight;
}

} // namespace rota::placement

#endif
