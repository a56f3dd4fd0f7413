// SPDX-License-Identifier: BSL-1.0
// The known simulators, compiled once for the program that replays them and for the test against what they wrote.
#include "peer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/trace/nearest.hpp>

#include "blox.hpp"
#include "helios.hpp"
#include "lucid.hpp"
#include "record.hpp"
#include "tiresias.hpp"

namespace peers {

namespace {

/// A simulator that people know, by name.
struct peer {
    std::string_view name;
    std::span<std::string_view const> policies;
    std::span<std::string_view const> placements;
    std::vector<record> (*run)(input const&);
};

constexpr auto all_peers = std::to_array<peer>({
    {"tiresias", tiresias_policies, tiresias_placements, tiresias},
    {"helios", helios_policies, helios_placements, helios},
    {"lucid", lucid_policies, lucid_placements, lucid},
    {"blox", blox_policies, blox_placements, blox},
});

/// Refuses a name that is none of the known ones.
void check_name(std::string_view what, std::string_view name, std::span<std::string_view const> known) {
    if (std::ranges::find(known, name) != known.end()) return;
    throw refusal{"unknown " + std::string{what} + " '" + std::string{name} + "', expected " +
                  rota::trace::one_of(name, known)};
}

} // namespace

std::vector<record> run_peer(std::string_view name, input from) {
    auto names = std::vector<std::string_view>{};
    for (auto const& one : all_peers) names.push_back(one.name);
    check_name("peer", name, names);
    auto const& chosen = *std::ranges::find(all_peers, name, &peer::name);
    check_name(std::string{name} + " policy", from.policy, chosen.policies);
    check_name(std::string{name} + " placement", from.placement, chosen.placements);
    if (from.round_s < 0) throw refusal{"a round has at least one second"};
    for (auto j = std::size_t{0}; j != from.jobs.size(); ++j) {
        if (rota::index(from.jobs.specs[j].submit) % 1000 != 0)
            throw refusal{"job " + from.jobs.names[j] +
                          " is submitted inside a second: the peers count whole ones"};
        from.jobs.works[j].duration_ms -= from.jobs.works[j].duration_ms % 1000; // as int() does there
    }
    return chosen.run(from);
}

} // namespace peers
