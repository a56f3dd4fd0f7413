// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_PREMISES_HPP
#define ROTA_VERIFY_PREMISES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/verify/private_cells.hpp>

namespace rota::verify {

/// Who is first in a scheduler's order, as far as the log can tell.
enum class head_order : std::uint8_t {
    unknown,    ///< one of the waiting jobs
    submission, ///< the one submitted first
    priority,   ///< the highest priority, among equals the one submitted first
};

/// In what steps an order counts attained service. All 0: nobody has said.
struct service_steps {
    std::int64_t quantum_ms = 0;             ///< of GPU time; 0: in levels
    std::array<std::int64_t, 4> levels_ms{}; ///< a job sinks a level at each of them; 0: none

    [[nodiscard]] bool known() const noexcept {
        return quantum_ms != 0 ||
               std::any_of(levels_ms.begin(), levels_ms.end(), [](auto level) { return level != 0; });
    }
    [[nodiscard]] std::int64_t of(std::int64_t gpu_ms) const noexcept {
        if (quantum_ms != 0) return gpu_ms / quantum_ms;
        return std::count_if(levels_ms.begin(), levels_ms.end(),
                             [&](auto level) { return level != 0 && level <= gpu_ms; });
    }
};

/// What a law may take for granted. Where a premise is not met, the laws that need it are not exercised.
struct premises {
    bool immediate = false;        ///< what is ordered has happened by the end of the instant
    bool exact_limits = false;     ///< no job outlives the limit that its user declared
    bool no_interruptions = false; ///< no node goes away and no job crashes
    bool no_losses = false;        ///< nor is a node drained, or some of it taken by others
    bool complete = true;          ///< the log goes on until every job has ended
    bool timed = false;            ///< a job completes when it has done the work that the workload says
    bool scatters = false;         ///< the placement takes any nodes for a gang that may lie anywhere
    head_order head = head_order::unknown;
    service_steps steps{};     ///< of an order by attained service
    millis late_ms_max = 0;    ///< news of a start, an end or an interruption comes within that time
    millis pause_ms_max = 0;   ///< between a start and the first useful work
    millis first_pause_ms = 0; ///< the same at a job's first start, exactly
    millis saving_ms_max = 0;  ///< between the last useful work and the release, at a graceful stop
    /// That tenants were promised; true until a quota changes.
    std::vector<private_cells> cells{};
};

/// No job of the workload can outlive its limit, wherever it runs on the cluster.
[[nodiscard]] inline bool limits_are_exact(cluster::spec const& cluster, job::workload const& jobs) {
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        auto const& spec = jobs.specs[j];
        auto const& work = jobs.works[j];
        // a limit says nothing of an elastic job: how fast it is depends on its size
        if (spec.limit_ms == 0 || spec.limit_ms < work.duration_ms || !spec.need.rigid()) return false;
        auto const slow = [&](cluster::node const& n) {
            return spec.need.accepts(n.model) &&
                   work.rate(spec.need, spec.need.gpus_min, spec.need.milli_min, n.model) < 1000;
        };
        if (std::any_of(cluster.nodes.begin(), cluster.nodes.end(), slow)) return false;
    }
    return true;
}

/// What the simulated world grants.
[[nodiscard]] inline premises premises_of(cluster::spec const& cluster, job::workload const& jobs,
                                          simulation::conditions const& under) {
    auto given = premises{};
    given.immediate = under.immediate();
    given.timed = true;
    given.exact_limits = limits_are_exact(cluster, jobs);
    given.no_interruptions =
        under.crash_mean_ms == 0 &&
        std::none_of(under.node_changes.begin(), under.node_changes.end(),
                     [](auto const& one) { return one.to == cluster::node_state::down; });
    given.no_losses = given.no_interruptions && under.node_changes.empty();
    given.late_ms_max = under.late_ms_max;
    given.pause_ms_max = given.first_pause_ms = under.launch_ms;
    for (auto const& spec : jobs.specs) {
        auto const cost = preemption::cost_of(under.cost, spec, int{spec.need.gpus_max});
        given.pause_ms_max = std::max(given.pause_ms_max, under.launch_ms + cost.restore_ms);
        given.saving_ms_max = std::max(given.saving_ms_max, cost.save_ms);
    }
    return given;
}

} // namespace rota::verify

#endif
