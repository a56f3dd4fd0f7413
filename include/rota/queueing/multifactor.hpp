// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_MULTIFACTOR_HPP
#define ROTA_QUEUEING_MULTIFACTOR_HPP

#include <algorithm>
#include <cstdint>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// A weighted sum of factors between 0 and 1: age, size, priority class. The larger sum first.
///
/// Factors are in millionths and the sum is an integer, so small weights do not vanish. Age grows while a
/// job waits, so waiting jobs are ranked anew every refresh_ms.
/// Source    SchedMD, Slurm documentation, "Multifactor priority plugin" (age, job size, QOS factors;
///           PriorityCalcPeriod 5 minutes, PriorityMaxAge 7 days). differs: no fair share and no partitions
///           here.
struct multifactor {
    std::int64_t age_weight = 1'000;
    std::int64_t size_weight = 1'000;
    std::int64_t priority_weight = 1'000;
    millis age_max_ms = 7LL * 24 * 3'600'000;
    std::int64_t gpus_max = 1'000;  ///< the size that counts as 1
    std::int32_t priority_max = 10; ///< the class that counts as 1
    millis refresh_ms = 300'000;

    [[nodiscard]] std::int64_t key(view const& v, job_id j) const noexcept {
        constexpr auto one = std::int64_t{1'000'000};
        auto const& spec = v.spec(j);
        auto const age = std::clamp(age_ms(v, j), millis{0}, age_max_ms) * one / age_max_ms;
        auto const size = std::min<std::int64_t>(spec.need.gpus_max, gpus_max) * one / gpus_max;
        auto const rank =
            std::int64_t{std::clamp(spec.priority, 0, priority_max)} * one / std::max(priority_max, 1);
        return -(age_weight * age + size_weight * size + priority_weight * rank);
    }
    /// Its age counts in full.
    [[nodiscard]] bool settled(view const& v, job_id j) const noexcept { return age_ms(v, j) >= age_max_ms; }

private:
    [[nodiscard]] millis age_ms(view const& v, job_id j) const noexcept {
        // ranks are those of the last multiple of refresh_ms: running and waiting jobs are compared alike
        auto const at = refresh_ms > 0 ? index(v.now()) / refresh_ms * refresh_ms : index(v.now());
        return at - index(v.spec(j).submit);
    }
};

static_assert(order<multifactor>);

} // namespace rota::queueing

#endif
