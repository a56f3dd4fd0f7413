// SPDX-License-Identifier: BSL-1.0
// What it costs to place and release an instance of a split GPU, and how many find none, as tables in Markdown.
//
// A cell is CPU time in ns, the least of several stretches. Nodes of 8 GPUs, all of them split; instances of all profiles
// but the largest, drawn at random, the oldest leave once half of the slices are taken. The definition looks at each GPU
// and start and counts what fits before and after; the table has done that when it was compiled.
//
// In the second table instances come and go on 480 GPUs, of profiles drawn at random, and one that fits nowhere is turned
// away: how many of a thousand are, where what is asked for at any time is 90 or 100 % of the memory. With the
// environment's ROTA_BENCH_SMOKE all is small and measures nothing.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/mig_gradient.hpp>
#include <rota/placement/mig_packing.hpp>
#include <rota/placement/mig_request.hpp>

#include "load.hpp"
#include "markdown.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
auto const sizes =
    smoke ? std::vector<std::uint32_t>{4, 7} : std::vector<std::uint32_t>{1'250, 12'500, 125'000};

/// Free slices times the profiles that may begin nowhere.
std::int64_t fragments(cluster::mig_device const& on, unsigned taken) {
    auto sum = std::int64_t{0};
    for (auto p = 0; p != on.profiles; ++p) {
        auto fits = false;
        for (auto s = 0; s != on.slices; ++s) fits |= on.allows(p, s) && (taken & on.mask(p, s)) == 0;
        if (!fits) sum += std::popcount(on.all() & ~taken);
    }
    return sum;
}

/// The instance that mig_gradient places, by definition.
std::optional<cluster::mig_instance> by_definition(placement::mig_request const& need,
                                                   cluster::mig_ledger const& free) {
    auto best = std::optional<cluster::mig_instance>{};
    auto least = std::numeric_limits<std::int64_t>::max();
    for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
        auto const& on = free.device(node_id{n});
        for (auto g = std::uint8_t{0}; g != 8; ++g) {
            auto const taken = free.taken(node_id{n}, g);
            auto here = std::numeric_limits<std::int64_t>::max();
            auto start = std::uint8_t{0};
            for (auto s = std::uint8_t{0}; s != on.slices; ++s) {
                if (!on.allows(need.profile, s) || (taken & on.mask(need.profile, s)) != 0) continue;
                auto const more =
                    fragments(on, unsigned{taken} | on.mask(need.profile, s)) - fragments(on, taken);
                if (more > here) continue;
                here = more;
                start = s;
            }
            if (here >= least) continue;
            least = here;
            best =
                cluster::mig_instance{.node = node_id{n}, .gpu = g, .profile = need.profile, .start = start};
        }
    }
    return best;
}

/// CPU time of a place and a release on a cluster that the same placement has half filled.
template <class Place>
double step_ns(std::uint32_t nodes, Place place) {
    auto const cluster = cluster::uniform(1, nodes, 8);
    auto free = cluster::mig_ledger{cluster, {{cluster::mig_kind::a100, {}}}};
    for (auto n = std::uint32_t{0}; n != nodes; ++n)
        for (auto g = 0; g != 8; ++g) free.split(node_id{n}, g);
    auto const& on = cluster::mig_device_of(cluster::mig_kind::a100);
    auto draw = rota::random{5};
    auto held = std::deque<cluster::mig_instance>{};
    auto slices = std::size_t{0};
    // half of the cluster, at random: the placement under test would take hours to fill it
    for (auto n = std::uint32_t{0}; n != nodes; ++n)
        for (auto g = std::uint8_t{0}; g != 8; ++g)
            for (auto tries = 0; tries != 2; ++tries) {
                auto const profile = static_cast<std::uint8_t>(draw.below(4));
                auto const start = static_cast<std::uint8_t>(draw.below(8));
                auto const one =
                    cluster::mig_instance{.node = node_id{n}, .gpu = g, .profile = profile, .start = start};
                if (!free.fits(one)) continue;
                free.take(one);
                held.push_back(one);
                slices += on.of[profile].size;
            }
    auto const half = slices;
    auto const step = [&] {
        auto const need = placement::mig_request{.profile = static_cast<std::uint8_t>(draw.below(5))};
        if (auto const one = place(need, free); one) {
            free.take(*one);
            held.push_back(*one);
            slices += on.of[one->profile].size;
        }
        while (slices > half) {
            free.give(held.front());
            slices -= on.of[held.front().profile].size;
            held.pop_front();
        }
    };
    auto least = std::numeric_limits<double>::infinity();
    auto many = 1;
    for (auto spent = 0.0; spent < 600.0;) {
        auto const from = bench::cpu_ms();
        for (auto i = 0; i != many; ++i) step();
        auto const ms = bench::cpu_ms() - from;
        spent += ms;
        if (smoke) return ms * 1e6;
        if (ms < 3) many *= 2;
        else least = ms * 1e6 / many < least ? ms * 1e6 / many : least;
    }
    return least;
}

template <class Scorer>
std::optional<cluster::mig_instance> first(placement::mig_request const& need,
                                           cluster::mig_ledger const& free) {
    auto const answer = placement::by_mig<Scorer>{}.place(need, free);
    auto const* placed = std::get_if<std::vector<cluster::mig_instance>>(&answer);
    return placed == nullptr ? std::nullopt : std::optional{placed->front()};
}

/// First fit: the lowest GPU, and there the lowest start.
std::optional<cluster::mig_instance> lowest(placement::mig_request const& need,
                                            cluster::mig_ledger const& free) {
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        for (auto g = std::uint8_t{0}; g != 8; ++g)
            for (auto s = std::uint8_t{0}; s != 8; ++s) {
                auto const one =
                    cluster::mig_instance{.node = node_id{n}, .gpu = g, .profile = need.profile, .start = s};
                if (free.fits(one)) return one;
            }
    return {};
}

/// How many requests in a thousand find no place, of instances that come one a tick and stay for a while, long enough
/// that the memory slices asked for at any time are `load` per cent of all; `often` says how often each profile comes.
template <class Place>
double turned_away(std::array<std::uint64_t, cluster::mig_profiles_max> const& often, std::uint64_t load,
                   Place place) {
    auto const cluster = cluster::uniform(1, smoke ? 2 : 60, 8);
    auto const& on = cluster::mig_device_of(cluster::mig_kind::a100);
    auto const total = std::accumulate(often.begin(), often.end(), std::uint64_t{0});
    auto weight = std::uint64_t{0};
    for (auto p = std::size_t{0}; p != often.size(); ++p) weight += often[p] * on.of[p].size;
    auto const stay = static_cast<std::uint64_t>(cluster.gpus()) * on.slices * load * total / (100 * weight);
    auto const ticks = smoke ? 100u : 40 * static_cast<unsigned>(stay);
    auto free = cluster::mig_ledger{cluster, {{cluster::mig_kind::a100, {}}}};
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        for (auto g = 0; g != 8; ++g) free.split(node_id{n}, g);
    auto draw = rota::random{7};
    auto leaving = std::multimap<std::uint64_t, cluster::mig_instance>{};
    auto asked = 0;
    auto away = 0;
    for (auto now = std::uint64_t{0}; now != ticks; ++now) {
        for (; !leaving.empty() && leaving.begin()->first <= now; leaving.erase(leaving.begin()))
            free.give(leaving.begin()->second);
        auto left = draw.below(total);
        auto profile = std::uint8_t{0};
        for (; left >= often[profile]; ++profile) left -= often[profile];
        auto const until = now + 1 + draw.below(2 * stay); // drawn for all alike, also for those turned away
        auto const one = place(placement::mig_request{.profile = profile}, free);
        if (one) {
            free.take(*one);
            leaving.emplace(until, *one);
        }
        if (now < ticks / 10) continue; // the cluster fills
        ++asked;
        away += !one;
    }
    return 1000.0 * away / asked;
}

void loss_table() {
    using mix = std::array<std::uint64_t, cluster::mig_profiles_max>;
    auto const mixes = std::array{mix{1, 1, 1, 1, 1, 1}, mix{8, 2, 4, 2, 1, 0}, mix{2, 1, 2, 4, 4, 2}};
    auto header = std::vector<std::string>{"turned away, of 1,000"};
    for (auto const* name : {"all alike", "small ones", "large ones"})
        for (auto const* load : {"90 %", "100 %"}) header.push_back(std::string{name} + ", " + load);
    auto const out = bench::markdown{header};
    auto const row = [&](char const* name, auto place) {
        auto cells = std::vector<std::string>{name};
        for (auto const& often : mixes)
            for (auto const load : {90u, 100u})
                cells.push_back(bench::rounded(turned_away(often, load, place)));
        out.row(cells);
    };
    row("`mig_gradient`", first<placement::mig_gradient>);
    row("`mig_packing`", first<placement::mig_packing>);
    row("first fit, the lowest start", lowest);
}

} // namespace

int main() {
    auto header = std::vector<std::string>{"ns"};
    for (auto const nodes : sizes) header.push_back(bench::grouped(nodes) + " nodes");
    auto const out = bench::markdown{header};
    auto const row = [&out](char const* name, auto place) {
        auto cells = std::vector<std::string>{name};
        for (auto const nodes : sizes)
            cells.push_back(bench::grouped(static_cast<std::int64_t>(step_ns(nodes, place))));
        out.row(cells);
    };
    row("`mig_gradient`, by definition", by_definition);
    row("`by_mig<mig_gradient>`", first<placement::mig_gradient>);
    row("`by_mig<mig_packing>`", first<placement::mig_packing>);
    std::puts("");
    loss_table();
}
