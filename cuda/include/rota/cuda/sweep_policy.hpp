// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_POLICY_HPP
#define ROTA_CUDA_SWEEP_POLICY_HPP

#include <cstdint>
#include <initializer_list>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::cuda {

/// Which scheduler a member of a sweep runs: queueing::greedy with one of these orders and one of its two disciplines,
/// placement::consolidated, and preemption::by_order or never.
struct sweep_policy {
    enum class order : std::uint8_t {
        fifo,
        sjf,  ///< by the true run time: estimate::oracle
        srtf, ///< by the true remaining time
        las,  ///< in quanta, or in levels between thresholds where quantum_ms is 0
    };
    static constexpr std::uint32_t thresholds_max = 8;

    order by = order::fifo;
    bool skips = false;    ///< queueing::skip_ahead, otherwise strict
    bool preempts = false; ///< preemption::by_order, otherwise never
    bool gpu_time = true;  ///< service is counted in GPU-ms, otherwise in ms
    millis quantum_ms = 0;
    std::int64_t thresholds[thresholds_max] = {}; ///< ascending
    std::uint32_t levels = 0;                     ///< thresholds that count

    /// system::fifo.
    [[nodiscard]] static constexpr sweep_policy fifo() noexcept { return {}; }
    /// system::sjf with an oracle.
    [[nodiscard]] static constexpr sweep_policy sjf() noexcept { return {.by = order::sjf}; }
    /// system::srtf with an oracle.
    [[nodiscard]] static constexpr sweep_policy srtf() noexcept {
        return {.by = order::srtf, .skips = true, .preempts = true};
    }
    /// system::las.
    [[nodiscard]] static constexpr sweep_policy las(millis quantum_ms = 60'000) noexcept {
        return {.by = order::las, .skips = true, .preempts = true, .quantum_ms = quantum_ms};
    }
    /// system::tiresias_l without promotion; at most thresholds_max thresholds, ascending.
    [[nodiscard]] static constexpr sweep_policy tiresias_l(std::initializer_list<std::int64_t> thresholds = {
                                                               3'250'000, 7'200'000}) noexcept {
        auto made = sweep_policy{.by = order::las, .skips = true, .preempts = true};
        for (auto one : thresholds) {
            if (made.levels < thresholds_max) made.thresholds[made.levels] = one;
            ++made.levels; // too many are refused where the member is run
        }
        return made;
    }

    /// The level of a job that has attained so much.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t level(std::int64_t service) const noexcept {
        if (quantum_ms != 0) return service / quantum_ms;
        auto level = std::uint32_t{0};
        while (level != levels && thresholds[level] <= service) ++level;
        return level;
    }
    /// The service at which a job leaves the level; never: it stays.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t end_of(std::int64_t level) const noexcept {
        if (quantum_ms != 0) return (level + 1) * quantum_ms;
        return level < levels ? thresholds[level] : index(never);
    }
};

} // namespace rota::cuda

#endif
