// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_HELIOS_HPP
#define ROTA_PEERS_HELIOS_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>

#include "devices.hpp"
#include "helios_queue.hpp"
#include "helios_restart.hpp"
#include "replay.hpp"

namespace peers {

inline constexpr auto helios_policies = std::to_array<std::string_view>({"fifo", "sjf", "qssf", "srtf"});
inline constexpr auto helios_placements = std::to_array<std::string_view>({"consolidate", "random"});

/// Helios's placement "consolidate": up to 8 GPUs on the node with the fewest free GPUs that has them; more
/// on whole nodes of 8, the rest on the next node by free GPUs. Ties go by index.
/// Source    S-Lab-System-Group/HeliosArtifact, framework/QSSF Service/policies/placer/consolidate.py.
[[nodiscard]] inline rota::cluster::placement helios_consolidate(rota::cluster::occupancy const& free,
                                                                 int gpus) {
    constexpr auto size = 8; // written into the source
    auto nodes = std::vector<rota::node_id>{};
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        if (free.whole_count(rota::node_id{n}) > 0) nodes.push_back(rota::node_id{n});
    auto const count = [&](rota::node_id n) { return free.whole_count(n); };
    auto found = rota::cluster::placement{};
    if (gpus <= size) {
        auto fewest = static_cast<rota::node_id const*>(nullptr);
        for (auto const& n : nodes)
            if (count(n) >= gpus && (fewest == nullptr || count(n) < count(*fewest))) fewest = &n;
        if (fewest != nullptr) found.add(some_of(free, *fewest, gpus));
        return found;
    }
    ::ranges::stable_sort(nodes, std::ranges::greater{}, count);
    for (auto const n : nodes) {
        auto const here = std::min(gpus, size);
        if (here == 0) break;
        if (count(n) < here) return {};
        found.add(some_of(free, n, here));
        gpus -= here;
    }
    if (gpus > 0) found.clear();
    return found;
}

/// The devices of a named placement. Helios's "random" draws nothing: it takes whatever is free, node by
/// node.
/// Source    S-Lab-System-Group/HeliosArtifact, framework/QSSF Service/policies/placer/random.py.
[[nodiscard]] inline placer helios_placer(input const& from) {
    if (from.placement == "random") return anywhere;
    for (auto const& node : from.cluster.nodes)
        if (node.gpus != 8) throw refusal{"'consolidate' is written for nodes of 8 GPUs, as Helios has them"};
    return helios_consolidate;
}

[[nodiscard]] inline std::vector<record> helios_queued(input const& from) {
    // an end at the second of the start is never looked for: such a job stays for ever
    using key = helios_queue::key;
    auto const by = from.policy == "fifo" ? key::submit : from.policy == "sjf" ? key::duration : key::service;
    return replay(from, without_instant_ends(from.jobs), {}, accounts(from.jobs.size()),
                  [&] { return helios_queue{by, helios_placer(from), durations_s(from.jobs)}; });
}

template <class Line>
[[nodiscard]] std::vector<record> helios_restarted(input const& from, Line line, penalty_rule penalty) {
    auto world = from.jobs;
    for (auto& work : world.works) work.duration_ms += 1000; // the off by one
    auto tell = accounts(world.size());
    return replay(from, world, {}, tell, [&] {
        return helios_restart<Line>{line,         helios_placer(from),    penalty,
                                    from.cluster, durations_s(from.jobs), tell};
    });
}

/// The clock of Helios and Lucid: second 0 is the first submission.
[[nodiscard]] inline input from_first_submit(input from) {
    if (from.jobs.specs.empty()) return from;
    auto const first = from.jobs.specs.front().submit;
    for (auto& spec : from.jobs.specs) spec.submit = rota::sim_time{spec.submit - first};
    return from;
}

/// Helios's simulator: ticks of one second, one virtual cluster.
///
/// Source    S-Lab-System-Group/HeliosArtifact bdaae10, framework/QSSF Service (Q. Hu et al.,
///           "Characterization and prediction of deep learning workloads in large-scale GPU datacenters",
///           SC 2021).
[[nodiscard]] inline std::vector<record> helios(input const& asked) {
    auto const from = from_first_submit(asked);
    if (from.policy != "srtf") return helios_queued(from);
    return helios_restarted(from, by_remaining{}, [](std::int64_t gpus) -> std::int64_t {
        return gpus == 1 ? 7 : gpus <= 8 ? 30 : 60;
    });
}

} // namespace peers

#endif
