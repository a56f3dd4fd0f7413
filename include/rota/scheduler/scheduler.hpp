// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SCHEDULER_SCHEDULER_HPP
#define ROTA_SCHEDULER_SCHEDULER_HPP

#include <type_traits>
#include <utility>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/concepts.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/greedy.hpp>

namespace rota {

/// A scheduler composed of three policies: who runs next, on which GPUs, who yields.
///
///     auto mine = rota::scheduler{queueing::greedy{queueing::las<>{}}, placement::best_fit{},
///     preemption::by_order{}};
///
/// Meaning   Claims what its parts claim together: a queue that never lets a waiting job stand where it fits
/// keeps that
///           only if nobody is stopped, and only for placements that do not wait for a better place.
template <class Queueing = queueing::greedy<>, placement::policy Placement = placement::consolidated,
          preemption::victim_policy Preemption = preemption::never>
class scheduler {
public:
    static constexpr claim claims = [] {
        constexpr auto queue = claims_of<Queueing>();
        constexpr auto evict = claims_of<Preemption>();
        if (has(evict, claim::non_preemptive)) return queue | evict;
        auto const all =
            without(evict, claim::order_kept) | (queue & (claim::clairvoyant | claim::event_driven));
        // running jobs give way along the queue's own order, and whoever waits behind a job that does not fit is asked
        if constexpr (has(evict, claim::order_kept) && has(queue, claim::work_conserving) &&
                      has(queue, keyed_orders))
            if (Preemption::follows(std::type_identity<typename Queueing::order_type>{}))
                return all | (queue & keyed_orders) | claim::order_kept | claim::justified_victims |
                       claim::worst_victims;
        return all;
    }();

    scheduler() = default;
    explicit scheduler(Queueing queue, Placement place = {}, Preemption evict = {})
        : queue_{std::move(queue)}, place_{std::move(place)}, evict_{std::move(evict)} {}

    void on(event const& happened, view const& v) { queue_.on(happened, v, evict_); }
    void decide(view const& v, actions& a) { queue_.decide(v, a, place_, evict_); }

private:
    Queueing queue_{};
    [[no_unique_address]] Placement place_{};
    Preemption evict_{};
};

scheduler() -> scheduler<>;
template <class Queueing>
scheduler(Queueing) -> scheduler<Queueing>;
template <class Queueing, class Placement>
scheduler(Queueing, Placement) -> scheduler<Queueing, Placement>;
template <class Queueing, class Placement, class Preemption>
scheduler(Queueing, Placement, Preemption) -> scheduler<Queueing, Placement, Preemption>;

static_assert(scheduling_policy<scheduler<>>);

} // namespace rota

#endif
