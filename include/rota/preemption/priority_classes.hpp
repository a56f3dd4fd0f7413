// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_PRIORITY_CLASSES_HPP
#define ROTA_PREEMPTION_PRIORITY_CLASSES_HPP

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <rota/contract/claims.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/preemption/by_rank.hpp>
#include <rota/preemption/concepts.hpp>
#include <rota/queueing/concepts.hpp>
#include <rota/queueing/priority.hpp>

namespace rota::preemption {

/// A job is as bad as its priority is low.
struct low_priority {
    template <queueing::order Order>
    static constexpr bool follows(std::type_identity<Order>) noexcept {
        return std::same_as<Order, queueing::priority>;
    }
    template <queueing::order Order>
    static constexpr queueing::drift drift(std::type_identity<Order>) noexcept {
        return queueing::drift::none;
    }
    template <queueing::order Order>
    [[nodiscard]] static std::int64_t badness(view const& v, Order const&, job_id j) noexcept {
        return -std::int64_t{v.spec(j).priority};
    }
};

/// A waiting job may stop jobs of strictly lower priority, whatever the queue's order: the lowest first, of
/// equals the one that started last.
///
/// Source    A. Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015,
/// section 2.5; the
///           Kubernetes scheduler's default preemption, for whole gangs.
template <bool Indexed = true>
struct priority_classes_with : by_rank<low_priority, Indexed> {
    static constexpr claim claims =
        claim::justified_victims | claim::minimal_victims | claim::worst_victims | claim::order_kept;
};
using priority_classes = priority_classes_with<>;

static_assert(victim_policy<priority_classes>);

} // namespace rota::preemption

#endif
