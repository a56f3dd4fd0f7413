// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_HPP
#define ROTA_PEERS_TIRESIAS_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "replay.hpp"
#include "tiresias_dlas.hpp"
#include "tiresias_gittins.hpp"
#include "tiresias_law.hpp"
#include "tiresias_queue.hpp"
#include "tiresias_repack.hpp"
#include "tiresias_yarn.hpp"

namespace peers {

inline constexpr auto tiresias_policies = std::to_array<std::string_view>({"fifo",
                                                                           "fjf",
                                                                           "sjf",
                                                                           "shortest",
                                                                           "shortest-gpu",
                                                                           "dlas",
                                                                           "dlas-gpu",
                                                                           "dlas-gpu-05",
                                                                           "dlas-gpu-1",
                                                                           "dlas-gpu-2",
                                                                           "dlas-gpu-4",
                                                                           "dlas-gpu-8",
                                                                           "dlas-gpu-10",
                                                                           "dlas-gpu-100",
                                                                           "dlas-gpu-1000",
                                                                           "dlas-gpu-pack",
                                                                           "dlas-gpu-gittins",
                                                                           "dlas-gpu-gittins-1",
                                                                           "dlas-gpu-gittins-2",
                                                                           "dlas-gpu-gittins-4",
                                                                           "dlas-gpu-gittins-8",
                                                                           "gittins"});
inline constexpr auto tiresias_placements = std::to_array<std::string_view>({"count", "yarn"});

/// What a member of the dlas family is: of its names only the exact "dlas-gpu-gittins" uses the law, because
/// the source tests the name for equality, and every model of the pack variant fills its GPU.
[[nodiscard]] inline tiresias_dlas::settings tiresias_dlas_named(std::string_view policy,
                                                                 std::vector<std::int64_t> const& law) {
    auto how = tiresias_dlas::settings{.gpu_time = policy != "dlas", .twice_k = 0, .law = std::nullopt};
    if (tiresias_needs_law(policy)) how.law.emplace(law);
    for (auto const prefix : {std::string_view{"dlas-gpu-gittins-"}, std::string_view{"dlas-gpu-"}}) {
        if (!policy.starts_with(prefix)) continue;
        auto const knob = policy.substr(prefix.size());
        if (knob == "05") how.twice_k = 1;
        else if (knob.find_first_not_of("0123456789") == knob.npos)
            how.twice_k = 2 * std::stoll(std::string{knob});
        break;
    }
    return how;
}

/// The Tiresias simulator: event-driven, whole seconds, no cost of a stop, no network.
///
/// At one second: ends, then arrivals, then one pass.
/// Source    SymbioticLab/Tiresias 959f9b0, simulator/ (J. Gu et al., "Tiresias: A GPU Cluster Manager for
///           Distributed Deep Learning", NSDI 2019).
[[nodiscard]] inline std::vector<record> tiresias(input const& from) {
    auto tell = accounts(from.jobs.size());
    auto const& policy = from.policy;
    auto const yarn = from.placement == "yarn";
    if (policy == "fifo" || policy == "fjf") {
        // the end of a job of no length is put into the event under way, which is then dropped: it is lost
        auto const world = without_instant_ends(from.jobs);
        auto const how =
            policy == "fifo" ? tiresias_queue::scan::stops_at_first : tiresias_queue::scan::goes_on;
        return replay(from, world, {}, tell, [&] {
            return tiresias_queue{how, yarn ? std::optional{tiresias_yarn{from.cluster}} : std::nullopt};
        });
    }
    if (policy == "sjf" || policy.starts_with("shortest")) {
        if (yarn) // emptying the nodes forgets their memory, and soon nothing can be placed
            throw refusal{"Tiresias with " + policy +
                          " leaks the memory of its nodes under 'yarn' and ends "
                          "early: only placement 'count' is replayed"};
        using key = tiresias_repack::key;
        auto const by = policy == "sjf"        ? key::gpus
                        : policy == "shortest" ? key::remaining
                                               : key::remaining_gpu_time;
        return replay(from, from.jobs, {}, tell,
                      [&] { return tiresias_repack{by, durations_s(from.jobs), tell}; });
    }
    // the rest counts GPUs whatever the placement is called
    if (policy == "gittins")
        return replay(from, from.jobs, {}, tell,
                      [&] { return tiresias_gittins{tiresias_law{from.law}, from.jobs.size(), tell}; });
    return replay(from, from.jobs, {}, tell, [&] {
        return tiresias_dlas{tiresias_dlas_named(policy, from.law), from.jobs.size(), tell};
    });
}

} // namespace peers

#endif
