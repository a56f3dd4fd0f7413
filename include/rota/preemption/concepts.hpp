// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_CONCEPTS_HPP
#define ROTA_PREEMPTION_CONCEPTS_HPP

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/queueing/fifo.hpp>

namespace rota::preemption {

namespace requirement {

template <class P>
concept can_start_by_evicting =
    requires(P& p, view const& v, actions& a, placement::consolidated const& place, queueing::fifo const& by,
             job_id j, std::int64_t key) {
        { p.start(v, a, place, by, j) } -> std::convertible_to<bool>;
        { p.may_start(v, place, by, j, key) } -> std::convertible_to<bool>;
    };

template <class P>
concept follows_the_run = requires(P& p, event const& e, view const& v, queueing::fifo const& by, job_id j) {
    p.on(e, v, by);
    p.started(v, j, by);
    p.ranked_anew(v, j, by);
    p.all_asked(v);
};

} // namespace requirement

/// Who yields when a waiting job does not fit, for any queue order and any placement.
///
/// Syntax    p.start(view, actions, placement, order, job) -> bool: stages the job's start and the stops it needs,
///           or nothing at all.
///           p.may_start(view, placement, order, job, key) -> bool: false only where start would be false; the job waits
///           under that key.
///           p.on(event, view, order), p.started(view, job, order), p.ranked_anew(view, job, order): what happened,
///           what the queue has just staged, whose key stepped.
///           p.gains_up_to(view, order, model, k) -> std::int64_t: optional; waiting jobs with a larger key cannot have
///           come to start by what has changed on nodes where they need k GPUs since they were refused.
///           p.all_asked(view): whoever waits and was refused has now been asked.
///           P::follows(std::type_identity<Order>) -> bool: if a job cannot start, no job behind it in that order
///           with the same request can.
/// Meaning   Victims are justified (each ranks below the job by the policy's own measure) and minimal (putting any
///           one back breaks the start). property/preemption checks the meaning.
template <class P>
concept victim_policy =
    std::movable<P> && requirement::can_start_by_evicting<P> && requirement::follows_the_run<P> && requires {
        { P::follows(std::type_identity<queueing::fifo>{}) } -> std::convertible_to<bool>;
    };

/// Always true. Fails to compile, naming the first thing that is missing, unless P is a victim policy:
/// static_assert(rota::preemption::explain_victim_policy<my_preemption>());
template <class P>
consteval bool explain_victim_policy() {
    if constexpr (!std::movable<P>) static_assert(std::movable<P>, "rota: a victim policy must be movable");
    else if constexpr (!requirement::can_start_by_evicting<P>)
        static_assert(
            requirement::can_start_by_evicting<P>,
            "rota: a victim policy needs `start(view, actions, placement, order, job)` and `may_start(view, "
            "placement, order, job, key)`, both returning bool");
    else if constexpr (!requirement::follows_the_run<P>)
        static_assert(requirement::follows_the_run<P>,
                      "rota: a victim policy needs `on(event, view, order)`, `started(view, job, order)`, "
                      "`ranked_anew(view, job, order)` and `all_asked(view)`");
    return true;
}

} // namespace rota::preemption

#endif
