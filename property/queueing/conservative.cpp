// SPDX-License-Identifier: BSL-1.0
// Start-only conservative backfill, kept from pass to pass, gives the schedule of the profile made anew in each.
#include <array>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/user_history.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/queueing/conservative.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/conservative.hpp>

#include "../tally.hpp"
#include "against.hpp"
#include "naive_conservative.hpp"

namespace {

using namespace rota;

template <class Placement = placement::consolidated, class Estimator, class Order>
void compare(tally& told, char const* name, int cases, worlds::taste const& like, Estimator believed,
             Order by) {
    worlds::same(
        told, name, cases, like,
        [=] {
            return scheduler{queueing::greedy{by, queueing::conservative<Estimator>{believed}}, Placement{}};
        },
        [=] {
            return scheduler{queueing::greedy{by, naive::conservative<Estimator>{believed}}, Placement{}};
        });
}

/// Counts the passes of another scheduler.
template <class Scheduler>
struct counted {
    Scheduler inner;
    int* passes;
    void on(event const& happened, view const& v) { inner.on(happened, v); }
    void decide(view const& v, actions& a) {
        ++*passes;
        inner.decide(v, a);
    }
};

/// Beside an overrun of ten minutes, what stays free is promised to a gang that its place refuses: a job behind both
/// waits for the end of the overrun, on the same model or on another, and nobody is asked meanwhile.
void a_refused_hold_is_quiet(tally& told, int models) {
    auto const overrun = models - 1; // the model of the job that overruns
    auto on = cluster::uniform(1, 3, 4);
    on.models.resize(static_cast<std::size_t>(models), "other");
    on.nodes.back().model = static_cast<gpu_model>(overrun);
    auto jobs = job::workload{};
    auto const add = [&](std::int64_t submit_ms, job::request need, std::uint32_t accepts, millis limit_ms,
                         millis duration_ms) {
        need.models = accepts;
        jobs.specs.push_back({.submit = sim_time{submit_ms}, .need = need, .limit_ms = limit_ms});
        jobs.works.push_back({.duration_ms = duration_ms});
    };
    auto whole_node = job::gang(4);
    whole_node.span = job::span::one_node;
    for (auto i = 0; i != 2; ++i) { // leaves two GPUs free on either node
        add(0, job::gang(2), 1, 900'000, 900'000);
        add(0, job::gang(2), 1, 900'000, 1'000);
    }
    add(0, job::gang(4), 1u << overrun, 1'000, 601'000);
    add(2'000, whole_node, 1, 600'000, 60'000); // there is room by count, and the overrun
    add(3'000, job::gang(4), 3, 600'000, 60'000);
    auto world = simulation::simulator(on, jobs);
    auto const ending = world.run([] { return system::conservative<>{}; });
    auto const what = std::to_string(models) + " models, beside a refused hold: ";
    told.check(ending == simulation::simulator::ending::complete, what + "completes");
    told.check(index(world.results()[6].first_start) == (models == 1 ? 661'000 : 601'000),
               what + "it starts when the overrun ends, beside or behind the gang");
    auto const passes = world.instants().passes();
    told.check(passes < 30, what + std::to_string(passes) + " passes");
}

/// Ten minutes beyond a limit, while a gang without room and a long job with room wait.
void an_overrun_is_quiet(tally& told) {
    auto const on = cluster::uniform(1, 1, 8);
    auto jobs = job::workload{};
    for (auto const& [gpus, limit_ms, duration_ms] :
         {std::array{6, 1'000, 601'000}, {8, 1'000, 1'000}, {2, 60'000, 60'000}}) {
        jobs.specs.push_back({.need = job::gang(gpus), .limit_ms = limit_ms});
        jobs.works.push_back({.duration_ms = duration_ms});
    }
    auto passes = 0;
    auto world = simulation::simulator(on, jobs);
    auto const ending = world.run([&] { return counted{system::conservative<>{}, &passes}; });
    told.check(ending == simulation::simulator::ending::complete, "completes");
    told.check(index(world.results()[1].finish) == 602'000, "the gang starts when the overrun ends");
    told.check(passes < 2'000, "no pass a ms beside an overrun: " + std::to_string(passes));
}

} // namespace

int main() {
    auto told = tally{};
    auto const limit =
        estimate::user_limit{.overrun_ms = 7'000}; // 1 ms would mean a pass a ms beside an overrun
    auto history = estimate::user_history{};
    history.limit = limit;
    auto const n = worlds::cases(4'000);
    auto const deep = worlds::taste{.models = 2, .exact_limits = true, .jobs_max = 40};
    auto elastic = deep;
    elastic.elastic = true;
    auto const ageing = queueing::multifactor{.age_weight = 10,
                                              .size_weight = 5,
                                              .priority_weight = 3,
                                              .age_max_ms = 400'000,
                                              .gpus_max = 8,
                                              .priority_max = 2,
                                              .refresh_ms = 30'000};
    compare(told, "fifo", n, deep, limit, queueing::fifo{});
    compare(told, "sjf", n, deep, limit, queueing::sjf<>{});
    compare(told, "multifactor", n, deep, limit, ageing);
    compare(told, "elastic", n / 4, elastic, limit, queueing::fifo{});
    compare<placement::spread_out>(told, "spread out", n / 4, deep, limit, queueing::fifo{});
    an_overrun_is_quiet(told);
    for (auto const models : {1, 2}) a_refused_hold_is_quiet(told, models);
    compare(told, "an estimator that learns", n / 4, deep, history, queueing::fifo{});
    return told.end();
}
