// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIBSLURM_COUNT_BESIDES_HPP
#define ROTA_LIBSLURM_COUNT_BESIDES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/libslurm/in_time.hpp>
#include <rota/libslurm/state.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/counted.hpp>

namespace rota::libslurm {

/// What a node's record says of its CPUs and memory.
[[nodiscard]] inline slurm::capacity capacity_of(node_info_t const& node) noexcept {
    auto out = slurm::capacity_of(node.cpus, node.sockets, node.cores,
                                  node.cpus_efctv == 0 ? node.cpus : node.cpus_efctv,
                                  static_cast<std::int64_t>(node.real_memory - node.mem_spec_limit));
    out.tmp_mib = node.tmp_disk;
    return out;
}

/// The CPU and memory that jobs have of a node.
[[nodiscard]] inline cluster::slice taken_of(node_info_t const& node, node_id id) {
    auto cpus = std::uint16_t{0};
    auto mib = std::uint64_t{0};
    slurm_get_select_nodeinfo(node.select_nodeinfo, SELECT_NODEDATA_SUBCNT, NODE_STATE_ALLOCATED, &cpus);
    slurm_get_select_nodeinfo(node.select_nodeinfo, SELECT_NODEDATA_MEM_ALLOC, NODE_STATE_ALLOCATED, &mib);
    return {.node = id,
            .gpus = 0,
            .cpu_milli = cpus * 1'000u,
            .mem_mib = static_cast<std::uint32_t>(std::min<std::uint64_t>(mib, 1'000'000'000))};
}

/// What the configuration and a partition's record say of what is given out besides GPUs.
[[nodiscard]] inline slurm::counted counted_of(slurm_conf_t const& all, partition_info_t const& own) {
    auto const how = own.cr_type != 0 ? own.cr_type : all.select_type_param;
    auto out = slurm::counted{};
    if (all.select_type != nullptr && std::string_view{all.select_type}.starts_with("select/cons_")) {
        using unit = slurm::counted::unit;
        out.gives = (how & CR_SOCKET) != 0 ? unit::socket : (how & CR_CPU) != 0 ? unit::thread : unit::core;
        out.cpus = (how & (CR_SOCKET | CR_CPU | CR_CORE)) != 0 && (own.max_share & SHARED_FORCE) == 0;
        out.memory = (how & CR_MEMORY) != 0;
    }
    if (own.max_cpus_per_node != INFINITE) out.cpus_a_node = own.max_cpus_per_node;
    for (auto const list :
         {all.job_defaults_list, own.job_defaults_list}) { // the partition's word is the last
        if (list == nullptr) continue;
        auto* const each = slurm_list_iterator_create(list);
        while (auto const* const one = static_cast<job_defaults_t*>(slurm_list_next(each))) {
            if (one->type == JOB_DEF_CPU_PER_GPU) out.cpus_a_gpu = static_cast<std::int64_t>(one->value);
            if (one->type == JOB_DEF_MEM_PER_GPU) out.mib_a_gpu = static_cast<std::int64_t>(one->value);
        }
        slurm_list_iterator_destroy(each);
    }
    for (auto const memory : {all.def_mem_per_cpu, own.def_mem_per_cpu})
        if ((memory & MEM_PER_CPU) != 0 && memory != INFINITE64 && memory != NO_VAL64)
            out.mib_a_cpu = static_cast<std::int64_t>(memory & ~MEM_PER_CPU);
    return out;
}

/// As slurm::count_besides: what the controller gives out of these nodes besides GPUs, and how.
[[nodiscard]] inline std::optional<slurm::counted>
count_besides(std::string const& partition, cluster::spec& nodes, std::string& complaint, in_time& call) {
    struct answer {
        int error = SLURM_SUCCESS;
        slurm::counted how{};
        std::unordered_map<std::string, slurm::capacity> nodes{};
    };
    auto const got = call([partition] {
        auto const seen = load({});
        if (seen.error != SLURM_SUCCESS) return answer{.error = seen.error};
        slurm_conf_t* all = nullptr;
        if (slurm_load_ctl_conf(0, &all) != SLURM_SUCCESS) return answer{.error = last_error()};
        auto out = answer{};
        for (auto const& one : records(*seen.partitions))
            if (one.name != nullptr && one.name == partition) out.how = counted_of(*all, one);
        slurm_free_ctl_conf(all);
        for (auto const& one : records(*seen.nodes))
            if (one.name != nullptr) out.nodes.emplace(one.name, capacity_of(one));
        return out;
    });
    if (!got || got->error != SLURM_SUCCESS) {
        complaint = got ? slurm_strerror(got->error) : "no answer in time";
        return std::nullopt;
    }
    auto how = got->how;
    if (!how.add_all(got->nodes, nodes, complaint)) return std::nullopt;
    return how;
}

} // namespace rota::libslurm

#endif
