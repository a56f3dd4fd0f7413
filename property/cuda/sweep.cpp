// SPDX-License-Identifier: BSL-1.0
// A member of a sweep, run on the host from the device's source, gives every job the end that the simulator gives it
// under the composed scheduler: bursts, ties, gangs, sizes of nodes, quanta, thresholds, costs of a restart.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/cuda/run_member.hpp>
#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_policy.hpp>
#include <rota/cuda/sweep_room.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/preemption/never.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/discretised_las.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/las.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/queueing/srtf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;
using order = cuda::sweep_policy::order;

/// Few values, so that much happens at once and much is equal.
job::workload some_jobs(rota::random& draw, std::uint32_t gpus_a_node, std::uint32_t gpus) {
    auto made = job::workload{};
    auto const jobs = 1 + draw.below(60);
    auto const span = 1 + draw.below(draw.below(2) == 0 ? 10 : 400);
    auto const longest = 1 + draw.below(draw.below(2) == 0 ? 6 : 200);
    auto const shape = draw.below(4);
    auto const compacts = draw.below(2) == 0;
    auto at = std::int64_t{0};
    for (auto i = std::uint64_t{0}; i != jobs; ++i) {
        if (draw.below(3) != 0) at += static_cast<std::int64_t>(draw.below(span)); // otherwise in a burst
        auto size = std::uint64_t{1};
        if (shape == 0) size = 1 + draw.below(30) * gpus / 30;
        else if (shape == 1) size = std::uint64_t{1} << draw.below(5);
        else if (shape == 2) size = draw.below(3) == 0 ? 1 + draw.below(2 * gpus_a_node) : 1;
        else size = draw.below(2) == 0 ? gpus_a_node * (1 + draw.below(3)) : 1 + draw.below(gpus_a_node);
        if (size > gpus && draw.below(8) != 0) size = gpus; // otherwise rejected
        auto one = job::spec{};
        one.submit = sim_time{at};
        one.need = job::gang(static_cast<int>(size),
                             compacts && draw.below(5) == 0 ? job::span::compact : job::span::anywhere);
        auto run = job::work{};
        run.duration_ms = static_cast<std::int64_t>(draw.below(longest + 1));
        made.specs.push_back(one);
        made.works.push_back(run);
    }
    return made;
}

std::vector<simulation::result> by_simulator(cuda::sweep_member const& member, cluster::spec const& cluster,
                                             job::workload const& jobs, bool spreads) {
    auto under = simulation::conditions{};
    if (member.restore_ms != 0) under.cost = preemption::fixed_cost{0, member.restore_ms};
    auto host = simulation::simulator{cluster, jobs, under};
    auto const& policy = member.policy;
    auto const with = [&](auto by, auto how, auto place, auto evict) {
        auto const end = host.run([&] { return rota::scheduler{queueing::greedy{by, how}, place, evict}; });
        if (end != simulation::simulator::ending::complete) std::abort();
    };
    auto const ordered = [&](auto by) {
        if (policy.preempts) {
            if (policy.skips)
                with(by, queueing::skip_ahead{}, placement::consolidated{}, preemption::by_order{});
            else with(by, queueing::strict{}, placement::consolidated{}, preemption::by_order{});
        } else if (spreads) {
            if (policy.skips) with(by, queueing::skip_ahead{}, placement::best_fit{}, preemption::never{});
            else with(by, queueing::strict{}, placement::best_fit{}, preemption::never{});
        } else {
            if (policy.skips)
                with(by, queueing::skip_ahead{}, placement::consolidated{}, preemption::never{});
            else with(by, queueing::strict{}, placement::consolidated{}, preemption::never{});
        }
    };
    auto const thresholds = std::vector<std::int64_t>(policy.thresholds, policy.thresholds + policy.levels);
    switch (policy.by) {
    case order::fifo: ordered(queueing::fifo{}); break;
    case order::sjf: ordered(queueing::sjf{host.clairvoyance()}); break;
    case order::srtf: ordered(queueing::srtf{host.clairvoyance()}); break;
    case order::las:
        if (policy.quantum_ms != 0 && policy.gpu_time) ordered(queueing::las<>{policy.quantum_ms});
        else if (policy.quantum_ms != 0) ordered(queueing::las<queueing::service::time>{policy.quantum_ms});
        else if (policy.gpu_time) ordered(queueing::discretised_las<>{thresholds});
        else ordered(queueing::discretised_las<queueing::service::time>{thresholds});
        break;
    }
    return host.results();
}

cuda::sweep_policy some_policy(rota::random& draw) {
    auto made = cuda::sweep_policy{};
    made.by = static_cast<order>(draw.below(4));
    made.skips = draw.below(3) != 0;
    made.preempts = draw.below(4) != 0;
    made.gpu_time = draw.below(3) != 0;
    if (draw.below(2) == 0) {
        made.quantum_ms = static_cast<std::int64_t>(1 + draw.below(draw.below(2) == 0 ? 5 : 200));
    } else {
        made.levels = static_cast<std::uint32_t>(draw.below(5));
        auto at = std::int64_t{0};
        for (auto i = std::uint32_t{0}; i != made.levels; ++i)
            made.thresholds[i] = at += static_cast<std::int64_t>(draw.below(draw.below(2) == 0 ? 6 : 300));
    }
    return made;
}

cuda::sweep_member some_member(rota::random& draw) {
    auto made = cuda::sweep_member{};
    made.policy = some_policy(draw);
    std::uint32_t const each[] = {1, 1, 2, 3, 4, 8, 16};
    made.gpus_a_node = each[draw.below(7)];
    made.nodes = static_cast<std::uint32_t>(1 + draw.below(draw.below(3) == 0 ? 100 : 8));
    made.restore_ms = draw.below(2) == 0 ? 0 : static_cast<std::int64_t>(draw.below(20));
    return made;
}

/// One member in memory full of other bits, alone or between others, against the simulator.
void same_as_simulator(tally& told, int cases) {
    auto jobs_seen = std::size_t{0};
    auto preemptions = std::uint64_t{0};
    auto rejected = std::uint32_t{0};
    for (auto i = 0; i != cases; ++i) {
        auto draw = rota::random{static_cast<std::uint64_t>(i)};
        auto const member = some_member(draw);
        auto const jobs = some_jobs(draw, member.gpus_a_node, static_cast<std::uint32_t>(member.gpus()));
        auto const load = cuda::sweep_jobs::from(jobs);
        auto const what = "case " + std::to_string(i);
        if (!told.check(load.has_value(), what + ": taken")) continue;

        auto const loads = std::vector{load->view()};
        auto room = cuda::sweep_room{};
        room.include(member, loads[0]);
        auto larger = member; // the room may be larger than this one needs
        larger.nodes += static_cast<std::uint32_t>(draw.below(2) * draw.below(100));
        room.include(larger, loads[0]);
        auto const task = cuda::sweep_task{loads.data(), 1, &member, 1, room};
        auto const side_by_side = 1 + draw.below(4);
        auto const mine = draw.below(side_by_side);
        auto memory =
            std::vector<std::uint64_t>(cuda::sweep_memory::bytes(room, side_by_side) / 8 + 1, ~draw());
        auto* const bytes = reinterpret_cast<std::byte*>(memory.data());
        auto const said = cuda::run_member(task, 0, bytes, side_by_side, mine);
        if (!told.check(said.refused == cuda::sweep_refusal::none, what + ": not refused")) continue;
        auto const in = cuda::sweep_memory{room, bytes, side_by_side, mine};

        // a pool that only counts is any cluster on which gangs may spread
        auto const spreads = member.counts_only() && member.nodes % 8 == 0 && draw.below(2) == 0 &&
                             std::none_of(jobs.specs.begin(), jobs.specs.end(), [](job::spec const& one) {
                                 return one.need.span == job::span::compact;
                             });
        auto const cluster =
            spreads ? cluster::uniform(1, member.nodes / 8, 8)
                    : cluster::uniform(1, member.nodes, static_cast<std::uint8_t>(member.gpus_a_node));
        auto const want = by_simulator(member, cluster, jobs, spreads);
        auto stops = std::uint64_t{0};
        auto equal = true;
        for (std::size_t j = 0; j != jobs.size(); ++j) {
            equal = equal && in.time[j] == index(want[j].finish);
            stops += want[j].preemptions;
            rejected += want[j].outcome == job::outcome::rejected;
        }
        if (!told.check(equal && stops == said.preemptions, what + " differs")) {
            std::printf("  by %d skips %d preempts %d gpu_time %d quantum %lld levels %u, %u x %u, restore "
                        "%lld: %llu stops, %llu wanted\n",
                        static_cast<int>(member.policy.by), member.policy.skips, member.policy.preempts,
                        member.policy.gpu_time, static_cast<long long>(member.policy.quantum_ms),
                        member.policy.levels, member.nodes, member.gpus_a_node,
                        static_cast<long long>(member.restore_ms),
                        static_cast<unsigned long long>(said.preemptions),
                        static_cast<unsigned long long>(stops));
        }
        jobs_seen += jobs.size();
        preemptions += stops;
    }
    std::printf("%d sweeps of one, %zu jobs, %llu preemptions, %u rejected\n", cases, jobs_seen,
                static_cast<unsigned long long>(preemptions), rejected);
}

/// Many members of many kinds side by side: each is as it is alone.
void side_by_side(tally& told, int cases) {
    for (auto i = 0; i != cases; ++i) {
        auto draw = rota::random{static_cast<std::uint64_t>(i)};
        auto all = cuda::sweep{};
        for (auto k = 0; k != 3; ++k) {
            auto load = cuda::sweep_jobs::from(some_jobs(draw, 8, 30));
            if (told.check(load.has_value(), "load is taken")) all.add(*load);
        }
        for (auto k = 0; k != 40; ++k) {
            auto member = some_member(draw);
            member.load = static_cast<std::uint32_t>(draw.below(3));
            all.add(member);
        }
        auto loads = std::vector<cuda::sweep_load>{};
        for (auto const& one : all.loads()) loads.push_back(one.view());
        auto const& members = all.members();
        auto const task = cuda::sweep_task{loads.data(), 3, members.data(), members.size(), all.room()};
        auto const bytes = cuda::sweep_memory::bytes(all.room(), members.size());
        auto memory = std::vector<std::uint64_t>(bytes / 8 + 1, ~draw());
        auto* const at = reinterpret_cast<std::byte*>(memory.data());
        auto answers = std::vector<cuda::sweep_answer>(members.size());
        for (auto m = members.size(); m-- != 0;)
            answers[m] = cuda::run_member(task, m, at, members.size(), m);
        auto const want = all.on_host();
        told.check(answers == want.answers(), "answers side by side");
        auto equal = true;
        for (std::size_t m = 0; m != members.size(); ++m)
            for (std::size_t j = 0; j != loads[members[m].load].size; ++j)
                equal = equal && cuda::sweep_memory(all.room(), at, members.size(), m).time[j] ==
                                     index(want.finish(m, j));
        told.check(equal, "ends side by side");
    }
}

/// What a sweep cannot hold is an answer.
void refused(tally& told) {
    using cuda::sweep_refusal;
    auto jobs = job::workload{};
    jobs.specs = {{.need = job::gang(8)}, {.submit = sim_time{5}, .need = job::gang(4)}};
    jobs.works = {{.duration_ms = std::int64_t{1} << 36}, {.duration_ms = 7}};
    auto const told_of = [&](cuda::sweep_member const& member) {
        auto all = cuda::sweep{};
        all.add(*cuda::sweep_jobs::from(jobs));
        all.add(member);
        return all.on_host().answers().front().refused;
    };
    auto const with = [](cuda::sweep_policy const& policy) { return cuda::sweep_member{.policy = policy}; };
    told.check(told_of({}) == sweep_refusal::none, "a member that can be held");
    told.check(told_of({.load = 1}) == sweep_refusal::no_such_load, "no such load");
    told.check(told_of({.nodes = 0}) == sweep_refusal::cluster, "no node");
    told.check(told_of({.gpus_a_node = 17}) == sweep_refusal::cluster, "too many GPUs a node");
    told.check(told_of({.nodes = 8'000}) == sweep_refusal::cluster, "too many GPUs");
    told.check(told_of(with(cuda::sweep_policy::tiresias_l({3, 2}))) == sweep_refusal::policy, "descending");
    told.check(told_of(with(cuda::sweep_policy::tiresias_l({1, 2, 3, 4, 5, 6, 7, 8, 9}))) ==
                   sweep_refusal::policy,
               "nine thresholds");
    told.check(told_of(with(cuda::sweep_policy::las(-1))) == sweep_refusal::policy, "a negative quantum");
    told.check(told_of({.restore_ms = -1}) == sweep_refusal::policy, "a negative cost");
    auto const load = cuda::sweep_jobs::from(jobs)->view();
    auto const member = cuda::sweep_member{};
    auto room = cuda::sweep_room{};
    auto const task = [&] { return cuda::sweep_task{&load, 1, &member, 1, room}; };
    told.check(cuda::run_member(task(), 0, nullptr, 1, 0).refused == sweep_refusal::room, "no room");
    room.include(member, load);
    --room.jobs;
    told.check(cuda::run_member(task(), 0, nullptr, 1, 0).refused == sweep_refusal::room, "a job too many");

    constexpr auto late = std::int64_t{1} << 38; // at which all are submitted, and what they work together
    auto const one = [](std::int64_t submit) {
        return job::spec{.submit = sim_time{submit}, .need = job::gang(1)};
    };
    auto immense = job::workload{};
    immense.specs = {one(late - 3), one(late - 2), one(late - 2)};
    immense.works = {{.duration_ms = late / 2 - 4}, {.duration_ms = 1}, {.duration_ms = late / 2 - 3}};
    auto all = cuda::sweep{};
    all.add(*cuda::sweep_jobs::from(immense));
    for (auto restore_ms : {std::int64_t{0}, late / 4 - 1})
        all.add(
            {.policy = cuda::sweep_policy::srtf(), .nodes = 1, .gpus_a_node = 1, .restore_ms = restore_ms});
    auto const said = all.on_host();
    told.check(said.answers()[0].refused == sweep_refusal::none, "late, but in time");
    told.check(said.answers()[1].refused == sweep_refusal::late, "a restart too late");

    auto const takes = [&](auto change) {
        auto other = jobs;
        change(other);
        return cuda::sweep_jobs::from(other).has_value();
    };
    told.check(takes([](auto&) {}), "gangs");
    told.check(!takes([](auto& w) { w.specs[0].need.gpus_min = 1; }), "elastic");
    told.check(!takes([](auto& w) { w.specs[0].need.milli = 500; }), "a share");
    told.check(!takes([](auto& w) { w.specs[0].need.cpu_milli = 1; }), "CPU");
    told.check(!takes([](auto& w) { w.specs[0].need.models = 1; }), "a model");
    told.check(!takes([](auto& w) { w.specs[0].need.span = job::span::one_rack; }), "a rack");
    told.check(!takes([](auto& w) { w.works[0].model_rate[0] = 500; }), "half the rate");
    told.check(!takes([](auto& w) { w.works[0].duration_ms = -1; }), "negative time");
    told.check(!takes([](auto& w) { w.works[0].duration_ms = std::int64_t{1} << 38; }), "immense time");
    told.check(!takes([](auto& w) { std::swap(w.specs[0].submit, w.specs[1].submit); }), "unsorted");
    told.check(!takes([](auto& w) {
        for (auto gpus = 1; gpus != 34; ++gpus) {
            w.specs.push_back({.submit = w.specs[1].submit, .need = job::gang(gpus)});
            w.works.push_back({});
        }
    }),
               "33 gangs");
}

} // namespace

int main() {
    auto told = tally{};
    auto const cases = static_cast<int>(cases_wanted(10'000));
    same_as_simulator(told, cases);
    side_by_side(told, cases / 200 + 1);
    refused(told);
    return told.end();
}
