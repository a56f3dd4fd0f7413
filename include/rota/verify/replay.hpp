// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_REPLAY_HPP
#define ROTA_VERIFY_REPLAY_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/verify/instances.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// The state that a log implies, record by record: who holds what, what is left, which nodes are open.
///
/// Counts on its own, not with the library's ledger, and goes below zero where the log does.
/// Expects   every id in the log exists.
class replay {
public:
    struct job_state {
        log::record const* run = nullptr; ///< the record whose devices it holds; null: it holds nothing
        sim_time since{};                 ///< of that record
        std::uint32_t incarnation = 0;    ///< of its last start
        bool submitted = false;
        bool over = false;

        [[nodiscard]] bool waits() const noexcept { return submitted && !over && run == nullptr; }
    };

    explicit replay(subject const& of) : of_{&of}, jobs_(of.jobs.size()), left_(of.cluster.nodes.size()) {
        for (auto n = std::size_t{0}; n != left_.size(); ++n) {
            auto const& node = of.cluster.nodes[n];
            std::fill_n(left_[n].milli.begin(), std::size_t{node.gpus}, int{whole_gpu});
            left_[n].cpu_milli = node.cpu_milli;
            left_[n].mem_mib = node.mem_mib;
            idle_ += std::int64_t{node.gpus} * whole_gpu;
        }
    }

    [[nodiscard]] job_state const& job(std::uint32_t j) const noexcept { return jobs_[j]; }
    [[nodiscard]] std::span<cluster::slice const> held(std::uint32_t j) const noexcept {
        if (jobs_[j].run == nullptr) return {};
        return of_->log.devices(*jobs_[j].run);
    }
    [[nodiscard]] std::int64_t held_milli(std::uint32_t j) const noexcept {
        auto milli = std::int64_t{0};
        for (auto const& part : held(j)) milli += std::int64_t{part.count()} * part.share();
        return milli;
    }
    [[nodiscard]] int free_milli(std::size_t node, int gpu) const noexcept {
        return left_[node].milli[static_cast<std::size_t>(gpu)];
    }
    /// What instances have of it.
    [[nodiscard]] split_gpus const& split() const noexcept { return split_; }
    [[nodiscard]] std::int64_t free_cpu(std::size_t node) const noexcept { return left_[node].cpu_milli; }
    [[nodiscard]] std::int64_t free_mem(std::size_t node) const noexcept { return left_[node].mem_mib; }
    [[nodiscard]] bool open(std::size_t node) const noexcept { return left_[node].open; }
    /// Those very devices are free, with CPU and memory beside them.
    [[nodiscard]] bool has_free(std::span<cluster::slice const> parts) const {
        return std::all_of(parts.begin(), parts.end(), [&](cluster::slice const& part) {
            auto const n = std::size_t{index(part.node)};
            if (!open(n) || free_cpu(n) < part.cpu_milli || free_mem(n) < part.mem_mib) return false;
            for (auto left = unsigned{part.gpus}; left != 0; left &= left - 1)
                if (!has_free(part, std::countr_zero(left))) return false;
            return true;
        });
    }
    /// GPU-milli that nobody holds on open and on closed nodes, counted along the way.
    [[nodiscard]] std::int64_t idle_milli() const noexcept { return idle_; }
    [[nodiscard]] std::int64_t closed_milli() const noexcept { return closed_; }

    void apply(log::record const& what) {
        using log::kind;
        switch (what.kind) {
        case kind::submit: jobs_[what.job].submitted = true; break;
        case kind::start:
        case kind::move: {
            auto& j = jobs_[what.job];
            hold(held(what.job), -1);
            j.run = &what;
            j.since = what.at;
            j.incarnation = what.incarnation;
            hold(held(what.job), +1);
            break;
        }
        case kind::preempt:
        case kind::interrupt: release(what.job); break;
        case kind::finish:
        case kind::fail:
        case kind::cancel:
        case kind::reject:
            release(what.job);
            jobs_[what.job].over = true;
            break;
        case kind::node_down:
        case kind::node_up:
            for (auto const& part : of_->log.devices(what)) {
                set_open(index(part.node), what.kind == kind::node_up);
                leave(part);
            }
            break;
        case kind::order:
        case kind::start_failed:
        case kind::move_failed:
        case kind::promise:
        case kind::quota:
        case kind::resync:
        case kind::stale: break;
        }
    }

private:
    struct what_is_left {
        std::array<int, cluster::gpus_per_node_max> milli{};
        std::int64_t cpu_milli = 0;
        std::int64_t mem_mib = 0;
        bool open = true;
    };

    /// One GPU of the part.
    [[nodiscard]] bool has_free(cluster::slice const& part, int gpu) const {
        auto const n = std::size_t{index(part.node)};
        auto const here = split_.of(n, gpu);
        if (part.milli <= whole_gpu) return here.milli == 0 && free_milli(n, gpu) >= part.milli;
        if (whole_gpu - free_milli(n, gpu) != here.milli) return false; // beside a whole or a share
        for (auto left = unsigned{part.memory_slices()}; left != 0; left &= left - 1)
            if (here.slices[static_cast<std::size_t>(std::countr_zero(left))] != 0) return false;
        return true;
    }

    void release(std::uint32_t j) {
        hold(held(j), -1);
        jobs_[j].run = nullptr;
    }
    void hold(std::span<cluster::slice const> parts, int sign) {
        for (auto const& part : parts) {
            auto& here = left_[index(part.node)];
            auto const share = sign * part.share();
            for (auto left = unsigned{part.gpus}; left != 0; left &= left - 1)
                here.milli[static_cast<std::size_t>(std::countr_zero(left))] -= share;
            if (part.milli > whole_gpu) split_.hold(part, sign);
            here.cpu_milli -= sign * std::int64_t{part.cpu_milli};
            here.mem_mib -= sign * std::int64_t{part.mem_mib};
            (here.open ? idle_ : closed_) -= std::int64_t{part.count()} * share;
        }
    }
    /// Others have so much of a node's CPU and memory now.
    void leave(cluster::slice const& part) {
        auto& had = others_.try_emplace(index(part.node)).first->second;
        auto& here = left_[index(part.node)];
        here.cpu_milli += std::int64_t{had.cpu_milli} - part.cpu_milli;
        here.mem_mib += std::int64_t{had.mem_mib} - part.mem_mib;
        had = part;
    }
    void set_open(std::size_t n, bool open) noexcept {
        auto& here = left_[n];
        if (here.open == open) return;
        here.open = open;
        auto milli = std::int64_t{0};
        for (auto one : here.milli) milli += one;
        idle_ += open ? milli : -milli;
        closed_ -= open ? milli : -milli;
    }

    subject const* of_;
    std::vector<job_state> jobs_;
    std::vector<what_is_left> left_; ///< [nodes]
    split_gpus split_;
    std::map<std::size_t, cluster::slice> others_; ///< by node, as of its last record
    std::int64_t idle_ = 0;
    std::int64_t closed_ = 0;
};

/// For every record: before(position, record, state without it), then after(..., state with it, true where it
/// is the last record of its instant).
template <class Before, class After>
void walk(subject const& of, Before before, After after) {
    auto state = replay(of);
    auto const& records = of.log.records;
    for (auto i = std::size_t{0}; i != records.size(); ++i) {
        before(i, records[i], state);
        state.apply(records[i]);
        after(i, records[i], state, i + 1 == records.size() || records[i + 1].at != records[i].at);
    }
}

} // namespace rota::verify

#endif
