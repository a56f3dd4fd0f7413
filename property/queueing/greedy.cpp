// SPDX-License-Identifier: BSL-1.0
// The indexed disciplines and victim policies give the same schedule, record by record, as their definitions.
#include <cstdio>
#include <string>
#include <type_traits>

#include <rota/core/random.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/preemption/never.hpp>
#include <rota/preemption/priority_classes.hpp>
#include <rota/queueing/discretised_las.hpp>
#include <rota/queueing/easy.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/las.hpp>
#include <rota/queueing/priority.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/queueing/srtf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

#include "../cases.hpp"
#include "../tally.hpp"
#include "naive.hpp"

namespace {

using namespace rota;

struct instance {
    cluster::spec cluster;
    job::workload jobs;
    simulation::conditions under;
};

/// A few jobs on a few nodes, ties on purpose: gangs within a node or of whole nodes, models, racks,
/// priorities.
instance draw(std::uint64_t seed, bool outages) {
    auto r = rota::random(seed);
    auto made = instance{};
    auto const models = 1 + r.below(3);
    auto const gpus = static_cast<std::uint8_t>(r.below(2) == 0 ? 8 : 1 + r.below(8));
    auto const in_a_rack = 1 + r.below(3);
    made.cluster.models.assign(models, "m");
    for (auto m = std::uint64_t{0}; m != models; ++m)
        for (auto i = std::uint64_t{0}, nodes = 1 + r.below(5); i != nodes; ++i)
            made.cluster.nodes.push_back({.gpus = gpus,
                                          .model = static_cast<gpu_model>(m),
                                          .cpu_milli = 0,
                                          .mem_mib = 0,
                                          .rack = static_cast<rack_id>(made.cluster.nodes.size() / in_a_rack),
                                          .spine = {}});
    auto const exact = r.below(2) == 0;
    auto at = std::int64_t{0};
    for (auto i = std::uint64_t{0}, n = 1 + r.below(24); i != n; ++i) {
        at += static_cast<std::int64_t>(r.below(4));
        auto one = job::spec{};
        auto work = job::work{};
        one.submit = sim_time{at};
        auto const wide = r.below(3) == 0;
        one.need = job::gang(static_cast<int>(wide ? gpus * (1 + r.below(4)) : 1 + r.below(gpus)));
        if (wide && r.below(3) == 0) one.need.span = job::span::one_rack;
        if (!wide && r.below(4) == 0) one.need.span = job::span::one_node;
        one.need.models = static_cast<std::uint32_t>(1 + r.below((1u << models) - 1));
        work.duration_ms = 1 + static_cast<std::int64_t>(r.below(12));
        one.limit_ms = work.duration_ms + (exact ? 0 : static_cast<std::int64_t>(r.below(3) * r.below(5)));
        one.priority = static_cast<std::int32_t>(r.below(3));
        made.jobs.specs.push_back(one);
        made.jobs.works.push_back(work);
    }
    if (outages && r.below(2) == 0)
        for (auto k = 0; k != 2; ++k) {
            auto const n = node_id{static_cast<std::uint32_t>(r.below(made.cluster.nodes.size()))};
            auto const down =
                sim_time{static_cast<std::int64_t>(20 * k + static_cast<std::int64_t>(r.below(15)))};
            made.under.node_changes.push_back({down, n, cluster::node_state::down});
            made.under.node_changes.push_back(
                {down + (1 + static_cast<millis>(r.below(4))), n, cluster::node_state::up});
        }
    return made;
}

template <class Make>
std::string schedule(instance const& of, Make make) {
    auto log = rota::log::schedule{};
    auto under = of.under;
    under.spurious_pass = true;
    auto world = simulation::simulator(of.cluster, of.jobs, under, recorder(log));
    auto const end = world.run([&] { return make(world); });
    auto text = rota::log::to_text(log);
    if (end != simulation::simulator::ending::complete) text += "did not complete\n";
    if (world.state().want().refused() != 0) text += "an action was refused\n";
    if (world.instants().restless() != 0) text += "a pass without news changed something\n";
    return text;
}

auto result = tally{};

template <class Fast, class Slow>
void same(char const* name, int cases, bool outages, Fast fast, Slow slow) {
    auto starts = std::size_t{0};
    for (auto c = 0; c != cases; ++c) {
        auto const of = draw(static_cast<std::uint64_t>(c) + 1, outages);
        auto const a = schedule(of, fast);
        auto const b = schedule(of, slow);
        starts += of.jobs.size();
        if (a == b && a.find("\ndid not") == a.npos && a.find("\nan action") == a.npos &&
            a.find("\na pass") == a.npos)
            continue;
        result.check(false, name);
        std::printf("%s: case %d differs\n--- indexed\n%s--- by definition\n%s", name, c, a.c_str(),
                    b.c_str());
        return;
    }
    result.check(true, name);
    std::printf("%-28s %d cases, %zu jobs: equal\n", name, cases, starts);
}

} // namespace

int main() {
    using namespace rota::queueing;
    using naive::discipline;
    auto const cases = static_cast<int>(cases_wanted(10'000));
    auto const nobody_yields = preemption::never{};
    auto const place = placement::consolidated{};
    same(
        "fifo strict", cases, true,
        [&](auto&) { return scheduler{greedy{fifo{}, strict{}}, place, nobody_yields}; },
        [](auto&) { return naive::greedy<fifo, discipline::strict>{}; });
    same(
        "fifo skip-ahead", cases, true,
        [&](auto&) { return scheduler{greedy{fifo{}, skip_ahead{}}, place, nobody_yields}; },
        [](auto&) { return naive::greedy<fifo, discipline::skip_ahead>{}; });
    same(
        "sjf strict", cases, true,
        [&](auto&) { return scheduler{greedy{sjf{}, strict{}}, place, nobody_yields}; },
        [](auto&) { return naive::greedy<sjf<>, discipline::strict>{}; });
    same(
        "sjf skip-ahead", cases, true,
        [&](auto&) { return scheduler{greedy{sjf{}, skip_ahead{}}, place, nobody_yields}; },
        [](auto&) { return naive::greedy<sjf<>, discipline::skip_ahead>{}; });
    same(
        "easy, fifo order", cases, false,
        [&](auto&) { return scheduler{greedy{fifo{}, easy{}}, place, nobody_yields}; },
        [](auto&) { return naive::greedy<fifo, discipline::easy>{}; });
    same(
        "easy, sjf order", cases, false,
        [&](auto&) { return scheduler{greedy{sjf{}, easy{}}, place, nobody_yields}; },
        [](auto&) { return naive::greedy<sjf<>, discipline::easy>{}; });

    auto const on = [&](auto const& where, char const* name, int count, auto order, auto how,
                        auto const& indexed, auto const& sorted) {
        same(
            name, count, true,
            [&](auto& w) {
                return scheduler{greedy{order(w), how}, where, std::remove_cvref_t<decltype(indexed)>{}};
            },
            [&](auto& w) {
                return scheduler{greedy{order(w), how}, where, std::remove_cvref_t<decltype(sorted)>{}};
            });
    };
    auto const preemptive = [&](char const* name, auto order, auto how, auto const& indexed,
                                auto const& sorted) { on(place, name, cases, order, how, indexed, sorted); };
    auto const by = preemption::by_order{};
    auto const by_sorting = preemption::by_order_with<false>{};
    auto const remaining = [](auto& w) { return srtf{w.clairvoyance()}; };
    auto const levels = [](auto&) { return discretised_las<>{{3, 17}}; };
    auto const promoted = [](auto&) { return discretised_las<>{{3, 17}, 2}; };
    auto const quanta = [](auto&) { return las<>{2}; };
    auto const classes = [](auto&) { return priority{}; };
    preemptive("srtf skip-ahead", remaining, skip_ahead{}, by, by_sorting);
    preemptive("srtf strict", remaining, strict{}, by, by_sorting);
    preemptive("las in quanta", quanta, skip_ahead{}, by, by_sorting);
    preemptive("discretised las", levels, skip_ahead{}, by, by_sorting);
    preemptive("discretised las, strict", levels, strict{}, by, by_sorting);
    preemptive("discretised las, promotion", promoted, skip_ahead{}, by, by_sorting);
    preemptive("priority classes", classes, skip_ahead{}, preemption::priority_classes{},
               preemption::priority_classes_with<false>{});
    preemptive("priority classes, strict", classes, strict{}, preemption::priority_classes{},
               preemption::priority_classes_with<false>{});
    // gangs that may lie on any nodes: what knows the nodes one by one must not speak of them
    auto const spread = placement::best_fit{};
    auto const fewer = (cases + 3) / 4;
    same(
        "fifo strict, spread", fewer, true,
        [&](auto&) { return scheduler{greedy{fifo{}, strict{}}, spread, nobody_yields}; },
        [](auto&) { return naive::greedy<fifo, discipline::strict, placement::best_fit>{}; });
    same(
        "sjf skip-ahead, spread", fewer, true,
        [&](auto&) { return scheduler{greedy{sjf{}, skip_ahead{}}, spread, nobody_yields}; },
        [](auto&) { return naive::greedy<sjf<>, discipline::skip_ahead, placement::best_fit>{}; });
    on(spread, "srtf, spread", fewer, remaining, skip_ahead{}, by, by_sorting);
    on(spread, "discretised las, spread", fewer, levels, skip_ahead{}, by, by_sorting);
    on(spread, "priority classes, spread", fewer, classes, skip_ahead{}, preemption::priority_classes{},
       preemption::priority_classes_with<false>{});

    // who was started by the very pass that takes his place waits again, and runs
    auto two = job::workload{};
    for (auto const priority : {0, 1}) {
        auto& one = two.specs.emplace_back();
        one.need = job::gang(4);
        one.priority = priority;
        two.works.push_back({.duration_ms = 10});
    }
    auto const node = cluster::uniform(1, 1, 4);
    auto world = simulation::simulator{node, two};
    auto const ending = world.run(
        [&] { return scheduler{greedy{fifo{}, skip_ahead{}}, place, preemption::priority_classes{}}; });
    result.check(ending == simulation::simulator::ending::complete &&
                     index(world.results()[1].finish) == 10 && index(world.results()[0].finish) == 20,
                 "the higher priority first, though it was submitted behind");
    return result.end();
}
