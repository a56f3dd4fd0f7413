// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_AUTOMATIC_HPP
#define ROTA_PLACEMENT_AUTOMATIC_HPP

#include <rota/placement/block_minimum.hpp>
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

namespace detail {

template <pod_scorer Scorer, bool OfOneNode>
struct chosen_engine {
    using type = scan<Scorer>;
};
template <state_scorer Scorer>
struct chosen_engine<Scorer, true> {
    using type = block_minimum<Scorer>;
};
template <count_ordered Scorer>
struct chosen_engine<Scorer, true> {
    using type = bucket_index<Scorer>;
};

} // namespace detail

/// The engine that a scorer's traits allow and that costs least: an index of counts where the scorer says
/// that counts order its nodes, block minima for any other that looks at one node at a time, a scan otherwise.
template <pod_scorer Scorer>
using automatic = typename detail::chosen_engine<Scorer, locality_of<Scorer>() == locality::node>::type;

} // namespace rota::placement

#endif
