// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_CONDITIONS_HPP
#define ROTA_SIMULATION_CONDITIONS_HPP

#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/core/units.hpp>
#include <rota/job/quota_change.hpp>
#include <rota/preemption/transition_cost.hpp>

namespace rota::simulation {

/// How the simulated world behaves. By default it is ideal: orders take no time, nothing fails, no news is
/// late.
struct conditions {
    std::uint64_t seed = 1;
    preemption::transition_cost cost{}; ///< of stops and restarts
    millis launch_ms = 0;               ///< between a start and the first useful work, at every start

    millis round_ms = 0;       ///< 0: the scheduler decides at every event; else only at multiples of it
    millis latency_ms_max = 0; ///< an order takes 1 .. latency_ms_max, drawn; 0: no time
    double start_failure = 0;  ///< probability that a start or a move fails
    millis backoff_ms = 1'000; ///< a job whose start failed may start again after that
    millis late_ms_max = 0;    ///< ends and interruptions become known 0 .. late_ms_max after they happened
    double repeat = 0;         ///< probability that a notice comes a second time, up to 25 s later
    millis requeue_ms = 0;     ///< a stopped or interrupted job may start again after that

    millis crash_mean_ms = 0; ///< mean time to a crash of one running job, exponential; 0: jobs never crash
    millis checkpoint_every_ms =
        0; ///< a killed or crashed run loses its work since the last multiple; 0: all of it
    std::vector<cluster::node_change> node_changes; ///< by time
    std::vector<job::quota_change> quota_changes;   ///< by time
    std::vector<sim_time> new_scheduler; ///< from each of these times on another scheduler object decides

    bool moves_in_place = true; ///< the executor resizes and migrates without a stop
    bool log_orders = false;    ///< write every order to the log before it is sent
    bool spurious_pass = false; ///< decide once more after every instant; it must change nothing

    /// What was ordered has happened by the end of the instant, and is known.
    [[nodiscard]] bool immediate() const noexcept {
        return round_ms == 0 && latency_ms_max == 0 && late_ms_max == 0 && start_failure == 0 &&
               requeue_ms == 0 && launch_ms == 0 && std::holds_alternative<preemption::no_cost>(cost);
    }
};

/// Puts a change among others by time, behind those of the same time.
template <class Change>
void add_by_time(std::vector<Change>& all, Change const& one) {
    all.insert(std::upper_bound(all.begin(), all.end(), one,
                                [](auto const& a, auto const& b) { return a.at < b.at; }),
               one);
}

} // namespace rota::simulation

#endif
