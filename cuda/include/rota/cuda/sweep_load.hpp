// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_LOAD_HPP
#define ROTA_CUDA_SWEEP_LOAD_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>

namespace rota::cuda {

/// What a sweep knows of a job.
struct sweep_job {
    std::int64_t submit_ms = 0;
    millis duration_ms = 0;
    std::uint32_t gpus = 0;
    std::uint32_t line = 0; ///< jobs with as many GPUs have the same number
};

/// Jobs in the order of their submission, to which many members of a sweep may point.
struct sweep_load {
    static constexpr std::uint32_t lines_max = 32;

    sweep_job const* jobs = nullptr;
    std::uint32_t size = 0;
    std::uint32_t lines = 0;
};

/// The jobs of a workload as a sweep takes them: rigid gangs of whole GPUs that run at the reference rate.
class sweep_jobs {
public:
    /// Refuses   elastic gangs, shares of a GPU, CPU and memory, spans other than anywhere and compact, restrictions to
    ///           GPU models, rates other than 1000, times that are negative or reach 2^38 ms, jobs that are not sorted by
    ///           submission, and more than 32 different gangs.
    [[nodiscard]] static std::optional<sweep_jobs> from(job::workload const& given) {
        auto made = sweep_jobs{};
        auto sizes = std::vector<std::uint32_t>{};
        auto last = std::int64_t{0};
        auto work = std::int64_t{0};
        for (std::size_t i = 0; i != given.size(); ++i) {
            auto const& need = given.specs[i].need;
            auto const submit = index(given.specs[i].submit);
            auto const duration = given.works[i].duration_ms;
            if (!plain(need) || given.works[i].model_rate[0] != 1000) return std::nullopt;
            if (submit < last || submit >= late || duration < 0 || duration >= late) return std::nullopt;
            last = submit;
            work += duration;
            if (work >= late) return std::nullopt;
            auto const line = std::find(sizes.begin(), sizes.end(), need.gpus_max) - sizes.begin();
            if (static_cast<std::size_t>(line) == sizes.size()) sizes.push_back(need.gpus_max);
            made.jobs_.push_back({submit, duration, need.gpus_max, static_cast<std::uint32_t>(line)});
        }
        if (sizes.size() > sweep_load::lines_max) return std::nullopt;
        made.lines_ = static_cast<std::uint32_t>(sizes.size());
        return made;
    }

    [[nodiscard]] std::vector<sweep_job> const& jobs() const noexcept { return jobs_; }
    /// Expects   it is not used after this object.
    [[nodiscard]] sweep_load view() const noexcept {
        return {jobs_.data(), static_cast<std::uint32_t>(jobs_.size()), lines_};
    }

private:
    static constexpr auto late = std::int64_t{1} << 38;

    [[nodiscard]] static bool plain(job::request const& need) noexcept {
        return need.rigid() && need.whole() && need.milli_min == need.milli && need.cpu_milli == 0 &&
               need.mem_mib == 0 && need.models == job::any_model &&
               (need.span == job::span::anywhere || need.span == job::span::compact);
    }

    std::vector<sweep_job> jobs_;
    std::uint32_t lines_ = 0;
};

} // namespace rota::cuda

#endif
