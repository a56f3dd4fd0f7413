// SPDX-License-Identifier: BSL-1.0
// Defragmentation: what it costs to plan the moves for one gang, and what it wins back, as tables in Markdown.
//
// With the environment's ROTA_BENCH_SMOKE all is small and measures nothing.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/worst_fit.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/preemption/never.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

#include "load.hpp"
#include "markdown.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;

void add(job::workload& to, millis submit, int gpus, millis runs) {
    to.specs.push_back({.submit = sim_time{submit}, .need = job::gang(gpus, job::span::one_node)});
    to.works.push_back({.duration_ms = runs});
}

// --- one plan

struct plan_cost {
    double us = std::numeric_limits<double>::infinity();
    std::size_t moves = 0;
    std::int64_t cost_gpu_s = 0;
};

/// Fills the cluster and, once the gang has come, plans for it.
struct plans {
    plan_cost* told;
    queueing::greedy<> queue{};
    placement::worst_fit place{};
    preemption::by_migration moves{preemption::cost_by_size{}};
    preemption::never stay{};

    void on(event const& happened, view const& v) { queue.on(happened, v, stay); }
    void decide(view const& v, actions& a) {
        queue.decide(v, a, place, stay);
        for (auto j : v.jobs())
            if (v.waiting(j) && v.need(j).gpus_max == 8 && told->moves == 0) measure(v, j);
    }
    void measure(view const& v, job_id j) const {
        for (auto round = 0; round != (smoke ? 1 : 5); ++round) {
            auto const from = bench::cpu_ms();
            auto const found = moves.planned(v, place, j);
            told->us = std::min(told->us, (bench::cpu_ms() - from) * 1e3);
            if (!found) return;
            told->moves = found->moves.size();
            told->cost_gpu_s = found->cost_gpu_ms() / 1000;
        }
    }
};

/// So many nodes of 8, `percent` of their GPUs in use by jobs of 1, 2 and 4, no node without one.
plan_cost planned(std::uint32_t nodes, std::uint32_t percent) {
    auto const cluster = cluster::uniform(1, nodes, 8);
    auto draw = rota::random{5};
    auto jobs = job::workload{};
    for (auto left = std::int64_t{nodes} * 8 * percent / 100; left > 4;) {
        auto const gpus = std::array{1, 1, 1, 2, 2, 4}[draw.below(6)];
        add(jobs, 0, gpus, 3'600'000);
        left -= gpus;
    }
    add(jobs, 1'000'000, 8, 1'000);
    auto got = plan_cost{};
    auto sim = simulation::simulator{cluster, jobs};
    sim.run([&] { return plans{&got}; });
    return got;
}

// --- whole runs

struct won_back {
    double in_use = 0; ///< GPU-ms that were held while somebody waited
    double waited_ms = 0;
};

/// A scheduler, and how full the cluster is while somebody waits.
template <class Scheduler>
struct counted {
    Scheduler inner;
    won_back* told;
    sim_time last{};
    std::int64_t free = 0;
    bool waits = false;

    void on(event const& happened, view const& v) { inner.on(happened, v); }
    void decide(view const& v, actions& a) {
        auto const took = static_cast<double>(v.now() - last);
        if (waits) {
            told->in_use += took * static_cast<double>(8 * std::int64_t{v.free().size()} - free);
            told->waited_ms += took;
        }
        last = v.now();
        inner.decide(v, a);
        free = v.free().free_gpus({});
        auto const all = v.jobs();
        waits = std::any_of(all.begin(), all.end(), [&](job_id j) { return v.waiting(j); });
    }
};

/// Jobs of one node each, of which a tenth want all of it, as many as 95 % of the GPUs can do.
job::workload stream(std::uint32_t nodes, std::uint32_t count) {
    auto draw = rota::random{7};
    auto jobs = job::workload{};
    auto work = 0.0;
    for (auto i = std::uint32_t{0}; i != count; ++i) {
        auto const gpus = std::array{1, 1, 1, 1, 1, 2, 2, 4, 4, 8}[draw.below(10)];
        auto const runs = 1'000 + static_cast<millis>(-3'600'000.0 * std::log(1.0 - draw.unit()));
        add(jobs, 0, gpus, runs);
        work += static_cast<double>(gpus) * static_cast<double>(runs);
    }
    auto const span_ms = static_cast<std::uint64_t>(work / (0.95 * 8 * nodes));
    auto submits = std::vector<std::uint64_t>{};
    for (auto i = std::uint32_t{0}; i != count; ++i) submits.push_back(draw.below(span_ms));
    std::sort(submits.begin(), submits.end());
    for (auto i = std::size_t{0}; i != count; ++i)
        jobs.specs[i].submit = sim_time{static_cast<std::int64_t>(submits[i])};
    return jobs;
}

template <class Placement, class Preemption>
void whole_run(bench::markdown const& out, std::string const& name, std::uint32_t nodes, Preemption evict) {
    auto const cluster = cluster::uniform(1, nodes, 8);
    auto const jobs = stream(nodes, 40 * nodes);
    auto under = simulation::conditions{};
    under.cost = preemption::cost_by_size{};
    auto got = won_back{};
    auto sim = simulation::simulator{cluster, jobs, under};
    auto const from = bench::cpu_ms();
    sim.run([&] {
        auto inner = scheduler{queueing::greedy<queueing::fifo, queueing::strict>{}, Placement{}, evict};
        return counted<decltype(inner)>{std::move(inner), &got};
    });
    auto const cpu_s = (bench::cpu_ms() - from) / 1e3;
    auto jct = 0.0;
    auto wait = 0.0;
    auto overhead = 0.0;
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        auto const& one = sim.results()[j];
        jct += static_cast<double>(one.finish - jobs.specs[j].submit) / 1e3;
        wait += static_cast<double>(one.first_start - jobs.specs[j].submit) / 1e3;
        overhead += static_cast<double>(one.overhead_ms) * jobs.specs[j].need.gpus_max / 3.6e6;
    }
    auto const count = static_cast<double>(jobs.size());
    out.row({name, bench::rounded(100 * got.in_use / std::max(got.waited_ms, 1.0) / (8.0 * nodes)),
             bench::rounded(jct / count), bench::rounded(wait / count), bench::rounded(overhead),
             bench::rounded(cpu_s)});
}

} // namespace

int main() {
    auto const sizes = smoke ? std::vector<std::uint32_t>{40, 70} : std::vector<std::uint32_t>{1'250, 12'500};
    {
        auto const out = bench::markdown({"a plan for one gang of 8", "moves", "GPU-s", "us"});
        for (auto const nodes : sizes)
            for (auto const percent : {70u, 90u}) {
                auto const got = planned(nodes, percent);
                out.row({bench::grouped(nodes) + " nodes, " + std::to_string(percent) + " % in use",
                         std::to_string(got.moves), bench::grouped(got.cost_gpu_s), bench::rounded(got.us)});
            }
    }
    std::puts("");
    auto const nodes = smoke ? 20u : 250u;
    auto const out =
        bench::markdown({"FIFO, load 0.95", "in use %", "JCT s", "wait s", "GPU-h moving", "CPU s"});
    whole_run<placement::best_fit>(out, "`best_fit`", nodes, preemption::never{});
    whole_run<placement::best_fit>(out, "`best_fit`, moves", nodes,
                                   preemption::by_migration{preemption::cost_by_size{}});
    whole_run<placement::worst_fit>(out, "`worst_fit`", nodes, preemption::never{});
    whole_run<placement::worst_fit>(out, "`worst_fit`, moves", nodes,
                                    preemption::by_migration{preemption::cost_by_size{}});
    return 0;
}
