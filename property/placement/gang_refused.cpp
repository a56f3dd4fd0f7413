// SPDX-License-Identifier: BSL-1.0
// Gangs that nobody could mean are refused as the caller's mistake, by the planner and by the index.
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

inline void obliged(bool kept, char const* why) {
    if (!kept) throw std::logic_error(why);
}
#define ROTA_EXPECTS(condition, why) obliged(static_cast<bool>(condition), why)

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/topology_gang.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

template <class Act>
bool stops(Act act) {
    try {
        act();
    } catch (std::logic_error const&) {
        return true;
    }
    return false;
}

} // namespace

int main() {
    auto told = tally{};
    auto const cluster = cluster::uniform(2, 4, 8);
    auto const free = cluster::ledger{cluster};
    auto const tree = cluster::domain_tree::of_racks(cluster);
    auto const planner = placement::gang_planner<>{tree};
    auto const refused = [&](std::string_view what, auto change) {
        auto gang = placement::pods_of(4, 2);
        change(gang);
        told.check(stops([&] { static_cast<void>(planner.place(gang, free)); }), what);
        told.check(stops([&] { static_cast<void>(placement::domain_index<>{tree, free}.add(gang)); }), what);
    };
    refused("no pods at all", [](auto& gang) { gang.kinds.clear(); });
    refused("none for sure", [](auto& gang) { gang.kinds[0].count = gang.kinds[0].least = 0; });
    refused("more for sure than wanted", [](auto& gang) { gang.kinds[0].least = 5; });
    refused("pods without a GPU", [](auto& gang) { gang.kinds[0].each.gpus_max = 0; });
    refused("slices of no pods", [](auto& gang) { gang.slice = 0; });
    refused("slices that are not whole", [](auto& gang) { gang.slice = 3; });
    refused("slices in a domain above the cluster", [](auto& gang) {
        gang.slice = 2;
        gang.slice_level = placement::topology_gang::cluster_level;
    });
    told.check(
        stops([] { static_cast<void>(cluster::domain_tree::regular(8, std::vector<std::uint32_t>{4, 0})); }),
        "domains without nodes");
    told.check(stops([] {
                   auto const of = std::vector<std::vector<std::uint32_t>>{{0, 0, 1}};
                   static_cast<void>(cluster::domain_tree{4, of});
               }),
               "a node without a domain");
    told.check(!stops([&] { static_cast<void>(planner.place(placement::pods_of(4, 2), free)); }),
               "a sound gang");
    return told.end();
}
