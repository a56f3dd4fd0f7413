// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_PRESET_HPP
#define ROTA_TRACE_PRESET_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <rota/trace/arrivals.hpp>
#include <rota/trace/mixture.hpp>

namespace rota::trace {

/// A size (GPUs, or GPU-milli) and how often jobs ask for it, relative to the others of its table.
struct weighted_size {
    std::uint16_t size = 1;
    std::uint16_t weight = 1;
};

/// The class of a gang's size that its run time depends on: 1, 2-4, 5-8, more GPUs.
[[nodiscard]] constexpr std::size_t duration_class(int gpus) noexcept {
    return gpus <= 1 ? 0 : gpus <= 4 ? 1 : gpus <= 8 ? 2 : 3;
}

/// A fitted cluster: everything that the generator knows of where the jobs come from.
///
/// A value that points at its tables of sizes, which must outlive it.
struct preset {
    std::string_view name;
    std::span<weighted_size const> gpus;          ///< of whole-GPU jobs, sizes rising
    double sharing = 0.0;                         ///< probability that a job asks for a part of one GPU
    std::span<weighted_size const> milli{};       ///< of those jobs
    std::array<lognormal_mixture, 4> durations{}; ///< by duration_class
    double duration_s_min = 1.0;
    short_tail tail = short_tail::clamped;
    arrival_model arrivals{};
    double burst_same_gpus = 0.0; ///< share of burst jobs as large as the one before; at least by-chance
    double burst_duration_spearman = 0.0; ///< rank correlation of the two run times
    double cancelled = 0.0;               ///< share of jobs
    double failed = 0.0;                  ///< share of jobs
};

} // namespace rota::trace

#endif
