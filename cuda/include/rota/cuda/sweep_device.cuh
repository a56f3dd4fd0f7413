// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_DEVICE_CUH
#define ROTA_CUDA_SWEEP_DEVICE_CUH

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/cuda/buffer.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/run_member.hpp>
#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_policy.hpp>
#include <rota/cuda/sweep_room.hpp>

namespace rota::cuda {

/// Thread i runs member order[i], as member i of the `count` in the memory.
__global__ void run_members(sweep_task task, std::uint32_t const* order, std::size_t count, std::byte* memory,
                            sweep_answer* answers) {
    auto const i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    if (i < count) answers[i] = run_member(task, order[i], memory, count, i);
}

/// Runs sweeps on a device, a thread a member: what sweep::on_host gives, bit for bit.
///
/// Members of like policy, cluster and load are neighbours. As many as fit the memory run at once, the others after
/// them. What lies on the device stays there for the next sweep.
/// Throws    error: no device, no memory for a single member, or a call that failed.
class sweep_device {
public:
    unsigned threads = 64;        ///< a block
    std::size_t memory_bytes = 0; ///< for the members that run at once; 0: nine tenths of what is free

    [[nodiscard]] sweep_results run(sweep const& all) {
        auto const& members = all.members();
        auto answers = std::vector<sweep_answer>(members.size());
        auto times = std::vector<std::int64_t>(all.room().jobs * members.size());
        auto const order = neighbours(members);
        auto const task = upload(all);
        order_.upload(order);
        auto const at_once = members_at_once(all);
        for (auto first = std::size_t{0}; first != members.size();) {
            auto const count = std::min(at_once, members.size() - first);
            launch(task, first, count);
            auto const said = answers_.download(count);
            auto const ends = ends_of(task.room.jobs * count);
            for (std::size_t i = 0; i != count; ++i) {
                auto const m = order[first + i];
                answers[m] = said[i];
                if (said[i].refused != sweep_refusal::none) continue;
                for (std::size_t j = 0; j != all.loads()[members[m].load].jobs().size(); ++j)
                    times[j * members.size() + m] = ends[j * count + i];
            }
            first += count;
        }
        return {std::move(answers), std::move(times)};
    }
    /// Runs the sweep and leaves what it gives on the device: the time that the members themselves take.
    /// Returns   how many of them ran at once.
    std::size_t run_only(sweep const& all) {
        auto const& members = all.members();
        auto const task = upload(all);
        order_.upload(neighbours(members));
        auto const at_once = members_at_once(all);
        for (auto first = std::size_t{0}; first < members.size(); first += at_once)
            launch(task, first, std::min(at_once, members.size() - first));
        return at_once;
    }

private:
    [[nodiscard]] static std::vector<std::uint32_t> neighbours(std::vector<sweep_member> const& members) {
        auto order = std::vector<std::uint32_t>(members.size());
        std::iota(order.begin(), order.end(), 0u);
        auto const kind = [&](std::uint32_t m) {
            auto const& one = members[m];
            return std::tuple{one.policy.preempts, one.policy.by, one.policy.skips,     one.gpus_a_node,
                              one.nodes,           one.load,      one.policy.quantum_ms};
        };
        std::sort(order.begin(), order.end(),
                  [&](auto a, auto b) { return std::pair{kind(a), a} < std::pair{kind(b), b}; });
        return order;
    }
    [[nodiscard]] sweep_task upload(sweep const& all) {
        auto jobs = std::vector<sweep_job>{};
        for (auto const& one : all.loads()) jobs.insert(jobs.end(), one.jobs().begin(), one.jobs().end());
        jobs_.upload(jobs);
        auto loads = std::vector<sweep_load>{};
        auto const* at = jobs_.data();
        for (auto const& one : all.loads()) {
            loads.push_back(one.view());
            loads.back().jobs = at;
            at += loads.back().size;
        }
        loads_.upload(loads);
        members_.upload(all.members());
        return {loads_.data(), static_cast<std::uint32_t>(loads.size()), members_.data(),
                all.members().size(), all.room()};
    }
    [[nodiscard]] std::size_t members_at_once(sweep const& all) {
        auto free = memory_bytes;
        if (free == 0) {
            auto total = std::size_t{0};
            check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
            free = free / 10 * 9 + memory_held_ / 10 * 9;
        }
        auto const each = std::max<std::size_t>(sweep_memory::bytes(all.room(), 1) + sizeof(sweep_answer), 1);
        auto const fit =
            std::max<std::size_t>(free / each, 1); // where not even one does, its allocation says so
        auto const at_once = std::min(fit, std::max<std::size_t>(all.members().size(), 1));
        auto const bytes = sweep_memory::bytes(all.room(), at_once);
        if (bytes > memory_held_) {
            memory_ = {}; // give back before asking for more
            memory_held_ = 0;
            memory_.reserve(bytes);
            memory_held_ = bytes;
        }
        answers_.reserve(at_once);
        return at_once;
    }
    void launch(sweep_task const& task, std::size_t first, std::size_t count) {
        auto const blocks = static_cast<unsigned>((count + threads - 1) / threads);
        run_members<<<blocks, threads>>>(task, order_.data() + first, count, memory_.data(), answers_.data());
        check(cudaGetLastError(), "launch of run_members");
        check(cudaDeviceSynchronize(), "cudaDeviceSynchronize after run_members");
    }
    /// The first array of the memory: when jobs ended.
    [[nodiscard]] std::vector<std::int64_t> ends_of(std::size_t size) const {
        auto to = std::vector<std::int64_t>(size);
        if (size != 0)
            check(cudaMemcpy(to.data(), memory_.data(), size * sizeof(std::int64_t), cudaMemcpyDeviceToHost),
                  "cudaMemcpy of the ends");
        return to;
    }

    buffer<sweep_job> jobs_;
    buffer<sweep_load> loads_;
    buffer<sweep_member> members_;
    buffer<std::uint32_t> order_;
    buffer<std::byte> memory_;
    buffer<sweep_answer> answers_;
    std::size_t memory_held_ = 0;
};

} // namespace rota::cuda

#endif
