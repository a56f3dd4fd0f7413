// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_NEVER_HPP
#define ROTA_PREEMPTION_NEVER_HPP

#include <cstdint>
#include <limits>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/preemption/concepts.hpp>

namespace rota::preemption {

/// Nobody yields: a job that runs keeps its devices to the end.
///
/// Source    run to completion, the default of batch systems.
struct never {
    static constexpr claim claims = claim::non_preemptive;

    template <class Order>
    [[nodiscard]] static constexpr bool follows(Order) noexcept {
        return true;
    }
    template <class Order>
    void on(event const&, view const&, Order const&) noexcept {}
    template <class Order>
    void started(view const&, job_id, Order const&) noexcept {}
    template <class Order>
    void ranked_anew(view const&, job_id, Order const&) noexcept {}
    template <class Placement, class Order>
    [[nodiscard]] bool may_start(view const&, Placement const&, Order const&, job_id,
                                 std::int64_t) const noexcept {
        return false;
    }
    template <class Order>
    [[nodiscard]] std::int64_t gains_up_to(view const&, Order const&, gpu_model, int) const noexcept {
        return std::numeric_limits<std::int64_t>::min();
    }
    void all_asked(view const&) noexcept {}
    template <class Placement, class Order>
    [[nodiscard]] bool start(view const&, actions&, Placement const&, Order const&, job_id) const noexcept {
        return false;
    }
};

static_assert(victim_policy<never>);

} // namespace rota::preemption

#endif
