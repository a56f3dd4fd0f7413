// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_PROGRESS_TABLE_HPP
#define ROTA_JOB_PROGRESS_TABLE_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/progress.hpp>
#include <rota/job/workload.hpp>

namespace rota::job {

/// How far every job of a workload has come. Only jobs that have begun and are not yet done take room, in slots.
///
/// Expects   the workload outlives it.
class progress_table {
public:
    static constexpr std::uint32_t none = 0xffffffffu; ///< not begun
    static constexpr std::uint32_t done = 0xfffffffeu; ///< slots are below

    explicit progress_table(workload const& of) : works_{&of.works}, slot_of_(of.size(), none) {}

    [[nodiscard]] progress of(job_id j) const noexcept {
        auto const slot = slot_of_[index(j)];
        if (slot < done) return slots_[slot];
        return {.left = slot == done ? 0 : (*works_)[index(j)].duration_ms * 1000};
    }
    [[nodiscard]] bool begun(job_id j) const noexcept { return slot_of_[index(j)] < done; }
    /// Its slot, or none, or done.
    [[nodiscard]] std::uint32_t slot(job_id j) const noexcept { return slot_of_[index(j)]; }
    /// Expects begun(j).
    [[nodiscard]] progress& at(job_id j) noexcept { return slots_[slot_of_[index(j)]]; }
    [[nodiscard]] std::size_t slots() const noexcept { return slots_.size(); }

    /// Gives the job a slot. True where it had none.
    bool open(job_id j) {
        if (begun(j)) return false;
        auto const fresh = of(j);
        if (free_.empty()) {
            slot_of_[index(j)] = static_cast<std::uint32_t>(slots_.size());
            slots_.push_back(fresh);
        } else {
            slot_of_[index(j)] = free_.back();
            free_.pop_back();
            at(j) = fresh;
        }
        return true;
    }
    /// Nothing of the job is left to do.
    void close(job_id j) {
        if (begun(j)) free_.push_back(slot_of_[index(j)]);
        slot_of_[index(j)] = done;
    }

private:
    std::vector<work> const* works_;
    std::vector<std::uint32_t> slot_of_; ///< [jobs]
    std::vector<progress> slots_;
    std::vector<std::uint32_t> free_;
};

} // namespace rota::job

#endif
