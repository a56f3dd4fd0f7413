// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_DISCRETISED_LAS_HPP
#define ROTA_QUEUEING_DISCRETISED_LAS_HPP

#include <algorithm>
#include <cstdint>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/concepts.hpp>
#include <rota/queueing/las.hpp>

namespace rota::queueing {

/// Levels of attained service: a job sinks one level at each threshold, and comes first within the lowest
/// level.
///
/// Within a level jobs run in the order of their submission. With promote > 0 a waiting job of a lower
/// level that has waited promote x the time it ran since it last was at the top returns to the top, its
/// service counted anew.
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
///           section 3.1 (discretised 2D-LAS, PROMOTEKNOB). Defaults: SymbioticLab/Tiresias
///           simulator/jobs.py, queue limits 3,250 and 7,200 GPU-seconds. differs: thresholds are crossed
///           when they are, not at the next event; ties by id.
template <service Of = service::gpu_time>
class discretised_las {
public:
    /// While nobody is promoted.
    static constexpr claim claims = Of == service::gpu_time ? claim::by_service : claim::none;

    discretised_las() = default;
    /// thresholds: ascending, in ms or GPU-ms of service.
    explicit discretised_las(std::vector<std::int64_t> thresholds, std::int64_t promote = 0)
        : thresholds_{std::move(thresholds)}, promote_{promote} {}

    void on(event const& happened, view const& v) {
        if (promote_ == 0) return;
        if (happened.kind == event_kind::resync)
            epochs_.clear(); // levels follow from attained service alone again
        if (!happened.about_a_job() || happened.after != phase::waiting) return;
        auto& e = epoch(happened.job);
        if (happened.kind != event_kind::eligible) e.waits_from = v.now();
    }
    [[nodiscard]] std::int64_t key(view const& v, job_id j) const {
        if (promotes_at(v, j) <= v.now()) return 0;
        auto const service = since_promotion<Of>(v, j);
        return std::upper_bound(thresholds_.begin(), thresholds_.end(), service) - thresholds_.begin();
    }
    [[nodiscard]] sim_time stale_at(view const& v, job_id j) const {
        auto const level = static_cast<std::size_t>(key(v, j));
        if (v.waiting(j)) return promotes_at(v, j) > v.now() ? promotes_at(v, j) : never;
        if (level == thresholds_.size()) return never;
        return reaches<Of>(thresholds_[level] + attained<Of>(v, j) - since_promotion<Of>(v, j), v, j);
    }
    /// The job's key was taken anew at stale_at: a promotion that was due is made.
    void refreshed(view const& v, job_id j) {
        if (promote_ == 0 || promotes_at(v, j) > v.now()) return;
        auto& e = epoch(j);
        e.service = attained<Of>(v, j);
        e.time = attained<service::time>(v, j);
        e.waits_from = v.now();
    }

private:
    struct start_of_epoch {
        std::int64_t service = 0; ///< attained when it was last promoted
        std::int64_t time = 0;
        sim_time waits_from = never;
    };
    start_of_epoch& epoch(job_id j) {
        if (epochs_.size() <= index(j)) epochs_.resize(index(j) + 1u);
        return epochs_[index(j)];
    }
    [[nodiscard]] start_of_epoch epoch_of(job_id j) const noexcept {
        return index(j) < epochs_.size() ? epochs_[index(j)] : start_of_epoch{};
    }
    template <service What>
    [[nodiscard]] std::int64_t since_promotion(view const& v, job_id j) const noexcept {
        auto const e = epoch_of(j);
        return attained<What>(v, j) - (What == service::time ? e.time : e.service);
    }
    /// When a waiting job below the top returns to it.
    [[nodiscard]] sim_time promotes_at(view const& v, job_id j) const noexcept {
        if (promote_ == 0 || !v.waiting(j)) return never;
        auto const from = epoch_of(j).waits_from;
        auto const ran = since_promotion<service::time>(v, j);
        if (from == never || thresholds_.empty() || since_promotion<Of>(v, j) < thresholds_.front())
            return never;
        return from + promote_ * ran;
    }

    std::vector<std::int64_t> thresholds_{3'250'000, 7'200'000};
    std::int64_t promote_ = 0;
    std::vector<start_of_epoch> epochs_; ///< [jobs] while promotion is on
};

static_assert(order<discretised_las<>>);

} // namespace rota::queueing

#endif
