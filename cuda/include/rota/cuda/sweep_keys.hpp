// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_KEYS_HPP
#define ROTA_CUDA_SWEEP_KEYS_HPP

#include <cstdint>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/strided.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_policy.hpp>

namespace rota::cuda {

/// The keys that a policy gives to the jobs of a load, of which `left` ms of work were left when each last began or
/// stopped.
struct sweep_keys {
    sweep_policy const& policy;
    sweep_job const* jobs;
    strided<std::int64_t> left; ///< [jobs]

    /// Of a job that does not work.
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t operator()(std::uint32_t j) const noexcept {
        switch (policy.by) {
        case sweep_policy::order::fifo: return 0;
        case sweep_policy::order::sjf: return jobs[j].duration_ms;
        case sweep_policy::order::srtf: return left[j];
        case sweep_policy::order::las: return policy.level(attained(j));
        }
        return 0;
    }
    /// The key made constant while the job works: remaining time becomes the time of its end, without a pause.
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t measure(std::uint32_t j, std::int64_t now) const noexcept {
        return (*this)(j) + (policy.by == sweep_policy::order::srtf ? now : 0);
    }
    /// The level that a job has come to that works since then.
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t level(std::uint32_t j, std::int64_t works_from,
                                                      std::int64_t now) const noexcept {
        return policy.level(attained(j) + pace(j) * (now - works_from));
    }
    /// When it ends, or leaves this level before.
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t next_event(std::uint32_t j, std::int64_t works_from,
                                                           std::int64_t level) const noexcept {
        auto const end = works_from + left[j];
        if (policy.by != sweep_policy::order::las) return end;
        auto const target = policy.end_of(level);
        if (target == index(never)) return end;
        auto const leaves = works_from + divide_up(target - attained(j), pace(j));
        return leaves < end ? leaves : end;
    }

private:
    /// Service a ms, as the policy counts it.
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t pace(std::uint32_t j) const noexcept {
        return policy.gpu_time ? jobs[j].gpus : 1;
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t attained(std::uint32_t j) const noexcept {
        return pace(j) * (jobs[j].duration_ms - left[j]);
    }
};

} // namespace rota::cuda

#endif
