// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_COUNTED_HPP
#define ROTA_SLURM_COUNTED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include <rota/cluster/spec.hpp>
#include <rota/core/take_until.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/value_of.hpp>

namespace rota::slurm {

/// What Slurm gives out in a partition besides GPUs, and what it takes a job to want that does not say.
struct counted {
    enum class unit : std::uint8_t { thread, core, socket };

    bool cpus = false;
    bool memory = false;
    unit gives = unit::core;      ///< CPUs are given out by whole ones of these
    std::int64_t together = 1;    ///< so many CPUs
    std::int64_t cpus_a_node = 0; ///< that jobs of the partition may have; 0: all
    std::int64_t cpus_a_gpu = 0;  ///< DefCpuPerGPU; 0: none
    std::int64_t mib_a_gpu = 0;   ///< DefMemPerGPU; 0: none
    std::int64_t mib_a_cpu = 0;   ///< DefMemPerCPU; 0: none
    // of the nodes that were added
    std::int64_t gpus_max = 1;
    std::int64_t mib_max = 0;
    std::int64_t mib_min = std::numeric_limits<std::int64_t>::max();
    std::int64_t cpus_min = std::numeric_limits<std::int64_t>::max();
    std::int64_t tmp_mib_min = std::numeric_limits<std::int64_t>::max(); ///< temporary disk

    /// Puts what is counted of a node into it.
    void add(capacity const& has, cluster::node& node) noexcept {
        constexpr auto most_cpus = std::int64_t{1'000'000};
        constexpr auto most_mib = std::int64_t{1'000'000'000};
        auto const open = cpus_a_node == 0 ? has.cpus : std::min(has.cpus, cpus_a_node);
        if (cpus) node.cpu_milli = static_cast<std::uint32_t>(std::min(open, most_cpus) * 1'000);
        if (memory) node.mem_mib = static_cast<std::uint32_t>(std::min(has.mib, most_mib));
        together = std::max(together, gives == unit::socket ? has.a_socket
                                      : gives == unit::core ? has.a_core
                                                            : 1);
        gpus_max = std::max<std::int64_t>(gpus_max, node.gpus);
        mib_max = std::max<std::int64_t>(mib_max, node.mem_mib);
        mib_min = std::min<std::int64_t>(mib_min, node.mem_mib);
        cpus_min = std::min<std::int64_t>(cpus_min, node.cpu_milli / 1'000);
        tmp_mib_min = std::min(tmp_mib_min, has.tmp_mib);
    }

    /// As `add` for all nodes of a cluster, by their names. False with `complaint` set where nothing is known of one.
    [[nodiscard]] bool add_all(std::unordered_map<std::string, capacity> const& known, cluster::spec& to,
                               std::string& complaint) {
        if (!cpus && !memory) return true;
        for (auto n = std::size_t{0}; n != to.nodes.size(); ++n) {
            auto const has = known.find(to.names[n]);
            if (has == known.end()) {
                complaint = "Slurm does not show the CPUs and memory of node " + to.names[n];
                return false;
            }
            add(has->second, to.nodes[n]);
        }
        return true;
    }

    friend bool operator==(counted const&, counted const&) = default;
};

/// The cluster counts CPU or memory on one of its nodes.
[[nodiscard]] inline bool counts_besides(cluster::spec const& all) {
    return std::any_of(all.nodes.begin(), all.nodes.end(),
                       [](auto const& one) { return one.cpu_milli != 0 || one.mem_mib != 0; });
}

namespace detail {

/// What of `DefCpuPerGPU=3,DefMemPerGPU=500` is said of that name.
[[nodiscard]] inline std::int64_t job_default(std::string_view list, std::string_view name,
                                              std::int64_t otherwise) {
    while (!list.empty()) {
        auto const one = take_until(list, ',');
        if (one.starts_with(name) && one.substr(name.size(), 1) == "=")
            return number_or(one.substr(name.size() + 1), otherwise);
    }
    return otherwise;
}

} // namespace detail

/// Reads it from what `scontrol show config` and `scontrol --oneliner show partition NAME` print.
///
/// Meaning   A partition's own word goes before that for all. CPUs that several jobs may have (OverSubscribe=FORCE) and
///           those of nodes that are given out whole (select/linear) are not counted.
[[nodiscard]] inline counted read_counted(std::string_view config, std::string_view partition) {
    auto const said = [partition](std::string_view key) {
        return only_value_of(partition, key).value_or(std::string_view{});
    };
    auto const own = said("SelectTypeParameters");
    auto const how = own.starts_with("CR_") ? own : value_of(config, "SelectTypeParameters");
    auto const has = [how](std::string_view word) { return how.find(word) != how.npos; };
    auto out = counted{};
    if (value_of(config, "SelectType").starts_with("select/cons_")) {
        out.gives = has("CR_SOCKET") ? counted::unit::socket
                    : has("CR_CPU")  ? counted::unit::thread
                                     : counted::unit::core;
        out.cpus = (has("CR_SOCKET") || has("CR_CPU") || has("CR_CORE")) &&
                   !said("OverSubscribe").starts_with("FORCE");
        out.memory = has("_MEMORY");
    }
    auto const all = value_of(config, "JobDefaults");
    auto const own_defaults = said("JobDefaults");
    out.cpus_a_node = number_or(said("MaxCPUsPerNode"), 0);
    out.cpus_a_gpu =
        detail::job_default(own_defaults, "DefCpuPerGPU", detail::job_default(all, "DefCpuPerGPU", 0));
    out.mib_a_gpu =
        detail::job_default(own_defaults, "DefMemPerGPU", detail::job_default(all, "DefMemPerGPU", 0));
    out.mib_a_cpu = number_or(said("DefMemPerCPU"), number_or(value_of(config, "DefMemPerCPU"), 0));
    return out;
}

} // namespace rota::slurm

#endif
