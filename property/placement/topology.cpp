// SPDX-License-Identifier: BSL-1.0
// Gangs over trees of domains: the planner against every way to lay a gang on a tiny cluster, the index against the
// planner over streams of changes, and requests by domain against both.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/anchor_fragmentation.hpp>
#include <rota/placement/balanced_domains.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/domain_rule.hpp>
#include <rota/placement/domain_sums.hpp>
#include <rota/placement/fewest_hops.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using placement::topology_gang;
using counts = std::vector<std::uint32_t>; ///< pods, by node

/// From the whole range, whatever the size of the case.
std::uint32_t draw(std::uint32_t from, std::uint32_t to) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to + 1));
}

/// A small cluster under two levels of domains, in an order of nodes that is not that of the domains.
struct scene {
    cluster::spec cluster;
    std::vector<counts> of; ///< [levels x nodes]

    explicit scene(std::uint32_t nodes_max, bool two_models = false) : of(2) {
        cluster.models = {"a", "b"};
        auto const nodes = draw(1, nodes_max);
        for (auto n = std::uint32_t{0}; n != nodes; ++n) {
            cluster.nodes.push_back(
                {.gpus = static_cast<std::uint8_t>(draw(1, 4)),
                 .model = gpu_model{static_cast<std::uint8_t>(two_models ? draw(0, 1) : 0)},
                 .cpu_milli = 8'000,
                 .mem_mib = 8'192,
                 .rack = {},
                 .spine = {}});
            of[0].push_back(draw(0, 3));
            of[1].push_back(of[0].back() / 2);
        }
    }
    [[nodiscard]] cluster::domain_tree tree() const {
        return {static_cast<std::uint32_t>(cluster.nodes.size()), of};
    }
    /// The domain of a node at a level of the tree.
    [[nodiscard]] std::uint32_t domain(std::uint32_t level, std::size_t n) const {
        if (level == 0) return static_cast<std::uint32_t>(n);
        return level > of.size() ? 0 : of[level - 1][n];
    }
};

void fill_some(cluster::ledger& free) {
    for (auto i = draw(0, 8); i != 0; --i) {
        auto const n = node_id{draw(0, free.size() - 1)};
        auto const part = cluster::slice{
            .node = n, .gpus = static_cast<std::uint16_t>(draw(1, (1u << free.of(n).gpus) - 1))};
        if (free.state().fits(part)) free.take(part);
    }
    if (draw(0, 4) == 0) free.set_open(node_id{draw(0, free.size() - 1)}, false);
}

topology_gang some_gang() {
    auto made = placement::pods_of(0, static_cast<int>(draw(1, 3)));
    made.slice = draw(0, 2) == 0 ? 2 : 1;
    made.slice_level = made.slice == 1 ? 0 : draw(0, 2);
    made.kinds.front().count = made.kinds.front().least = made.slice * draw(1, 5 / made.slice);
    made.required = *rc::gen::element<std::uint32_t>(0, 1, 2, 3, topology_gang::cluster_level);
    made.preferred = draw(0, std::min(made.required, 2u));
    return made;
}

/// Every way to lay pods of one kind on nodes with room that obeys the slices.
template <class Visit>
void each_way(scene const& in, topology_gang const& gang, counts const& room, Visit const& visit) {
    auto here = counts(room.size());
    auto const go = [&](auto const& self, std::size_t n, std::uint32_t left) -> void {
        if (n == room.size()) {
            if (left != 0) return;
            auto sums = counts(room.size() + 4);
            for (auto i = std::size_t{0}; i != room.size(); ++i)
                sums[in.domain(gang.slice_level, i)] += here[i];
            if (std::all_of(sums.begin(), sums.end(), [&](auto sum) { return sum % gang.slice == 0; }))
                visit(here);
            return;
        }
        for (here[n] = 0; here[n] <= std::min(left, room[n]); ++here[n]) self(self, n + 1, left - here[n]);
        here[n] = 0;
    };
    go(go, 0, gang.kinds.front().least);
}

/// The lowest level from `from` on at which the pods lie in one domain.
std::uint32_t level_of(scene const& in, counts const& pods, std::uint32_t from) {
    for (;; ++from) {
        auto domain = std::optional<std::uint32_t>{};
        auto one = true;
        for (auto n = std::size_t{0}; n != pods.size(); ++n)
            if (pods[n] != 0)
                one &= domain.value_or(in.domain(from, n)) == in.domain(from, n), domain = in.domain(from, n);
        if (one) return from;
    }
}
std::uint32_t domain_of(scene const& in, counts const& pods, std::uint32_t level) {
    for (auto n = std::size_t{0}; n != pods.size(); ++n)
        if (pods[n] != 0) return in.domain(level, n);
    return 0;
}
/// The pods in each domain of a level that has some.
counts parts_of(scene const& in, counts const& pods, std::uint32_t level) {
    auto sums = counts(pods.size() + 4);
    for (auto n = std::size_t{0}; n != pods.size(); ++n) sums[in.domain(level, n)] += pods[n];
    std::erase(sums, 0u);
    return sums;
}

/// How good a way is by a rule, and how good the domain that it lies in: smaller is better.
struct worth {
    std::uint32_t level = 0;
    std::int64_t domain = 0;
    std::int64_t spread = 0;
    friend auto operator<=>(worth const&, worth const&) = default;
};

enum class judged { tightest, balanced, hops, anchors };

struct oracle {
    scene const& in;
    topology_gang const& gang;
    counts const& room;
    counts const& idle_room; ///< with nothing on the cluster

    /// Pods of the gang's kind that a domain holds, in whole slices; by trying.
    [[nodiscard]] std::uint32_t holds(std::uint32_t level, std::uint32_t domain, counts const& has) const {
        auto inside = has;
        auto sum = std::uint32_t{0};
        for (auto n = std::size_t{0}; n != has.size(); ++n)
            if (in.domain(level, n) != domain) inside[n] = 0;
            else sum += has[n];
        auto asked = gang;
        for (sum -= level < gang.slice_level ? 0 : sum % gang.slice; sum != 0; --sum) {
            if (level < gang.slice_level) return sum;
            if (sum % gang.slice != 0) continue;
            asked.kinds.front().least = sum;
            auto found = false;
            each_way(in, asked, inside, [&](counts const&) { found = true; });
            if (found) break;
        }
        return sum;
    }
    [[nodiscard]] worth judge(judged rule, counts const& pods) const {
        auto made = worth{level_of(in, pods, gang.preferred), 0, 0};
        auto const domain = domain_of(in, pods, made.level);
        auto const parts = made.level == 0 ? counts{1} : parts_of(in, pods, made.level - 1);
        auto const fewest = static_cast<std::int64_t>(parts.size());
        auto const tight = std::int64_t{holds(made.level, domain, room)};
        made.spread = fewest;
        made.domain = tight;
        if (rule == judged::balanced)
            made.spread = fewest * 100 - *std::min_element(parts.begin(), parts.end());
        if (rule == judged::hops) made.domain = fewest * 100 + tight;
        if (rule == judged::anchors && made.level < 3) {
            auto const above = made.level + 1 > in.of.size() ? 0 : domain_of(in, pods, made.level + 1);
            auto const whole = holds(made.level + 1, above, room) == holds(made.level + 1, above, idle_room);
            made.domain = whole * 100 + tight;
        }
        return made;
    }
};

template <class Rule>
void planned(judged rule) {
    auto const in = scene{6};
    auto const tree = in.tree();
    auto free = cluster::ledger{in.cluster};
    fill_some(free);
    auto const gang = some_gang();
    auto const& each = gang.kinds.front().each;
    auto const unused = cluster::occupancy{in.cluster};
    auto room = counts{};
    auto idle_room = counts{};
    for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
        room.push_back(placement::pods_on(each, {}, free.state(), node_id{n}));
        idle_room.push_back(placement::pods_on(each, {}, unused, node_id{n}));
    }
    auto const judge = oracle{in, gang, room, idle_room};
    auto const allowed = std::min(gang.required, 3u);
    auto best = std::optional<worth>{};
    each_way(in, gang, room, [&](counts const& pods) {
        if (level_of(in, pods, 0) > allowed) return;
        auto const here = judge.judge(rule, pods);
        if (!best || here < *best) best = here;
    });
    auto const got = placement::gang_planner<Rule>{tree}.place(gang, free);
    RC_CLASSIFY(static_cast<bool>(got), "placed");
    RC_ASSERT(static_cast<bool>(got) == best.has_value());
    if (!got) {
        auto ever = false;
        each_way(in, gang, idle_room, [&](counts const& pods) { ever |= level_of(in, pods, 0) <= allowed; });
        RC_ASSERT((got.why() == placement::refusal::busy) == ever);
        return;
    }
    RC_ASSERT(free.fits(*got));
    RC_ASSERT(free.open(*got));
    auto pods = counts(room.size());
    for (auto const& part : *got) {
        RC_ASSERT(part.count() % each.gpus_max == 0);
        RC_ASSERT(pods[index(part.node)] == 0u); // each node once
        pods[index(part.node)] = static_cast<std::uint32_t>(part.count() / each.gpus_max);
    }
    auto lies_well = false;
    each_way(in, gang, room, [&](counts const& way) { lies_well |= way == pods; });
    RC_ASSERT(lies_well);
    RC_ASSERT(level_of(in, pods, 0) <= allowed);
    auto const here = judge.judge(rule, pods);
    RC_ASSERT(here.level == best->level);
    RC_ASSERT(here.domain == best->domain);
    // the spread is the best that the chosen domain allows
    auto spread = here.spread;
    each_way(in, gang, room, [&](counts const& way) {
        if (level_of(in, way, gang.preferred) == here.level &&
            domain_of(in, way, here.level) == domain_of(in, pods, here.level))
            spread = std::min(spread, judge.judge(rule, way).spread);
    });
    RC_ASSERT(here.spread == spread);
}

struct spread_case {
    std::vector<placement::domain_part> parts;
    std::uint32_t units = 0;
    std::size_t fewest = 0;

    template <class Rule>
    explicit spread_case(Rule rule) {
        auto room = std::uint32_t{0};
        for (auto i = draw(1, 7); i != 0; --i) parts.push_back({i, draw(1, 6), 0}), room += parts.back().room;
        units = draw(1, room);
        auto rooms = counts{};
        for (auto const& one : parts) rooms.push_back(one.room);
        std::sort(rooms.begin(), rooms.end(), std::greater<>{});
        for (auto left = units; left != 0; ++fewest) left -= std::min(left, rooms[fewest]);
        rule.spread(units, parts);
        auto given = std::uint32_t{0};
        auto used = std::size_t{0};
        for (auto const& one : parts) {
            RC_ASSERT(one.given <= one.room);
            given += one.given;
            used += one.given != 0;
        }
        RC_ASSERT(given == units);
        RC_ASSERT(used == fewest);
    }
};

/// All parts but one are full, and that one lies in the smallest room left that holds it.
void over_fewest() {
    auto const told = spread_case{placement::tightest_domain{}};
    auto partly = 0;
    for (auto const& one : told.parts) {
        if (one.given == 0 || one.given == one.room) continue;
        ++partly;
        for (auto const& other : told.parts)
            RC_ASSERT(other.given != 0 || other.room < one.given || other.room >= one.room);
    }
    RC_ASSERT(partly <= 1);
}

/// No other choice of as few parts has a larger smallest part, or as large a one and less room in all.
void balanced() {
    auto const told = spread_case{placement::balanced_domains{}};
    auto best = std::pair{0u, 0u}; // the smallest part, and the room in all
    auto got = std::pair{told.units, 0u};
    for (auto const& one : told.parts)
        if (one.given != 0) got = {std::min(got.first, one.given), got.second + one.room};
    for (auto set = 1u; set >> told.parts.size() == 0; ++set) {
        auto room = std::uint32_t{0};
        auto smallest = told.units;
        auto size = std::size_t{0};
        for (auto i = std::size_t{0}; i != told.parts.size(); ++i)
            if ((set >> i & 1u) != 0) {
                room += told.parts[i].room;
                smallest = std::min(smallest, told.parts[i].room);
                ++size;
            }
        if (size != told.fewest || room < told.units) continue;
        smallest = std::min(smallest, told.units / static_cast<std::uint32_t>(size));
        if (smallest > best.first || (smallest == best.first && room < best.second)) best = {smallest, room};
    }
    RC_ASSERT(got == best);
}

/// Thousands of pods over nodes with room for 1 to 8: as few nodes as hold them, and these full to the last.
bool balanced_at_scale() {
    auto parts = std::vector<placement::domain_part>{};
    for (auto n = std::uint32_t{0}; n != 16'000; ++n) parts.push_back({n, n * 5 % 8 + 1, 0});
    auto const units = std::uint32_t{22'997}; // three less than the 3,000 largest: 2,000 of 8 and 1,000 of 7
    placement::balanced_domains{}.spread(units, parts);
    auto used = std::uint32_t{0};
    auto room = std::uint32_t{0};
    auto given = std::uint32_t{0};
    auto smallest = units;
    for (auto const& one : parts) {
        if (one.given > one.room) return false;
        if (one.given == 0) continue;
        ++used;
        room += one.room;
        given += one.given;
        smallest = std::min(smallest, one.given);
    }
    return given == units && used == 3'000 && room == units && smallest == 7; // 1,997 of 8 and 1,003 of 7
}

/// Several kinds whose sizes divide each other: laid largest first they fit wherever they can fit at all.
void several_kinds() {
    auto const in = scene{7};
    auto const tree = in.tree();
    auto free = cluster::ledger{in.cluster};
    fill_some(free);
    auto gang = topology_gang{};
    for (auto const gpus : {1, 4, 2})
        if (gpus == 1 || draw(0, 2) != 0) {
            auto const least = draw(1, 2);
            gang.kinds.push_back({job::gang(gpus), least + draw(0, 2), least});
        }
    gang.required = draw(0, 3);
    gang.preferred = draw(0, gang.required);
    // in a domain whose nodes have f GPUs free: room for kinds down to a size s iff sum f / s holds them, counted in s
    auto const fits = [&](std::uint32_t level, std::uint32_t domain) {
        for (auto const& kind : gang.kinds) {
            auto need = 0;
            auto has = 0;
            for (auto const& other : gang.kinds)
                if (other.each.gpus_max >= kind.each.gpus_max)
                    need += static_cast<int>(other.least) * (other.each.gpus_max / kind.each.gpus_max);
            for (auto n = std::uint32_t{0}; n != free.size(); ++n)
                if (in.domain(level, n) == domain && free.open(node_id{n}))
                    has += free.whole_count(node_id{n}) / kind.each.gpus_max;
            if (has < need) return false;
        }
        return true;
    };
    auto lowest = std::optional<std::uint32_t>{};
    for (auto level = gang.preferred; level <= gang.required && !lowest; ++level)
        for (auto n = std::uint32_t{0}; n != free.size() && !lowest; ++n)
            if (fits(level, in.domain(level, n))) lowest = level;
    auto const got = placement::gang_planner<>{tree}.place(gang, free);
    RC_CLASSIFY(static_cast<bool>(got), "placed");
    RC_ASSERT(static_cast<bool>(got) == lowest.has_value());
    if (!got) return;
    RC_ASSERT(free.fits(*got));
    RC_ASSERT(free.open(*got));
    auto held = counts(free.size());
    for (auto const& part : *got) held[index(part.node)] = 1;
    auto least = 0;
    auto most = 0;
    for (auto const& kind : gang.kinds) {
        least += static_cast<int>(kind.least) * kind.each.gpus_max;
        most += static_cast<int>(kind.count) * kind.each.gpus_max;
    }
    RC_ASSERT(level_of(in, held, 0) <= *lowest);
    RC_ASSERT(got->gpus() >= least);
    RC_ASSERT(got->gpus() <= most);
    if (gang.kinds.size() != 1) return;
    auto room = std::uint32_t{0}; // of one kind as many as wanted, or as the domain holds
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        if (in.domain(*lowest, n) == domain_of(in, held, *lowest))
            room += placement::pods_on(gang.kinds.front().each, {}, free.state(), node_id{n});
    RC_ASSERT(got->gpus() ==
              static_cast<int>(std::min(room, gang.kinds.front().count)) * gang.kinds.front().each.gpus_max);
}

/// Several kinds whatever their sizes, with CPU or without: they are placed where any way of laying them fits, on the
/// lowest level where one does, and are infeasible only where no empty cluster has one.
template <class Rule>
void kinds_at_odds() {
    auto cluster = cluster::uniform(draw(1, 3), draw(1, 2), static_cast<std::uint8_t>(draw(4, 8)), 8'000);
    auto const tree = cluster::domain_tree::of_racks(cluster);
    auto gang = topology_gang{};
    auto pods = 0u;
    for (auto kinds = draw(2, 3); kinds != 0; --kinds) {
        auto const least = draw(1, std::max(1u, 4 - pods / 2));
        gang.kinds.push_back({job::gang(static_cast<int>(draw(1, 5))), least + draw(0, 1), least});
        if (draw(0, 2) == 0) gang.kinds.back().each.cpu_milli = 400 * draw(0, 6);
        pods += least;
    }
    gang.required = draw(0, 2);
    gang.preferred = draw(0, gang.required);
    auto free = cluster::ledger{cluster};
    for (auto i = draw(0, 4); i != 0; --i) {
        auto const part = cluster::slice{.node = node_id{draw(0, free.size() - 1)},
                                         .gpus = static_cast<std::uint16_t>(1u << draw(0, 3)),
                                         .cpu_milli = draw(0, 3'000)};
        if (free.fits(cluster::placement{part})) free.take(part);
    }
    // pod after pod on every node of the domain
    auto const fits = [&](cluster::ledger const& on, std::uint32_t level, std::uint32_t domain) {
        auto gpus = std::vector<int>{};
        auto cpu = std::vector<int>{};
        for (auto n = std::uint32_t{0}; n != on.size(); ++n) {
            auto const in = level == 0 ? n : level == 1 ? index(cluster.nodes[n].rack) : 0;
            if (in != domain) continue;
            gpus.push_back(on.whole_count(node_id{n}));
            cpu.push_back(static_cast<int>(on.state().cpu_milli(node_id{n})));
        }
        auto const lay = [&](auto const& self, std::size_t kind, std::uint32_t done,
                             std::size_t from) -> bool {
            if (kind == gang.kinds.size()) return true;
            auto const& [each, count, least] = gang.kinds[kind];
            if (done == least) return self(self, kind + 1, 0, 0);
            for (auto n = from; n != gpus.size(); ++n) { // pods of a kind are alike
                auto const takes = static_cast<int>(each.cpu_milli) * each.gpus_max;
                if (gpus[n] < each.gpus_max || cpu[n] < takes) continue;
                gpus[n] -= each.gpus_max;
                cpu[n] -= takes;
                auto const got = self(self, kind, done + 1, n);
                gpus[n] += each.gpus_max;
                cpu[n] += takes;
                if (got) return true;
            }
            return false;
        };
        return lay(lay, 0, 0, 0);
    };
    auto const lowest = [&](cluster::ledger const& on) {
        for (auto level = gang.preferred; level <= gang.required; ++level)
            for (auto domain = std::uint32_t{0}; domain != tree.size(level); ++domain)
                if (fits(on, level, domain)) return static_cast<int>(level);
        return -1;
    };
    auto const wanted = lowest(free);
    auto const got = placement::gang_planner<Rule>{tree}.place(gang, free);
    RC_CLASSIFY(static_cast<bool>(got), "placed");
    RC_ASSERT(static_cast<bool>(got) == (wanted >= 0));
    if (!got) {
        auto const ever = lowest(cluster::ledger{cluster}) >= 0;
        RC_CLASSIFY(ever, "busy");
        RC_ASSERT((got.why() == placement::refusal::busy) == ever);
        return;
    }
    RC_ASSERT(free.fits(*got));
    auto nodes = counts(free.size());
    auto gpus = 0;
    auto cpu = std::int64_t{0};
    for (auto const& part : *got) nodes[index(part.node)] = 1;
    for (auto const& [each, count, least] : gang.kinds) {
        gpus += static_cast<int>(least) * each.gpus_max;
        cpu += std::int64_t{least} * each.gpus_max * each.cpu_milli;
    }
    RC_ASSERT(got->gpus() >= gpus);
    RC_ASSERT(got->cpu_milli() >= cpu);
    for (auto n = std::size_t{0}; n != nodes.size(); ++n)
        for (auto m = std::size_t{0}; m != n && wanted != 2; ++m)
            if (nodes[n] != 0 && nodes[m] != 0)
                RC_ASSERT(wanted == 1 && cluster.nodes[n].rack == cluster.nodes[m].rack);
}

bool same(placement::outcome const& a, placement::outcome const& b) {
    if (static_cast<bool>(a) != static_cast<bool>(b)) return false;
    return a ? *a == *b : a.why() == b.why();
}

template <class Rule>
void indexed() {
    auto const in = scene{draw(0, 5) == 0 ? 150u : 20u, true};
    auto const tree = in.tree();
    auto free = cluster::ledger{in.cluster};
    fill_some(free);
    auto index_of = placement::domain_index<Rule>{tree, free};
    auto const reference = placement::gang_planner<Rule>{tree};
    auto gangs = std::vector<topology_gang>{};
    for (auto i = 0; i != 3; ++i) {
        auto& gang = gangs.emplace_back(some_gang());
        auto& need = gang.kinds.front().each;
        if (draw(0, 2) == 0) need.models = draw(1, 3);
        if (draw(0, 2) == 0) need.milli = need.milli_min = 400;
        if (draw(0, 2) == 0) need.cpu_milli = 1'500;
        gang.kinds.front().count = gang.kinds.front().least *= draw(1, 4);
        RC_ASSERT(index_of.add(gang) == static_cast<std::uint32_t>(i));
    }
    auto held = std::vector<cluster::placement>{};
    for (auto step = 0; step != 40; ++step) {
        if (!held.empty() && draw(0, 2) == 0) {
            auto const i = draw(0, static_cast<std::uint32_t>(held.size()) - 1);
            free.give(held[i]);
            for (auto const& part : held[i]) index_of.changed(part.node);
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
        } else if (draw(0, 5) == 0) {
            auto const n = node_id{draw(0, free.size() - 1)};
            free.set_open(n, !free.open(n));
            index_of.changed(n);
        } else {
            auto const g = draw(0, 2);
            auto const got = index_of.place(g);
            RC_ASSERT(same(got, reference.place(gangs[g], free)));
            if (!got) continue;
            free.take(*got);
            for (auto const& part : *got) index_of.changed(part.node);
            held.push_back(*got);
        }
    }
    for (auto g = std::uint32_t{0}; g != 3; ++g) { // the sums are those of a recount
        auto row = std::size_t{0};
        for (auto m = 0; m != free.models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!gangs[g].kinds.front().each.accepts(model)) continue;
            auto fresh = placement::domain_sums{tree, gangs[g].slice, gangs[g].slice_level};
            fresh.fill(tree.top(), 0, [&](std::uint32_t at) {
                return placement::pods_on(gangs[g].kinds.front().each, model, free.state(), tree.node(at));
            });
            RC_ASSERT((fresh == index_of.sums(g, row++)));
        }
    }
}

/// Requests on the ledger's own counters lie where the planner puts the same gang.
void requested() {
    auto cluster = cluster::uniform(draw(1, 5), draw(1, 6), 4);
    for (auto& node : cluster.nodes) node.spine = static_cast<spine_id>(index(node.rack) / 2);
    auto free = cluster::ledger{cluster};
    fill_some(free);
    fill_some(free);
    auto const policy = placement::by_domain<>{cluster};
    auto const need = job::gang(static_cast<int>(draw(1, 24)), static_cast<job::span>(draw(0, 3)));
    auto const shape = placement::compact_shape(need.gpus_max, 4);
    RC_PRE(shape.nodes() == 1 || need.span != job::span::one_node);
    auto const got = policy.place(need, free);
    auto const wanted = policy.planner().plan(placement::by_domain<>::gang(need, shape), {}, free.state());
    RC_CLASSIFY(static_cast<bool>(got), "placed");
    if (!placement::fits_together(need, free)) return;
    RC_ASSERT(static_cast<bool>(got) == !wanted.empty());
    if (got) RC_ASSERT(*got == wanted);
}

bool numbered() {
    auto const told = cluster::domain_tree::regular(40, std::vector<std::uint32_t>{18, 2});
    auto const vast = cluster::domain_tree::regular(40, std::vector<std::uint32_t>{18, 1u << 31, 1u << 31});
    return told.top() == 3 && told.size(1) == 3 && told.size(2) == 2 && // 18 trays, 18 trays, 4 trays
           told.first(1, 2) == 36 && told.end(1, 2) == 40 && told.parent(1, 2) == 1 &&
           told.parent(0, 35) == 1 && told.parent(2, 1) == 0 && vast.size(1) == 3 && vast.size(2) == 1 &&
           vast.size(3) == 1; // wider than 32 bits say
}

/// 64 GPUs are 16 of the 18 trays of an NVLink domain; the third domain is too small, the first is in use.
bool in_one_nvlink_domain() {
    auto const trays = cluster::uniform(1, 40, 4);
    auto free = cluster::ledger{trays};
    for (auto n : {0u, 1u, 2u}) free.take(cluster::slice{.node = node_id{n}, .gpus = 1});
    auto gang = placement::pods_of(16, 4);
    gang.required = gang.preferred = 1;
    auto told = cluster::domain_tree::regular(40, std::vector<std::uint32_t>{18, 2});
    auto const got = placement::gang_planner<>{told}.place(gang, free);
    return got && got->size() == 16 && index(got->front().node) == 18;
}

} // namespace

int main() {
    auto result = tally{};
    auto const law = [&](std::string const& what, auto const& holds) {
        result.check(rc::check(what, holds), what);
    };
    law("tightest domain: as good as any way", [] { planned<placement::tightest_domain>(judged::tightest); });
    law("balanced domains: as good as any way",
        [] { planned<placement::balanced_domains>(judged::balanced); });
    law("fewest hops: as good as any way", [] { planned<placement::fewest_hops>(judged::hops); });
    law("anchor fragmentation: as good as any way",
        [] { planned<placement::anchor_fragmentation>(judged::anchors); });
    law("spread over the fewest parts", over_fewest);
    law("spread in balance", balanced);
    law("several kinds, and more than the least", several_kinds);
    law("kinds of any sizes, tightest", kinds_at_odds<placement::tightest_domain>);
    law("kinds of any sizes, balanced", kinds_at_odds<placement::balanced_domains>);
    law("kinds of any sizes, fewest hops", kinds_at_odds<placement::fewest_hops>);
    law("tightest domain: the index is the planner", indexed<placement::tightest_domain>);
    law("balanced domains: the index is the planner", indexed<placement::balanced_domains>);
    law("fewest hops: the index is the planner", indexed<placement::fewest_hops>);
    law("anchor fragmentation: the index is the planner", indexed<placement::anchor_fragmentation>);
    law("requests by domain are gangs of the planner", requested);
    result.check(balanced_at_scale(), "spread in balance over thousands of nodes");
    result.check(numbered(), "regular trees are numbered in order");
    result.check(in_one_nvlink_domain(), "64 GPUs in one NVLink domain");
    return result.end();
}
