// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_FITS_HPP
#define ROTA_VERIFY_FITS_HPP

#include <array>
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
///
/// Cost      Nothing to make; to forget, the nodes on which something was given back.
class room_now {
public:
    room_now(subject const& of, replay const& state) noexcept : of_{&of}, state_{&state} {}

    /// From here on nobody gives anything back.
    void forget() {
        for (auto n : touched_) back_[n] = {};
        touched_.clear();
        split_ = {};
    }
    void give_back(std::span<cluster::slice const> parts) {
        back_.resize(of_->cluster.nodes.size());
        for (auto const& part : parts) {
            auto const n = std::size_t{index(part.node)};
            touched_.push_back(n);
            for (auto left = unsigned{part.gpus}; left != 0; left &= left - 1)
                back_[n].milli[static_cast<std::size_t>(std::countr_zero(left))] += part.share();
            if (part.milli > whole_gpu) split_.hold(part, 1);
            back_[n].cpu_milli += part.cpu_milli;
            back_[n].mem_mib += part.mem_mib;
        }
    }
    /// The largest gang of the request fits, spread as every placement policy would accept it.
    [[nodiscard]] bool fits(job::request const& need) const {
        auto const span =
            need.span == job::span::anywhere && !of_->given.scatters ? job::span::compact : need.span;
        return could_place(of_->cluster, need, span, need.gpus_max, [&](std::size_t n) {
            if (!state_->open(n)) return 0;
            auto const& more = back(n);
            auto const room = [&](auto milli) {
                return node_room(need, of_->cluster.nodes[n].gpus, state_->free_cpu(n) + more.cpu_milli,
                                 state_->free_mem(n) + more.mem_mib, milli);
            };
            if (need.split())
                return room_for_instances(
                    of_->cluster, need, n, [&](int g, int s) { return free_slice(n, g, s); },
                    [&](auto open) { return room([&](int g) { return open(g) ? int{whole_gpu} : 0; }); });
            return room([&](int g) { return instances_milli(n, g) != 0 ? 0 : free_milli(n, g); });
        });
    }

private:
    struct returned {
        std::array<int, cluster::gpus_per_node_max> milli{};
        std::int64_t cpu_milli = 0;
        std::int64_t mem_mib = 0;
    };

    [[nodiscard]] returned const& back(std::size_t n) const noexcept {
        static constexpr auto nothing = returned{};
        return back_.empty() ? nothing : back_[n];
    }
    [[nodiscard]] int free_milli(std::size_t n, int g) const noexcept {
        return state_->free_milli(n, g) + back(n).milli[static_cast<std::size_t>(g)];
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

    subject const* of_;
    replay const* state_;
    std::vector<returned> back_;       ///< [nodes]; none until something is given back
    std::vector<std::size_t> touched_; ///< nodes, some of them twice
    split_gpus split_;                 ///< instances given back
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
