// SPDX-License-Identifier: BSL-1.0
// What comes first where an order and an end meet in one instant.
#include <cstdint>
#include <cstdio>
#include <string>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/simulator.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

/// Starts the only job as soon as it can, and stops it once, at the given time.
struct stops_once {
    sim_time at;
    bool stopped = false;

    void on(event const&, view const&) {}
    void decide(view const& v, actions& a) {
        for (auto j : v.jobs()) {
            if (v.waiting(j)) {
                auto const where = placement::first_fit{}.place(v.need(j), v.free());
                if (where && a.start(j, *where) != answer::accepted) std::puts("a start was refused");
            } else if (!stopped && v.now() == at && v.where(j) == phase::running) {
                stopped = a.preempt(j) == answer::accepted;
            }
        }
        if (!stopped && v.now() < at) a.wake_at(at);
    }
};

auto told = tally{};

/// Orders take a ms, so it runs from 1 to 11. A stop that is sent at `stop` arrives a ms later.
void expect(std::int64_t stop, std::int64_t end, std::uint32_t preemptions) {
    auto const cluster = cluster::uniform(1, 1, 1);
    auto jobs = job::workload{};
    jobs.specs.push_back({.need = job::gang(1)});
    jobs.works.push_back({.duration_ms = 10});
    auto under = simulation::conditions{};
    under.latency_ms_max = 1;
    auto host = simulation::simulator{cluster, jobs, under};
    host.run([&] { return stops_once{sim_time{stop}}; });
    auto const& got = host.results().front();
    auto const good = index(got.finish) == end && got.preemptions == preemptions;
    told.check(good, "stopped at " + std::to_string(stop) + ", it ends at " +
                         std::to_string(index(got.finish)) + " after " + std::to_string(got.preemptions) +
                         " preemptions");
}

} // namespace

int main() {
    expect(8, 12, 1);  // it stops at 9, starts again at 10 and has 2 ms to do
    expect(9, 12, 1);  // it stops at 10, starts again at 11 and has 1 ms to do
    expect(10, 11, 0); // the stop arrives as it ends: it has ended
    return told.end();
}
