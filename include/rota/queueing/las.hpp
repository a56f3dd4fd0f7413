// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_LAS_HPP
#define ROTA_QUEUEING_LAS_HPP

#include <algorithm>
#include <cstdint>

#include <rota/contract/claims.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// What attained service is counted in.
enum class service : std::uint8_t {
    time,     ///< run time: one dimension
    gpu_time, ///< run time x GPUs: two dimensions
};

/// Service attained so far, in ms or GPU-ms. Whole gangs count whole.
template <service Of>
[[nodiscard]] std::int64_t attained(view const& v, job_id j) noexcept {
    auto const milli_ms = v.attained(j);
    if constexpr (Of == service::gpu_time) return milli_ms / whole_gpu;
    else return milli_ms / (std::int64_t{v.need(j).gpus_min} * v.need(j).milli);
}

/// When a running job's attained service reaches `target`, rounded up; never while it accrues nothing.
template <service Of>
[[nodiscard]] sim_time reaches(std::int64_t target, view const& v, job_id j) noexcept {
    auto const from = v.state(j).accrues_from;
    auto const pace = v.held(j).total_milli();
    if (from == never || pace == 0) return never;
    auto const unit = Of == service::gpu_time ? std::int64_t{whole_gpu}
                                              : std::int64_t{v.need(j).gpus_min} * v.need(j).milli;
    auto const goal = checked_multiply(target, unit);
    if (!goal) return never; // more than all the service of a workload
    return std::max(v.now(), from) + divide_up(*goal - v.attained(j), pace);
}

/// The least attained service first, in quanta: within a quantum jobs share a rank and nobody is disturbed.
///
/// A quantum of 1 is the continuous policy; two equal jobs then alternate every ms.
/// Source    M. Nuyens, A. Wierman, "The foreground-background queue: a survey", Performance Evaluation 2008;
/// two
///           dimensions: J. Gu et al., "Tiresias", NSDI 2019, section 3.1.
template <service Of = service::gpu_time>
struct las {
    static constexpr claim claims = Of == service::gpu_time ? claim::by_service : claim::none;

    std::int64_t quantum_ms = 60'000; ///< of service: ms or GPU-ms

    [[nodiscard]] std::int64_t key(view const& v, job_id j) const noexcept {
        return attained<Of>(v, j) / quantum_ms;
    }
    [[nodiscard]] sim_time stale_at(view const& v, job_id j) const noexcept {
        return reaches<Of>((key(v, j) + 1) * quantum_ms, v, j);
    }
};

static_assert(order<las<service::time>> && order<las<service::gpu_time>>);

} // namespace rota::queueing

#endif
