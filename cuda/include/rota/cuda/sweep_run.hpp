// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_RUN_HPP
#define ROTA_CUDA_SWEEP_RUN_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/free_nodes.hpp>
#include <rota/cuda/gang_nodes.hpp>
#include <rota/cuda/sweep_keys.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_policy.hpp>
#include <rota/cuda/sweep_room.hpp>
#include <rota/cuda/waiting_lines.hpp>
#include <rota/cuda/winner_tree.hpp>

namespace rota::cuda {

/// One simulation of a sweep, in memory of fixed size: the host's rules of an instant and of a pass, and every tie as
/// simulation::simulator and queueing::greedy break it.
///
/// A running job is in a slot; `events` holds when it ends or leaves its level, `ranks` who is stopped first. What a
/// pass starts is staged: it has its nodes at once, and its place among equals when the pass ends.
class sweep_run {
public:
    ROTA_HOST_DEVICE sweep_run(sweep_member const& what, sweep_load const& load,
                               sweep_memory const& in) noexcept
        : what_{what}, load_{load}, in_{in}, key_{what.policy, load.jobs, in.time},
          gpus_{static_cast<std::uint32_t>(what.gpus())} {}

    /// The times of the jobs' ends are in the memory's `time` then.
    /// Expects   the room holds the member; it is run once.
    [[nodiscard]] ROTA_HOST_DEVICE sweep_answer run() noexcept {
        reset();
        for (;;) {
            now_ = events_.best();
            if (next_ != load_.size && load_.jobs[next_].submit_ms < now_) now_ = load_.jobs[next_].submit_ms;
            if (now_ == no_event || said_.refused != sweep_refusal::none) return said_;
            ++said_.instants;
            happen();
            settle();
        }
    }

private:
    static constexpr auto none = waiting_lines::none;
    static constexpr std::uint16_t no_slot = 0xffff;
    static constexpr auto no_event = index(never);
    static constexpr auto unconfirmed = index(never); ///< instead of when a job works from
    static constexpr auto decided_bits = 24;
    static constexpr auto decided_mask = (std::uint64_t{1} << decided_bits) - 1;
    static constexpr auto measure_end = std::int64_t{1} << 39;
    static constexpr auto passes_max = 10'000;

    ROTA_HOST_DEVICE void reset() noexcept {
        auto const leaves = leaves_for(gpus_);
        events_.reset(in_.events, leaves, no_event);
        if (what_.policy.preempts) ranks_.reset(in_.ranks, leaves, 0);
        waiting_.reset(what_.policy.skips ? load_.lines : 1, in_.roots, in_.left, in_.right);
        for (auto s = std::uint32_t{0}; s != gpus_; ++s) in_.free_slots[s] = static_cast<std::uint16_t>(s);
        if (what_.counts_only()) return;
        auto free = free_nodes{};
        free.reset(what_.nodes, what_.gpus_a_node, in_.bits, in_.counts, in_.free);
        nodes_.reset(free, what_.gpus_a_node, in_.node_of, in_.next_part, gpus_ + what_.nodes);
    }

    // --- one instant
    ROTA_HOST_DEVICE void happen() noexcept {
        while (events_.best() == now_) {
            auto const slot = events_.find();
            if (what_.policy.preempts && in_.works_from[slot] + in_.time[in_.job_in[slot]] != now_)
                sink(slot);
            else complete(slot);
            released_ = true; // whoever has sunk may now give way
        }
        for (; next_ != load_.size && load_.jobs[next_].submit_ms <= now_; ++next_) {
            auto const& job = load_.jobs[next_];
            auto const holds = job.gpus != 0 && job.gpus <= gpus_;
            in_.time[next_] = holds ? job.duration_ms : now_;
            if (what_.policy.preempts) in_.decided[next_] = 0;
            if (holds) wait(next_);
            else ++said_.rejected;
        }
    }
    ROTA_HOST_DEVICE void settle() noexcept {
        for (auto pass = 0; pass != passes_max; ++pass) {
            decide();
            if (!what_.policy.preempts) return;
            commit();
            if (stopped_ == none || said_.refused != sweep_refusal::none) return;
            for (auto j = stopped_; j != none;) {
                auto const next = in_.left[j];
                wait(j);
                j = next;
            }
            stopped_ = none;
            released_ = true;
        }
        said_.refused = sweep_refusal::unsettled;
    }
    ROTA_HOST_DEVICE void complete(std::uint32_t slot) noexcept {
        auto const j = in_.job_in[slot];
        in_.time[j] = now_;
        said_.last_end_ms = now_;
        said_.jct_sum_ms += now_ - load_.jobs[j].submit_ms;
        if (what_.counts_only()) {
            held_ -= load_.jobs[j].gpus;
        } else {
            give(slot);
            nodes_.forget(in_.first_part[slot]);
        }
        if (what_.policy.preempts) ranks_.set(slot, 0);
        events_.set(slot, no_event);
        in_.free_slots[--used_] = static_cast<std::uint16_t>(slot);
    }
    /// The job in the slot leaves its level.
    ROTA_HOST_DEVICE void sink(std::uint32_t slot) noexcept {
        auto const j = in_.job_in[slot];
        auto const level = key_.level(j, in_.works_from[slot], now_);
        rank(slot, level, in_.decided[j]);
        events_.set(slot, key_.next_event(j, in_.works_from[slot], level));
    }

    // --- one pass
    ROTA_HOST_DEVICE void decide() noexcept {
        if (released_) waiting_.open_all();
        released_ = false;
        for (;;) {
            auto const line = waiting_.first(key_);
            if (line == none) return;
            if (start(line, waiting_.top(line))) continue;
            waiting_.shut(line); // as many GPUs do not fit before something is released
            if (!what_.policy.skips) return;
        }
    }
    [[nodiscard]] ROTA_HOST_DEVICE bool start(std::uint32_t line, std::uint32_t j) noexcept {
        auto const gpus = load_.jobs[j].gpus;
        auto where = gang_nodes::no_part;
        auto victims = std::uint32_t{0};
        if (what_.counts_only()) {
            if (gpus_ - held_ < gpus) return false;
        } else if (nodes_.fits(gpus)) {
            where = nodes_.choose(gpus);
        } else if (!what_.policy.preempts || !evict(j, gpus, where, victims)) {
            return false;
        }
        waiting_.pop(line, key_);
        for (auto i = std::uint32_t{0}; i != victims; ++i)
            if (in_.candidates[i] != no_slot) stop(in_.candidates[i]);
        if (victims != 0) waiting_.open_all();
        occupy(j, gpus, where);
        return true;
    }
    /// Finds the jobs that must stop for j, the worst first, and where it goes then. Nobody is stopped yet, but their
    /// nodes are given back and they are out of `ranks`. False: nothing has changed.
    [[nodiscard]] ROTA_HOST_DEVICE bool evict(std::uint32_t j, std::uint32_t gpus, std::uint16_t& where,
                                              std::uint32_t& victims) noexcept {
        auto const bound = key_.measure(j, now_);
        auto size = std::uint32_t{0};
        do {
            if (static_cast<std::int64_t>(ranks_.best() >> decided_bits) <= bound) {
                while (size != 0) {
                    auto const slot = in_.candidates[--size];
                    take(slot);
                    ranks_.set(slot, in_.rank_of[slot]);
                }
                return false;
            }
            auto const slot = ranks_.find();
            in_.candidates[size++] = static_cast<std::uint16_t>(slot);
            ranks_.set(slot, 0);
            give(slot);
        } while (!nodes_.fits(gpus));
        where = nodes_.choose(gpus);
        victims = size;
        while (size-- != 0) { // whoever is in nobody's way stays, the last to leave first
            auto const slot = in_.candidates[size];
            take(slot);
            if (nodes_.has_room(where, gpus)) {
                ranks_.set(slot, in_.rank_of[slot]);
                in_.candidates[size] = no_slot;
            } else {
                give(slot);
            }
        }
        return true;
    }
    /// Its nodes are free already.
    ROTA_HOST_DEVICE void stop(std::uint32_t slot) noexcept {
        auto const j = in_.job_in[slot];
        auto const from = in_.works_from[slot];
        nodes_.forget(in_.first_part[slot]);
        in_.free_slots[--used_] = static_cast<std::uint16_t>(slot);
        // whoever started in this pass is no worse than those who are asked after it
        ROTA_EXPECTS(from != unconfirmed, "a pass stops nobody whom it has started");
        if (from < now_) in_.time[j] -= now_ - from;
        events_.set(slot, no_event);
        in_.decided[j] = decision();
        ++said_.preemptions;
        in_.left[j] = stopped_;
        stopped_ = j;
    }
    ROTA_HOST_DEVICE void occupy(std::uint32_t j, std::uint32_t gpus, std::uint16_t where) noexcept {
        auto const slot = in_.free_slots[used_++];
        in_.job_in[slot] = j;
        held_ += gpus;
        if (!what_.counts_only()) {
            in_.first_part[slot] = where;
            take(slot);
        }
        if (!what_.policy.preempts) return events_.set(slot, now_ + in_.time[j]);
        in_.works_from[slot] = unconfirmed;
        rank(slot, key_.measure(j, now_), in_.decided[j]);
        in_.staged[staged_++] = slot;
    }
    /// What the pass has started, runs.
    ROTA_HOST_DEVICE void commit() noexcept {
        for (auto i = std::uint32_t{0}; i != staged_; ++i) {
            auto const slot = std::uint32_t{in_.staged[i]};
            auto const j = in_.job_in[slot];
            in_.works_from[slot] = now_ + (in_.decided[j] != 0 ? what_.restore_ms : 0);
            in_.decided[j] = decision();
            auto const measure = static_cast<std::int64_t>(in_.rank_of[slot] >> decided_bits);
            rank(slot, measure, in_.decided[j]);
            events_.set(slot, key_.next_event(j, in_.works_from[slot], measure));
        }
        staged_ = 0;
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t decision() noexcept {
        if (++decisions_ == decided_mask) said_.refused = sweep_refusal::decisions;
        return decisions_;
    }

    // --- ranks
    ROTA_HOST_DEVICE void wait(std::uint32_t j) noexcept {
        waiting_.push(what_.policy.skips ? load_.jobs[j].line : 0, j, key_);
    }
    ROTA_HOST_DEVICE void rank(std::uint32_t slot, std::int64_t measure, std::uint32_t decided) noexcept {
        if (measure >= measure_end) said_.refused = sweep_refusal::late;
        in_.rank_of[slot] = static_cast<std::uint64_t>(measure) << decided_bits | decided;
        ranks_.set(slot, in_.rank_of[slot]);
    }

    // --- nodes
    ROTA_HOST_DEVICE void take(std::uint32_t slot) const noexcept {
        nodes_.take(in_.first_part[slot], load_.jobs[in_.job_in[slot]].gpus);
    }
    ROTA_HOST_DEVICE void give(std::uint32_t slot) const noexcept {
        nodes_.give(in_.first_part[slot], load_.jobs[in_.job_in[slot]].gpus);
    }

    sweep_member const& what_;
    sweep_load load_;
    sweep_memory in_;
    winner_tree<std::int64_t, false> events_;
    winner_tree<std::uint64_t, true> ranks_;
    waiting_lines waiting_;
    gang_nodes nodes_;
    sweep_keys key_;
    sweep_answer said_;
    std::int64_t now_ = 0;
    std::uint32_t gpus_;
    std::uint32_t next_ = 0; ///< job to be submitted
    std::uint32_t held_ = 0; ///< GPUs, where they are only counted
    std::uint32_t used_ = 0; ///< slots
    std::uint32_t staged_ = 0;
    std::uint32_t decisions_ = 0;
    std::uint32_t stopped_ = none; ///< by this pass, chained
    bool released_ = false;
};

} // namespace rota::cuda

#endif
