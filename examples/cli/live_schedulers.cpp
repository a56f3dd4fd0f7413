// SPDX-License-Identifier: BSL-1.0
#include "live_schedulers.hpp"

#include <fmt/format.h>

#include <rota/contract/claims.hpp>

#include "failure.hpp"

namespace cli {

any_scheduler live_schedulers::make(drive_config const& of) const {
    auto const what = choose(of.scheduler);
    if (!of.placement.empty()) check_placement(of.placement);
    auto const in = setting{.placement = of.placement,
                            .seed = of.seed,
                            .workload = none_,
                            .cluster = cluster_,
                            .cost = of.cost,
                            .truth = world_.clairvoyance()};
    auto made = what.what->make(what.values, in);
    if (rota::has(made.claims(), rota::claim::clairvoyant))
        refuse(fmt::format("scheduler '{}' needs run times that only a simulator knows; try "
                           "estimate=limit or estimate=history",
                           of.scheduler));
    return made;
}

} // namespace cli
