// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SAFETY_HPP
#define ROTA_VERIFY_SAFETY_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/instances.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// S0. False where an id does not exist: then no other law can be asked.
[[nodiscard]] inline bool check_ids(subject const& of, report& to) {
    auto const& nodes = of.cluster.nodes;
    auto const slice_fault = [&](std::span<cluster::slice const> parts, bool whole_node) -> char const* {
        for (auto at = parts.begin(); at != parts.end(); ++at) {
            auto const& part = *at;
            if (index(part.node) >= nodes.size()) return "a node that does not exist";
            if (std::any_of(parts.begin(), at, [&](auto const& other) { return other.node == part.node; }))
                return "a node named twice";
            if (whole_node) continue;
            if (part.gpus == 0) return "a part without a GPU";
            if (part.gpus >> nodes[index(part.node)].gpus != 0) return "a GPU that does not exist";
            if (part.milli == 0 || (part.milli > whole_gpu && part.mig() == mig_size{}))
                return "a share outside 1 .. 1000";
        }
        return nullptr;
    };
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        auto const of_node = what.kind == log::kind::node_down || what.kind == log::kind::node_up;
        if (what.first > of.log.slices.size() || what.count > of.log.slices.size() - what.first) {
            to.breaks(law::ids_exist, i, "its devices lie outside the log");
            return false;
        }
        auto const job_fault = log::about_a_job(what.kind) && what.job >= of.jobs.size();
        auto const tenant_fault = what.kind == log::kind::quota && what.job >= of.jobs.tenants.size();
        if (job_fault || tenant_fault) {
            to.breaks(law::ids_exist, i, job_fault ? "no such job" : "no such tenant");
            return false;
        }
        auto const* fault = slice_fault(of.log.devices(what), of_node);
        if (fault == nullptr && of_node && what.count != 1) fault = "not exactly one node";
        if (fault == nullptr && (what.kind == log::kind::start || what.kind == log::kind::move) &&
            what.count == 0)
            fault = "no devices";
        if (fault != nullptr) {
            to.breaks(law::ids_exist, i, fault);
            return false;
        }
        to.exercised(law::ids_exist);
    }
    return true;
}

/// GPUs of the largest node of a model.
[[nodiscard]] inline int largest_node(cluster::spec const& cluster, gpu_model model) noexcept {
    auto largest = 0;
    for (auto const& node : cluster.nodes)
        if (node.model == model) largest = std::max<int>(largest, node.gpus);
    return largest;
}

namespace detail {

/// What is wrong with the amount that a gang holds, or null. Of CPU and memory less will do where a manager has chosen the place.
inline char const* amount_fault(job::request const& need, std::span<cluster::slice const> held,
                                bool elsewhere) {
    auto gpus = 0;
    for (auto const& part : held) {
        gpus += part.count();
        if (part.mig() != need.mig) return "not the instance it asked for";
        if (part.share() < need.milli_min || part.share() > need.milli) return "not the share it asked for";
        auto const count = static_cast<std::uint64_t>(part.count());
        auto const amiss = [&](std::uint32_t has, std::uint32_t a_gpu) {
            return has > a_gpu * count || (has < a_gpu * count && !elsewhere);
        };
        if (amiss(part.cpu_milli, need.cpu_milli)) return "not the CPU of its GPUs";
        if (amiss(part.mem_mib, need.mem_mib)) return "not the memory of its GPUs";
    }
    return gpus < need.gpus_min || gpus > need.gpus_max ? "not the number of GPUs it asked for" : nullptr;
}

/// What is wrong with the place, or null.
inline char const* place_fault(cluster::spec const& cluster, job::request const& need,
                               std::span<cluster::slice const> held) {
    auto gpus = 0;
    auto const& first = cluster.nodes[index(held.front().node)];
    for (auto const& part : held) {
        auto const& node = cluster.nodes[index(part.node)];
        gpus += part.count();
        if (!need.accepts(node.model)) return "a model that it does not accept";
        if (node.model != first.model) return "two models";
        if (need.span == job::span::one_rack && node.rack != first.rack) return "two racks";
    }
    if (need.span == job::span::anywhere) return nullptr;
    auto const fewest = need.span == job::span::one_node
                            ? 1
                            : divide_up(gpus, std::max(1, largest_node(cluster, first.model)));
    return static_cast<std::int64_t>(held.size()) > fewest ? "more nodes than it allows" : nullptr;
}

} // namespace detail

/// S1, S2, S4, S6, S8, after every record.
inline void check_devices(subject const& of, report& to) {
    auto holders = std::set<std::uint32_t>{};
    auto closed_since = std::vector<sim_time>(of.cluster.nodes.size(), never);
    auto drained = std::vector<bool>(of.cluster.nodes.size());
    auto const name = [](std::uint32_t job, char const* fault) {
        return "job " + std::to_string(job) + ": " + fault;
    };
    auto const grants = [](log::record const& what) {
        return what.kind == log::kind::start || what.kind == log::kind::move;
    };
    auto const check_host = [&](std::size_t i, std::size_t n, replay const& state) {
        to.exercised(law::capacity);
        if (state.free_cpu(n) < 0 || state.free_mem(n) < 0)
            to.breaks(law::capacity, i, "node " + std::to_string(n) + " has less CPU or memory");
    };
    auto const before = [&](std::size_t i, log::record const& what, replay const& state) {
        if (!grants(what)) return;
        auto const& need = of.jobs.specs[what.job].need;
        auto const parts = of.log.devices(what);
        to.exercised(law::gang_exact);
        to.exercised(law::suitable);
        to.exercised(law::closed_nodes);
        if (auto const* fault = detail::amount_fault(need, parts, what.why == log::cause::elsewhere))
            to.breaks(law::gang_exact, i, name(what.job, fault));
        if (auto const* fault = detail::place_fault(of.cluster, need, parts))
            to.breaks(law::suitable, i, name(what.job, fault));
        for (auto const& part : parts) {
            // a start may have been before the node went, and be heard of later
            auto const since = closed_since[index(part.node)];
            if (since != never && what.at < since + of.given.late_ms_max) continue;
            auto mine = false; // what it held there it may keep
            for (auto const& old : state.held(what.job))
                mine |= old.node == part.node && (part.gpus & ~old.gpus) == 0 &&
                        (part.milli == old.milli ||
                         (part.mig() == old.mig() && part.milli <= old.milli && part.mig() == mig_size{}));
            if (!state.open(index(part.node)) && !mine)
                to.breaks(law::closed_nodes, i, name(what.job, "gets devices of a closed node"));
        }
    };
    auto const after = [&](std::size_t i, log::record const& what, replay const& state, bool last) {
        if (grants(what))
            for (auto const& part : of.log.devices(what)) {
                auto const n = std::size_t{index(part.node)};
                to.exercised(law::devices_once);
                for (auto g = 0; g != of.cluster.nodes[n].gpus; ++g)
                    if (state.free_milli(n, g) < 0)
                        to.breaks(law::devices_once, i,
                                  "node " + std::to_string(n) + ", GPU " + std::to_string(g) + ": " +
                                      std::to_string(whole_gpu - state.free_milli(n, g)) + " milli held");
                for (auto g = 0; g != of.cluster.nodes[n].gpus && !state.split().none(); ++g)
                    if ((part.gpus >> g & 1) != 0)
                        if (auto const* fault = split_fault(of.cluster, part, state.split().of(n, g),
                                                            whole_gpu - state.free_milli(n, g)))
                            to.breaks(law::devices_once, i,
                                      "node " + std::to_string(n) + ", GPU " + std::to_string(g) + ": " +
                                          fault);
                check_host(i, n, state);
            }
        if (what.kind == log::kind::node_down || what.kind == log::kind::node_up)
            for (auto const& part : of.log.devices(what)) {
                closed_since[index(part.node)] = what.kind == log::kind::node_down ? what.at : never;
                drained[index(part.node)] = what.why == log::cause::drained;
                check_host(i, index(part.node), state);
            }
        if (of.node_changes.empty()) return;
        if (log::about_a_job(what.kind)) {
            if (state.held(what.job).empty()) holders.erase(what.job);
            else holders.insert(what.job);
        }
        if (!last) return;
        for (auto const j : holders)
            for (auto const& part : state.held(j)) {
                auto const since = closed_since[index(part.node)];
                if (since == never || drained[index(part.node)]) continue;
                to.exercised(law::closed_nodes);
                if (what.at >= since + of.given.late_ms_max)
                    to.breaks(law::closed_nodes, i, name(j, "still holds devices of a closed node"));
            }
    };
    walk(of, before, after);
}

} // namespace rota::verify

#endif
