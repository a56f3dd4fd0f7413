// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_POD_HPP
#define ROTA_JOB_POD_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::job {

/// A task that lies on one node: CPU and memory alone, a share of one GPU, or whole GPUs.
///
/// Shape     gpus 0 and milli 0, or some GPUs and milli 1 .. 1000 of each.
struct pod {
    std::uint32_t cpu_milli = 0; ///< for the whole pod
    std::uint32_t mem_mib = 0;   ///< for the whole pod
    std::uint16_t gpus = 0;
    std::uint16_t milli = 0;          ///< of each GPU
    std::uint32_t models = any_model; ///< bit m set: GPU model m will do
    std::uint64_t predicates = 0;     ///< that a node has to satisfy, whatever the caller means by each bit

    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool shares() const noexcept {
        return gpus != 0 && milli < whole_gpu;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t total_milli() const noexcept {
        return std::int64_t{gpus} * milli;
    }
    /// A pod without GPUs runs beside any.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool accepts(gpu_model model) const noexcept {
        return gpus == 0 || (models >> index(model) & 1u) != 0;
    }

    friend bool operator==(pod const&, pod const&) = default;
};

} // namespace rota::job

#endif
