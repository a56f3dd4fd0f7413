// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_DEFICITS_HPP
#define ROTA_QUEUEING_DEFICITS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::queueing {

/// How much useful time every job is owed on each lane, in accounts without gaps.
///
/// Cost      a settlement O(jobs x lanes); a newcomer or an end O(lanes).
class deficits {
public:
    struct account {
        job_id job;
        sim_time submit;
        std::int64_t gang_milli;
        std::int64_t attained = 0; ///< as of the last settlement
        std::uint32_t lane = 0;    ///< where it ran since then
        bool fresh = true;
    };

    void clear() {
        accounts_.clear();
        owed_.clear();
        share_.clear();
        slot_of_.clear();
        asked_milli_ = 0;
        known_ = 0;
    }
    /// The job has ended.
    void leave(job_id j) {
        if (index(j) >= slot_of_.size() || slot_of_[index(j)] == none) return;
        auto const slot = std::exchange(slot_of_[index(j)], none);
        asked_milli_ -= accounts_[slot].gang_milli;
        auto const last = accounts_.size() - 1;
        if (slot != last) {
            accounts_[slot] = accounts_[last];
            slot_of_[index(accounts_[slot].job)] = slot;
            std::copy_n(owed_.begin() + offset(last), lanes_, owed_.begin() + offset(slot));
            std::copy_n(share_.begin() + offset(last), lanes_, share_.begin() + offset(slot));
        }
        accounts_.pop_back();
        owed_.resize(last * lanes_);
        share_.resize(last * lanes_);
    }
    /// Credits every job with its shares of the time since the last settlement, charges what it received, and calls
    /// visit(slot) for it. Nobody owes more than `debt` or is owed more than `credit`.
    template <class Share, class Visit>
    void settle(view const& v, std::span<std::uint32_t const> lanes, std::int64_t debt, std::int64_t credit,
                Share& share, Visit visit) {
        auto const elapsed = v.now() - since_;
        since_ = v.now();
        lanes_ = lanes.size();
        enter_newcomers(v);
        for (auto slot = std::uint32_t{0}; slot != accounts_.size(); ++slot) {
            auto& one = accounts_[slot];
            auto* const owed = &owed_[slot * lanes_];
            auto* const part = &share_[slot * lanes_];
            auto const attained = v.attained(one.job);
            auto const useful =
                attained == one.attained ? 0 : 1000 * ((attained - one.attained) / one.gang_milli);
            for (auto k = std::uint32_t{0}; k != lanes_; ++k) {
                if (!one.fresh)
                    owed[k] =
                        std::clamp(owed[k] + part[k] * elapsed - (k == one.lane ? useful : 0), -debt, credit);
                part[k] = share(one.job, k);
            }
            one.attained = attained;
            one.fresh = false;
            if (v.placed(one.job)) one.lane = lane_of(v, one.job, lanes);
            visit(slot);
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return accounts_.size(); }
    [[nodiscard]] account& operator[](std::size_t slot) noexcept { return accounts_[slot]; }
    [[nodiscard]] std::int64_t owed(std::size_t slot, std::size_t lane) const noexcept {
        return owed_[slot * lanes_ + lane];
    }
    [[nodiscard]] std::int64_t share(std::size_t slot, std::size_t lane) const noexcept {
        return share_[slot * lanes_ + lane];
    }
    /// Nothing for a job without an account.
    [[nodiscard]] std::int64_t owed_to(job_id j, std::size_t lane) const noexcept {
        return index(j) < slot_of_.size() && slot_of_[index(j)] != none ? owed(slot_of_[index(j)], lane) : 0;
    }
    /// GPU-milli that all jobs ask for.
    [[nodiscard]] std::int64_t asked_milli() const noexcept { return asked_milli_; }

private:
    static constexpr std::uint32_t none = 0xffffffffu;

    void enter(view const& v, job_id j) {
        slot_of_[index(j)] = static_cast<std::uint32_t>(accounts_.size());
        auto const& need = v.need(j);
        accounts_.push_back({j, v.spec(j).submit, std::int64_t{need.gpus_max} * need.milli});
        asked_milli_ += accounts_.back().gang_milli;
        owed_.resize(accounts_.size() * lanes_);
        share_.resize(accounts_.size() * lanes_);
    }
    [[nodiscard]] std::ptrdiff_t offset(std::size_t slot) const noexcept {
        return static_cast<std::ptrdiff_t>(slot * lanes_);
    }
    void enter_newcomers(view const& v) {
        slot_of_.resize(v.submitted(), none);
        if (known_ == 0) {
            for (auto j : v.jobs()) enter(v, j);
        } else {
            for (auto j = known_; j != v.submitted(); ++j)
                if (!v.state(static_cast<job_id>(j)).over) enter(v, static_cast<job_id>(j));
        }
        known_ = v.submitted();
    }
    [[nodiscard]] static std::uint32_t lane_of(view const& v, job_id j,
                                               std::span<std::uint32_t const> lanes) noexcept {
        auto lane = std::uint32_t{0};
        if (lanes.size() == 1) return lane;
        auto const model = v.free().of(v.intent(j).front().node).model;
        while (lane + 1 < lanes.size() && (lanes[lane] >> index(model) & 1u) == 0) ++lane;
        return lane;
    }

    std::vector<account> accounts_;
    std::vector<std::int64_t> owed_;     ///< [accounts][lanes] thousandths of a ms
    std::vector<std::int64_t> share_;    ///< [accounts][lanes] since the last settlement
    std::vector<std::uint32_t> slot_of_; ///< [jobs] in accounts_
    std::int64_t asked_milli_ = 0;
    std::size_t known_ = 0; ///< jobs submitted as of the last settlement
    std::size_t lanes_ = 1;
    sim_time since_{};
};

} // namespace rota::queueing

#endif
