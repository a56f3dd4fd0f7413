// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_YARN_HPP
#define ROTA_PEERS_TIRESIAS_YARN_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

#include "devices.hpp"

namespace peers {

/// Tiresias's placement "yarn": the first switch in which a gang fits, on as few nodes as it can fill.
///
/// GPUs are the engine's; cores and memory, which the peer derives from the size of the gang, are kept here.
/// Memory is counted in gigabytes as the peer's floating-point numbers, in its order of operations.
/// Source    SymbioticLab/Tiresias, simulator/switch.py (try_single_node_alloc, try_cross_node_alloc).
class tiresias_yarn {
public:
    explicit tiresias_yarn(rota::cluster::spec const& cluster) {
        for (auto const& node : cluster.nodes)
            left_.push_back({node.cpu_milli / 1000, static_cast<double>(node.mem_mib) / 1024.0});
    }

    /// Devices for the gang, whose cores and memory it then holds; empty where no switch has them.
    [[nodiscard]] rota::cluster::placement place(rota::cluster::occupancy const& free, rota::job_id id,
                                                 int gpus) {
        auto const& nodes = free.layout().nodes;
        for (auto first = std::size_t{0}, last = first; first != nodes.size(); first = last) {
            while (last != nodes.size() && nodes[last].rack == nodes[first].rack) ++last;
            auto const size = int{nodes[first].gpus};
            auto found =
                gpus > size ? across(free, first, last, gpus, size) : within(free, first, last, gpus);
            if (!found.empty()) return hold(id, free, found);
        }
        return {}; // a gang never spills over switches
    }
    void release(rota::job_id id) {
        auto const at = held_.find(id);
        for (auto const& [node, what] : at->second) {
            left_[node].cores += what.cores;
            left_[node].gigabytes += what.gigabytes;
        }
        held_.erase(at);
    }

private:
    struct share {
        std::int64_t cores;
        double gigabytes;
    };
    struct part {
        std::size_t node;
        int gpus;
        share needs;
    };
    using parts = std::vector<part>;

    [[nodiscard]] bool has(rota::cluster::occupancy const& free, part const& wanted) const {
        return free.whole_count(id_of(wanted.node)) >= wanted.gpus &&
               left_[wanted.node].cores >= wanted.needs.cores &&
               left_[wanted.node].gigabytes >= wanted.needs.gigabytes;
    }
    [[nodiscard]] parts within(rota::cluster::occupancy const& free, std::size_t first, std::size_t last,
                               int gpus) const {
        // a worker takes 2 cores, the parameter server that comes with each GPU of a gang another 4
        auto const needs = share{gpus == 1 ? 2 : 6 * gpus, 5.0};
        for (auto n = first; n != last; ++n)
            if (auto const one = part{n, gpus, needs}; has(free, one)) return {one};
        return {};
    }
    [[nodiscard]] parts across(rota::cluster::occupancy const& free, std::size_t first, std::size_t last,
                               int gpus, int size) const {
        auto const server_gb = 6 + gpus * 0.1;
        auto const each_gb = server_gb + 5;
        auto const wanted = static_cast<std::size_t>(gpus / size);
        auto found = parts{};
        auto taken = std::vector<bool>(last - first);
        for (auto n = first; n != last && found.size() != wanted; ++n)
            if (auto const one = part{n, size, {6 * size, each_gb * size}}; has(free, one)) {
                found.push_back(one);
                taken[n - first] = true;
            }
        if (found.size() != wanted) return {};
        auto const rest = gpus % size;
        if (rest == 0) return found;
        for (auto n = first; n != last; ++n)
            if (auto const one = part{n, rest, {6 * rest, each_gb * rest}};
                !taken[n - first] && has(free, one)) {
                found.push_back(one);
                return found;
            }
        return {};
    }
    [[nodiscard]] rota::cluster::placement hold(rota::job_id id, rota::cluster::occupancy const& free,
                                                parts const& found) {
        auto where = rota::cluster::placement{};
        auto& mine = held_[id];
        for (auto const& one : found) {
            where.add(some_of(free, id_of(one.node), one.gpus));
            left_[one.node].cores -= one.needs.cores;
            left_[one.node].gigabytes -= one.needs.gigabytes;
            mine.emplace_back(one.node, one.needs);
        }
        return where;
    }
    [[nodiscard]] static rota::node_id id_of(std::size_t n) noexcept { return static_cast<rota::node_id>(n); }

    std::vector<share> left_; ///< by node
    std::map<rota::job_id, std::vector<std::pair<std::size_t, share>>> held_;
};

} // namespace peers

#endif
