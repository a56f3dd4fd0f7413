// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_HPP
#define ROTA_CUDA_SWEEP_HPP

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/cuda/run_member.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_room.hpp>

namespace rota::cuda {

/// What a sweep gives: an answer a member, and the time of each job's end.
class sweep_results {
public:
    /// times [jobs x members], the member running faster.
    sweep_results(std::vector<sweep_answer> answers, std::vector<std::int64_t> times)
        : answers_{std::move(answers)}, times_{std::move(times)} {}

    [[nodiscard]] std::vector<sweep_answer> const& answers() const noexcept { return answers_; }
    /// When the job of the member's load ended; when it was submitted, for a gang that the cluster does not hold.
    /// Expects   the member was not refused.
    [[nodiscard]] sim_time finish(std::size_t member, std::size_t job) const noexcept {
        return sim_time{times_[job * answers_.size() + member]};
    }

private:
    std::vector<sweep_answer> answers_;
    std::vector<std::int64_t> times_;
};

/// Many independent simulations: loads, and members each of which runs one of them under its own policy and cluster.
///
/// Equal to simulation::simulator with the scheduler that the member names, job by job, to the ms.
class sweep {
public:
    /// The number of the load, for sweep_member::load.
    std::uint32_t add(sweep_jobs load) {
        loads_.push_back(std::move(load));
        return static_cast<std::uint32_t>(loads_.size() - 1);
    }
    void add(sweep_member const& member) {
        if (member.load < loads_.size()) room_.include(member, loads_[member.load].view());
        members_.push_back(member);
    }

    [[nodiscard]] std::vector<sweep_jobs> const& loads() const noexcept { return loads_; }
    [[nodiscard]] std::vector<sweep_member> const& members() const noexcept { return members_; }
    /// What every member is given.
    [[nodiscard]] sweep_room const& room() const noexcept { return room_; }

    /// One member after the other on this core, from the source that a device runs.
    [[nodiscard]] sweep_results on_host() const {
        auto loads = std::vector<sweep_load>{};
        for (auto const& one : loads_) loads.push_back(one.view());
        auto const task = sweep_task{loads.data(), static_cast<std::uint32_t>(loads.size()), members_.data(),
                                     members_.size(), room_};
        auto memory = std::vector<std::uint64_t>(sweep_memory::bytes(room_, 1) / sizeof(std::uint64_t) + 1);
        auto* const bytes = reinterpret_cast<std::byte*>(memory.data());
        auto answers = std::vector<sweep_answer>{};
        auto times = std::vector<std::int64_t>(room_.jobs * members_.size());
        for (std::size_t m = 0; m != members_.size(); ++m) {
            answers.push_back(run_member(task, m, bytes, 1, 0));
            if (answers.back().refused != sweep_refusal::none) continue;
            auto const in = sweep_memory{room_, bytes, 1, 0};
            for (std::size_t j = 0; j != loads[members_[m].load].size; ++j)
                times[j * members_.size() + m] = in.time[j];
        }
        return {std::move(answers), std::move(times)};
    }

private:
    std::vector<sweep_jobs> loads_;
    std::vector<sweep_member> members_;
    sweep_room room_;
};

} // namespace rota::cuda

#endif
