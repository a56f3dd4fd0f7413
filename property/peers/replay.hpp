// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_REPLAY_HPP
#define ROTA_PEERS_REPLAY_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/intents.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/simulator.hpp>

#include "peer.hpp"
#include "record.hpp"

namespace peers {

/// What a policy writes down of a job for the result, because only the peer defines it.
struct account {
    std::int64_t preempt = 0;
    std::int64_t overhead_s = 0; ///< time on devices beyond the duration
};
using accounts = std::vector<account>;

[[nodiscard]] constexpr std::int64_t seconds(rota::sim_time at) noexcept { return rota::index(at) / 1000; }
[[nodiscard]] constexpr rota::sim_time at_second(std::int64_t s) noexcept { return rota::sim_time{s * 1000}; }

[[nodiscard]] inline std::vector<std::int64_t> durations_s(rota::job::workload const& jobs) {
    auto out = std::vector<std::int64_t>{};
    out.reserve(jobs.size());
    for (auto const& work : jobs.works) out.push_back(work.duration_ms / 1000);
    return out;
}

/// What no event tells a policy: a job has come that even the empty cluster cannot hold. The peers queue it.
[[nodiscard]] inline bool arrives(rota::event const& e) noexcept {
    return e.kind == rota::event_kind::submitted ||
           (e.kind == rota::event_kind::cancelled && e.why == rota::log::cause::infeasible);
}

/// The peers do not check what they do, but here a refused action is a bug of the replay.
inline void must(rota::answer got) {
    if (got != rota::answer::accepted && got != rota::answer::unchanged)
        throw std::logic_error{"the books refused an action of the replayed policy (answer " +
                               std::to_string(static_cast<int>(got)) + ")"};
}

/// Runs the scheduler that make() builds on `world` and writes down every job that finished, by submission.
///
/// `world` is from.jobs as the peer would let them run: same jobs, other works.
template <class Make>
[[nodiscard]] std::vector<record> replay(input const& from, rota::job::workload const& world,
                                         rota::simulation::conditions const& under, accounts const& tell,
                                         Make make) {
    auto run = rota::simulation::simulator{from.cluster, world, under};
    if (run.run(std::move(make)) == rota::simulation::simulator::ending::unsettled)
        throw std::logic_error{"the replayed policy did not come to rest"};
    auto rows = std::vector<record>{};
    for (auto j = std::size_t{0}; j != world.size(); ++j) {
        auto const& got = run.results()[j];
        if (got.outcome != rota::job::outcome::completed) continue;
        auto row = record{};
        row.job_id = world.names[j];
        row.num_gpu = world.specs[j].need.gpus_max;
        row.submit = seconds(world.specs[j].submit);
        row.start = seconds(got.first_start);
        row.finish = seconds(got.finish);
        row.jct = row.finish - row.submit;
        row.duration = from.jobs.works[j].duration_ms / 1000;
        row.wait = row.jct - row.duration - tell[j].overhead_s;
        row.preempt = tell[j].preempt;
        rows.push_back(std::move(row));
    }
    return rows;
}

/// A run that never ends by itself: its GPUs are held for ever and it has no row.
inline void never_ends(rota::job::work& work) noexcept { work.model_rate = {0, 0, 0, 0}; }

/// The works of a peer that loses the end of a job of no length.
[[nodiscard]] inline rota::job::workload without_instant_ends(rota::job::workload jobs) {
    for (auto& work : jobs.works)
        if (work.duration_ms == 0) never_ends(work);
    return jobs;
}

} // namespace peers

#endif
