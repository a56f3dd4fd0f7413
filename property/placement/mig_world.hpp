// SPDX-License-Identifier: BSL-1.0
// Split GPUs told as a list, and the answer that one look at everything gives, for tests to compare ledgers and policies with.
#ifndef ROTA_PROPERTY_PLACEMENT_MIG_WORLD_HPP
#define ROTA_PROPERTY_PLACEMENT_MIG_WORLD_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/mig_request.hpp>

#include "mig_rules.hpp"

namespace mig_world {

namespace cluster = rota::cluster;
namespace placement = rota::placement;
using cluster::mig_instance;
using cluster::mig_layout;
using rota::node_id;
using gang = std::vector<mig_instance>;

/// All that lies on one GPU.
struct lying {
    int milli = 0; ///< held by jobs
    bool split = false;
    gang instances;
};

/// The cluster as a list: who holds what, nothing summed up.
struct told {
    cluster::spec const* spec;
    std::vector<cluster::mig_rule> rules;
    std::vector<std::vector<lying>> gpus; ///< [nodes][GPUs]
    std::vector<char> open;               ///< [nodes]
    std::vector<gang> gangs;
    std::vector<cluster::placement> jobs;

    told(cluster::spec const& of, std::vector<cluster::mig_rule> given) : spec{&of}, rules{std::move(given)} {
        rules.resize(of.models.size());
        for (auto const& node : of.nodes) gpus.emplace_back(node.gpus);
        open.assign(of.nodes.size(), 1);
    }

    [[nodiscard]] cluster::mig_rule const& rule(std::size_t n) const {
        return rules[index(spec->nodes[n].model)];
    }
    [[nodiscard]] cluster::mig_device const& device(std::size_t n) const {
        return cluster::mig_device_of(rule(n).kind);
    }
    /// CPU and memory that nobody on the node holds.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> left(std::size_t n) const {
        auto cpu = std::int64_t{spec->nodes[n].cpu_milli};
        auto mem = std::int64_t{spec->nodes[n].mem_mib};
        for (auto const& gpu : gpus[n])
            for (auto const& one : gpu.instances) {
                cpu -= one.cpu_milli;
                mem -= one.mem_mib;
            }
        for (auto const& job : jobs)
            for (auto const& part : job)
                if (index(part.node) == n) {
                    cpu -= part.cpu_milli;
                    mem -= part.mem_mib;
                }
        return {cpu, mem};
    }
    [[nodiscard]] mig_rules::slices taken(std::size_t n, std::size_t g) const {
        auto made = mig_rules::slices{};
        for (auto const& one : gpus[n][g].instances)
            made = mig_rules::with(device(n), one.profile, one.start, made);
        return made;
    }
    /// Free and permitted starts of the profile on that GPU.
    [[nodiscard]] std::vector<int> starts(std::size_t n, std::size_t g, int profile, bool permitted) const {
        if (!gpus[n][g].split || profile >= device(n).profiles) return {};
        auto found = mig_rules::starts(device(n), profile, taken(n, g));
        if (!permitted || rule(n).listed.empty()) return found;
        std::erase_if(found, [&](int s) {
            return std::none_of(rule(n).listed.begin(), rule(n).listed.end(), [&](mig_layout const& one) {
                auto good = one.begins[s] == profile + 1;
                for (auto const& there : gpus[n][g].instances)
                    good &= one.begins[there.start] == there.profile + 1;
                return good;
            });
        });
        return found;
    }
    void add(gang const& more) {
        for (auto const& one : more) gpus[index(one.node)][one.gpu].instances.push_back(one);
    }
    void remove(gang const& gone) {
        for (auto const& one : gone) std::erase(gpus[index(one.node)][one.gpu].instances, one);
    }
    void change(cluster::placement const& job, int sign) {
        for (auto const& part : job)
            for (auto g = std::size_t{0}; g != gpus[index(part.node)].size(); ++g)
                if ((part.gpus >> g & 1) != 0) gpus[index(part.node)][g].milli += sign * part.milli;
    }
};

/// The answer by one look at everything for each instance; nothing where one finds no place.
inline std::optional<gang> naive(placement::mig_request const& need, told world, bool packs) {
    auto placed = gang{};
    for (auto i = 0; i != need.count; ++i) {
        auto best = std::optional<mig_instance>{};
        auto top = std::int64_t{0};
        for (auto n = std::size_t{0}; n != world.gpus.size(); ++n) {
            if (world.open[n] == 0 || world.rule(n).kind != need.kind) continue;
            if ((need.models >> index(world.spec->nodes[n].model) & 1u) == 0) continue;
            auto const [cpu, mem] = world.left(n);
            if (cpu < need.cpu_milli || mem < need.mem_mib) continue;
            auto const& on = world.device(n);
            for (auto g = std::size_t{0}; g != world.gpus[n].size(); ++g) {
                auto const taken = world.taken(n, g);
                auto const start =
                    mig_rules::best(on, {}, need.profile, taken, world.starts(n, g, need.profile, true));
                if (start < 0) continue;
                auto const after = mig_rules::with(on, need.profile, start, taken);
                auto const score =
                    packs ? std::count(taken.begin(), taken.end(), true)
                          : mig_rules::fragments(on, {}, taken) - mig_rules::fragments(on, {}, after);
                if (best && score <= top) continue;
                top = score;
                best = mig_instance{.node = node_id{static_cast<std::uint32_t>(n)},
                                    .gpu = static_cast<std::uint8_t>(g),
                                    .profile = need.profile,
                                    .start = static_cast<std::uint8_t>(start),
                                    .cpu_milli = need.cpu_milli,
                                    .mem_mib = need.mem_mib};
            }
        }
        if (!best) return {};
        placed.push_back(*best);
        world.add({*best});
    }
    return placed;
}

} // namespace mig_world

#endif
