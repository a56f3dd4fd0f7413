// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_BY_ORDER_HPP
#define ROTA_PREEMPTION_BY_ORDER_HPP

#include <cstdint>
#include <type_traits>

#include <rota/contract/claims.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/preemption/by_rank.hpp>
#include <rota/preemption/concepts.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::preemption {

/// A job is as bad as its key in the queue's order.
struct key_of_the_order {
    template <queueing::order Order>
    static constexpr bool follows(std::type_identity<Order>) noexcept {
        return true;
    }
    template <queueing::order Order>
    static constexpr queueing::drift drift(std::type_identity<Order>) noexcept {
        return queueing::drift_of<Order>();
    }
    template <queueing::order Order>
    [[nodiscard]] static std::int64_t badness(view const& v, Order const& by, job_id j) {
        return by.key(v, j);
    }
};

/// The order decides who runs: a waiting job stops running jobs with strictly larger keys, the largest first.
///
/// Equal keys never stop each other.
/// Source    preemptive SRTF, LAS and Gittins as J. Gu et al., "Tiresias", NSDI 2019, run them. differs:
/// whoever is not
///           needed for the place of the waiting job keeps running; their simulator empties the cluster and
///           packs anew.
template <bool Indexed = true>
struct by_order_with : by_rank<key_of_the_order, Indexed> {
    static constexpr claim claims = claim::minimal_victims | claim::order_kept;
};
using by_order = by_order_with<>;

static_assert(victim_policy<by_order>);

} // namespace rota::preemption

#endif
