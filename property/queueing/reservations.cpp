// SPDX-License-Identifier: BSL-1.0
// The timeline that sweeps over its windows gives the answers of the one that takes them anew for every start.
#include <cstdint>
#include <string>

#include <rota/contract/intents.hpp>
#include <rota/contract/view.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/queueing/reservations.hpp>

#include "../tally.hpp"
#include "naive_reservations.hpp"
#include "worlds.hpp"

using namespace rota;

namespace {

/// Questions found an answer.
template <class Placement>
int ask(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto const scene = worlds::make_scene(
        dice, {.models = 1 + static_cast<int>(seed % 2), .exact_limits = true, .jobs_max = 40});
    auto state = intents(scene.cluster, tenant_tree{});
    for (auto n = std::uint32_t{0}; n != scene.cluster.nodes.size(); ++n)
        if (dice.chance(0.1)) state.set_open(node_id{n}, false);
    auto fast = queueing::reservations{};
    auto slow = naive::reservations{};
    fast.reset(view(state));
    slow.reset(view(state));
    auto found = 0;
    for (auto i = std::uint32_t{0}; i != scene.jobs.size(); ++i) {
        auto const& spec = scene.jobs.specs[i];
        auto const from = sim_time{1000 * worlds::draw(dice, 0, 100)};
        auto const length = dice.chance(0.05) ? index(never) : spec.limit_ms;
        auto const by = dice.chance(0.5) ? never : from + 3 * spec.limit_ms;
        auto const a = fast.earliest(job_id{i}, spec.need, length, from, by, Placement{});
        auto const b = slow.earliest(job_id{i}, spec.need, length, from, by, Placement{});
        auto const what = "seed " + std::to_string(seed) + ", question " + std::to_string(i);
        told.check(a.has_value() == b.has_value(), what + ": whether there is a window");
        if (!a || !b) continue;
        ++found;
        told.check(a->start == b->start && a->end == b->end && a->where == b->where, what + ": the window");
        auto shifted = *a;
        shifted.start = sim_time{index(shifted.start) - 1000 * worlds::draw(dice, 0, 20)};
        told.check(fast.free(shifted) == slow.free(shifted), what + ": free");
        // some lie upon others: a job that outlives its window does
        auto const& kept = dice.chance(0.1) ? shifted : *a;
        fast.add(kept);
        slow.add(kept);
        if (dice.chance(0.2)) {
            auto const gone = job_id{static_cast<std::uint32_t>(dice.below(i + 1))};
            fast.erase(gone);
            slow.erase(gone);
        }
    }
    return found;
}

} // namespace

int main() {
    auto told = tally{};
    auto const n = worlds::cases(4'000);
    auto found = 0;
    for (auto i = 0; i != n; ++i) {
        found += ask<placement::consolidated>(told, static_cast<std::uint64_t>(i));
        found += ask<placement::spread_out>(told, static_cast<std::uint64_t>(i));
    }
    told.check(found > 4 * n, "windows were found: " + std::to_string(found));
    return told.end();
}
