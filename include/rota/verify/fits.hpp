// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_FITS_HPP
#define ROTA_VERIFY_FITS_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/verify/instances.hpp>
#include <rota/verify/liveness.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// What is free now, and what some of the running jobs would give back.
class room_now {
public:
    room_now(subject const& of, replay const& state)
        : of_{&of}, state_{&state}, milli_(of.cluster.nodes.size() * stride, 0),
          cpu_(of.cluster.nodes.size(), 0), mem_(of.cluster.nodes.size(), 0) {}

    /// From here on nobody gives anything back.
    void forget() {
        std::fill(milli_.begin(), milli_.end(), 0);
        std::fill(cpu_.begin(), cpu_.end(), 0);
        std::fill(mem_.begin(), mem_.end(), 0);
        split_ = {};
    }
    void give_back(std::span<cluster::slice const> parts) {
        for (auto const& part : parts) {
            auto const n = std::size_t{index(part.node)};
            for (auto left = unsigned{part.gpus}; left != 0; left &= left - 1)
                milli_[n * stride + static_cast<std::size_t>(std::countr_zero(left))] += part.share();
            if (part.milli > whole_gpu) split_.hold(part, 1);
            cpu_[n] += part.cpu_milli;
            mem_[n] += part.mem_mib;
        }
    }
    /// The largest gang of the request fits, spread as every placement policy would accept it.
    [[nodiscard]] bool fits(job::request const& need) const {
        auto const span =
            need.span == job::span::anywhere && !of_->given.scatters ? job::span::compact : need.span;
        return could_place(of_->cluster, need, span, need.gpus_max, [&](std::size_t n) {
            if (!state_->open(n)) return 0;
            auto const room = [&](auto milli) {
                return node_room(need, of_->cluster.nodes[n].gpus, state_->free_cpu(n) + cpu_[n],
                                 state_->free_mem(n) + mem_[n], milli);
            };
            if (need.split())
                return room_for_instances(
                    of_->cluster, need, n, [&](int g, int s) { return free_slice(n, g, s); },
                    [&](auto open) { return room([&](int g) { return open(g) ? int{whole_gpu} : 0; }); });
            return room([&](int g) { return instances_milli(n, g) != 0 ? 0 : free_milli(n, g); });
        });
    }
    /// Those very devices are free, with CPU and memory beside them.
    [[nodiscard]] bool fits_there(std::span<cluster::slice const> parts) const {
        return std::all_of(parts.begin(), parts.end(), [&](cluster::slice const& part) {
            auto const n = std::size_t{index(part.node)};
            if (!state_->open(n) || state_->free_cpu(n) < part.cpu_milli ||
                state_->free_mem(n) < part.mem_mib)
                return false;
            for (auto left = unsigned{part.gpus}; left != 0; left &= left - 1)
                if (!is_free(part, std::countr_zero(left))) return false;
            return true;
        });
    }

private:
    [[nodiscard]] int free_milli(std::size_t n, int g) const {
        return state_->free_milli(n, g) + milli_[n * stride + static_cast<std::size_t>(g)];
    }
    /// What instances have of a GPU: that has no share to give.
    [[nodiscard]] int instances_milli(std::size_t n, int g) const {
        return state_->split().none() ? 0 : state_->split().of(n, g).milli - split_.of(n, g).milli;
    }
    [[nodiscard]] bool free_slice(std::size_t n, int g, int slice) const {
        auto const s = static_cast<std::size_t>(slice);
        return state_->split().of(n, g).slices[s] == split_.of(n, g).slices[s] &&
               whole_gpu - free_milli(n, g) == instances_milli(n, g);
    }
    /// One GPU of the part, without what others would give back.
    [[nodiscard]] bool is_free(cluster::slice const& part, int g) const {
        auto const n = std::size_t{index(part.node)};
        if (part.milli <= whole_gpu)
            return state_->split().of(n, g).milli == 0 && state_->free_milli(n, g) >= part.milli;
        for (auto left = unsigned{part.memory_slices()}; left != 0; left &= left - 1)
            if (!state_->free_slice(n, g, std::countr_zero(left))) return false;
        return true;
    }

    static constexpr std::size_t stride = cluster::gpus_per_node_max;

    subject const* of_;
    replay const* state_;
    std::vector<int> milli_; ///< [nodes x GPUs] given back
    std::vector<std::int64_t> cpu_;
    std::vector<std::int64_t> mem_;
    split_gpus split_; ///< instances given back
};

/// Numbers that are equal for equal requests. Shape: [jobs], each below their number.
[[nodiscard]] inline std::vector<std::size_t> shapes_of(job::workload const& jobs) {
    auto const less = [](job::request const* a, job::request const* b) {
        auto const key = [](job::request const& r) {
            return std::tuple{r.gpus_min, r.gpus_max, r.milli, r.milli_min, r.cpu_milli,
                              r.mem_mib,  r.models,   r.span,  r.mig};
        };
        return key(*a) < key(*b);
    };
    auto numbers = std::map<job::request const*, std::size_t, decltype(less)>{less};
    auto all = std::vector<std::size_t>{};
    for (auto const& spec : jobs.specs)
        all.push_back(numbers.try_emplace(&spec.need, numbers.size()).first->second);
    return all;
}

} // namespace rota::verify

#endif
