// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_CONSOLIDATED_HPP
#define ROTA_PLACEMENT_CONSOLIDATED_HPP

#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>

namespace rota::placement {

/// As few nodes as the gang's size allows, all in one rack where a rack holds it now; nodes by best fit.
///
/// A gang that fits a node waits for a node rather than spread.
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
/// section 3.3
///           (consolidated placement). differs: for every model; Tiresias spreads those whose tensors are not
///           skewed.
using consolidated = by_score<fewest_free, spread::compact>;

static_assert(policy<consolidated>);

} // namespace rota::placement

#endif
