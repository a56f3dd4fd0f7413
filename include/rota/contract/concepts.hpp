// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_CONCEPTS_HPP
#define ROTA_CONTRACT_CONCEPTS_HPP

#include <concepts>
#include <utility>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>

namespace rota {

namespace requirement {

template <class S>
concept can_be_told = requires(S& s, event const& e, view const& v) { s.on(e, v); };

template <class S>
concept can_decide = requires(S& s, view const& v, actions& a) { s.decide(v, a); };

} // namespace requirement

/// Decides who runs where: the one thing that the simulator, the verifier and a real cluster drive.
///
/// Syntax    s.on(event, view): what happened; the view includes it already.
///           s.decide(view, actions): what to do now; actions are staged, visible at once, netted and sent
///           afterwards. static constexpr rota::claim claims: optional, what it promises.
/// Meaning   decide is repeated until a pass follows no event and changes nothing, so a pass without news
/// must change
///           nothing, and must restate its wake. After `resync` the scheduler rebuilds itself from the view.
///           Everything it knows it can rebuild from the view. verify/ checks the meaning.
template <class S>
concept scheduling_policy = requirement::can_be_told<S> && requirement::can_decide<S>;

/// Always true. Fails to compile, naming the first thing that is missing, unless S is a scheduling_policy:
/// static_assert(rota::explain_scheduling_policy<my_scheduler>());
template <class S>
consteval bool explain_scheduling_policy() {
    if constexpr (!requirement::can_be_told<S>)
        static_assert(requirement::can_be_told<S>,
                      "rota: a scheduler needs `on(rota::event const&, rota::view const&)`");
    else if constexpr (!requirement::can_decide<S>)
        static_assert(requirement::can_decide<S>,
                      "rota: a scheduler needs `decide(rota::view const&, rota::actions&)`");
    return true;
}

} // namespace rota

#endif
