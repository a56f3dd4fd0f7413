// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_CONCEPTS_HPP
#define ROTA_PLACEMENT_CONCEPTS_HPP

#include <concepts>
#include <cstdint>

#include <rota/cluster/ledger.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/outcome.hpp>

namespace rota::placement {

namespace requirement {

template <class P>
concept can_place =
    requires(P const& p, job::request const& need, cluster::ledger const& free) { p.place(need, free); };

template <class P>
concept says_why_not =
    can_place<P> && requires(P const& p, job::request const& need, cluster::ledger const& free) {
        { p.place(need, free) } -> std::convertible_to<outcome>;
    };

} // namespace requirement

/// Chooses the devices of a whole gang.
///
/// Syntax    p.place(request, ledger const&) const -> placement::outcome. Places request.gpus_max GPUs.
/// Meaning   Pure: the same request and the same ledger give the same answer. A placement names each node
/// once, fits
///           the ledger, lies on open nodes of one accepted model, and is spread no further than the request
///           allows. Freeing devices never turns a placement into a refusal. property/placement checks the
///           meaning.
template <class P>
concept policy = std::movable<P> && requirement::can_place<P> && requirement::says_why_not<P>;

/// Ranks the nodes that can hold (a part of) a gang: the larger score first, equal scores by the lowest id.
///
/// Syntax    s(request, ledger, node, gpus) -> std::int64_t, const noexcept.
/// Meaning   Pure, integer, of this node's state alone; gpus is how many GPUs of the gang the node would get.
template <class S>
concept scorer =
    requires(S const& s, job::request const& need, cluster::ledger const& free, node_id node, int gpus) {
        { s(need, free, node, gpus) } noexcept -> std::same_as<std::int64_t>;
    };

/// Always true. Fails to compile, naming the first thing that is missing, unless P is a placement policy:
/// static_assert(rota::placement::explain_policy<my_placement>());
template <class P>
consteval bool explain_policy() {
    if constexpr (!std::movable<P>)
        static_assert(std::movable<P>, "rota: a placement policy must be movable");
    else if constexpr (!requirement::can_place<P>)
        static_assert(requirement::can_place<P>, "rota: a placement policy needs `place(rota::job::request "
                                                 "const&, rota::cluster::ledger const&) const`");
    else if constexpr (!requirement::says_why_not<P>)
        static_assert(requirement::says_why_not<P>,
                      "rota: `place` must return a placement or a refusal (rota::placement::outcome)");
    return true;
}

} // namespace rota::placement

#endif
