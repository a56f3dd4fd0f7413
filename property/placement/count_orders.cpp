// SPDX-License-Identifier: BSL-1.0
// A policy that follows counts of free GPUs places every gang where the same scorer, asked node by node, places it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/worst_fit.hpp>

#include "../cases.hpp"
#include "../draw.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;
using placement::spread;

auto told = tally{};
auto over_nodes = 0; ///< gangs with CPU or memory that were placed on several nodes
auto without = 0;    ///< requests that a node had the GPUs for, and nobody the CPU or memory

/// The scorer without its order of counts.
template <class Scorer>
struct asked {
    std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                            int gpus) const noexcept {
        return Scorer{}(need, free, n, gpus);
    }
};
static_assert(placement::scorer<asked<placement::lowest_id>>);

bool same(placement::outcome const& x, placement::outcome const& y) {
    return x && y ? *x == *y : !x && !y && x.why() == y.why();
}

template <class Scorer, spread Spread>
placement::outcome place(job::request const& need, cluster::ledger const& free, std::string const& at) {
    auto const counted = placement::by_score<Scorer, Spread>{}.place(need, free);
    auto const scored = placement::by_score<asked<Scorer>, Spread>{}.place(need, free);
    told.check(same(counted, scored), "the same place" + at);
    return counted;
}

job::request draw_request(rota::random& dice) {
    auto need = job::gang(dice.chance(0.7) ? draw(dice, 1, 8) : draw(dice, 1, 30),
                          static_cast<job::span>(draw(dice, 0, 3)));
    if (dice.chance(0.2)) need.milli = need.milli_min = static_cast<std::uint16_t>(100 * draw(dice, 1, 9));
    if (dice.chance(0.6)) need.cpu_milli = static_cast<std::uint32_t>(500 * draw(dice, 0, 4));
    if (dice.chance(0.6)) need.mem_mib = static_cast<std::uint32_t>(50 * draw(dice, 0, 4));
    if (dice.chance(0.2)) need.models = static_cast<std::uint32_t>(draw(dice, 1, 3));
    return need;
}

void world(std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto cluster = cluster::uniform(static_cast<std::uint32_t>(draw(dice, 1, 3)),
                                    static_cast<std::uint32_t>(draw(dice, 1, 6)),
                                    static_cast<std::uint8_t>(draw(dice, 1, 8)));
    cluster.models = {"one", "other"};
    for (auto& node : cluster.nodes) {
        node.cpu_milli = dice.chance(0.8) ? static_cast<std::uint32_t>(1'000 * draw(dice, 0, 16)) : 0;
        node.mem_mib = dice.chance(0.8) ? static_cast<std::uint32_t>(100 * draw(dice, 0, 16)) : 0;
        if (seed % 3 == 0) node.model = gpu_model{static_cast<std::uint8_t>(draw(dice, 0, 1))};
    }
    auto free = cluster::ledger(cluster);
    auto held = std::vector<cluster::placement>{};
    for (auto i = 0; i != 12; ++i) {
        auto const n = node_id{static_cast<std::uint32_t>(dice.below(free.size()))};
        if (dice.chance(0.2)) free.set_open(n, dice.chance(0.5));
        if (!held.empty() && dice.chance(0.2)) {
            free.give(held.back());
            held.pop_back();
        }
        auto const need = draw_request(dice);
        auto const at = ", seed " + std::to_string(seed) + ", request " + std::to_string(i);
        auto places = std::vector<placement::outcome>{};
        places.push_back(
            place<placement::fewest_free, spread::compact>(need, free, at + ", fewest, compact"));
        places.push_back(place<placement::fewest_free, spread::spill>(need, free, at + ", fewest, spill"));
        places.push_back(place<placement::most_free, spread::compact>(need, free, at + ", most, compact"));
        places.push_back(place<placement::most_free, spread::spill>(need, free, at + ", most, spill"));
        places.push_back(place<placement::lowest_id, spread::compact>(need, free, at + ", lowest, compact"));
        places.push_back(place<placement::lowest_id, spread::spill>(need, free, at + ", lowest, spill"));
        auto const& taken = places[dice.below(places.size())];
        auto const more = need.cpu_milli != 0 || need.mem_mib != 0;
        over_nodes += more && taken && taken->size() > 1;
        without += more && !taken && need.whole() && int{need.gpus_max} <= free.largest(gpu_model{}) &&
                   free.at_least(gpu_model{}, need.gpus_max) != 0;
        if (!taken) continue;
        free.take(*taken);
        held.push_back(*taken);
    }
}

} // namespace

int main() {
    auto const cases = cases_wanted(1'000);
    for (auto seed = std::uint64_t{0}; seed != cases; ++seed) world(seed);
    told.check(cases < 100 || (over_nodes > 0 && without > 0), "gangs over nodes, and nodes without room");
    return told.end();
}
