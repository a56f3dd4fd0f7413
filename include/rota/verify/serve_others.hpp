// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SERVE_OTHERS_HPP
#define ROTA_VERIFY_SERVE_OTHERS_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/trial.hpp>

namespace rota::verify {

namespace detail {

/// Passes on to a scheduler that outlives the simulation what happens until then.
template <scheduling_policy Scheduler>
struct lent {
    Scheduler* to;
    sim_time until = never;
    void on(event const& happened, view const& v) {
        if (v.now() <= until) to->on(happened, v);
    }
    void decide(view const& v, actions& may) {
        if (v.now() <= until) to->decide(v, may);
    }
};

/// The same submissions with the last job first: a job has another number, and so has its kind.
[[nodiscard]] inline job::workload last_first(job::workload of) {
    auto times = std::vector<sim_time>{};
    for (auto const& one : of.specs) times.push_back(one.submit);
    std::reverse(of.specs.begin(), of.specs.end());
    std::reverse(of.works.begin(), of.works.end());
    for (auto i = std::size_t{0}; i != times.size(); ++i) {
        auto& one = of.specs[i];
        one.deadline = one.deadline + (times[i] - one.submit);
        one.submit = times[i];
    }
    return of;
}

} // namespace detail

/// Lets the scheduler serve the trial's jobs, the last one first, in a simulation where nothing goes wrong, until all are
/// submitted.
///
/// Meaning   It has seen numbers of jobs, rows and kinds that are others by the time of the next `resync`, as after a
///           driver's journal has begun anew.
template <scheduling_policy Scheduler>
void serve_others(trial const& what, Scheduler& scheduler) {
    if (what.jobs.size() == 0) return;
    auto const others = detail::last_first(what.jobs);
    auto host = simulation::simulator(what.cluster, others, simulation::conditions{});
    auto const few = [](auto const&) { return false; }; // a scheduler may ask to be woken at every instant
    static_cast<void>(
        host.run([&] { return detail::lent<Scheduler>{&scheduler, others.specs.back().submit}; }, few));
}

} // namespace rota::verify

#endif
