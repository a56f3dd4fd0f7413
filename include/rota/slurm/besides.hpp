// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_BESIDES_HPP
#define ROTA_SLURM_BESIDES_HPP

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/counted.hpp>

namespace rota::slurm {

/// What a job asks for besides GPUs, in Slurm's own words.
struct besides {
    std::int64_t tasks = 1;
    std::int64_t tasks_a_node = 0; ///< 0: not said
    std::int64_t cpus = 1;         ///< of all tasks together
    std::int64_t cpus_a_task = 1;
    std::int64_t cpus_a_node = 1;     ///< at least
    std::string_view cpus_per_tres{}; ///< gres:gpu:3
    std::string_view mem_per_tres{};  ///< gres:gpu:300; gpu:300 where it is the partition's default
    std::int64_t mib = 0;             ///< of a node, or of a CPU; 0: not said, or all of a node
    bool mib_a_cpu = false;           ///< of a CPU
    bool layout = false;              ///< it asks for sockets or cores
    bool threads = false;             ///< it asks for threads of a core
    bool alone = false;               ///< it has its nodes to itself, and so all CPUs of them
};

/// Puts it into a request for GPUs, which has CPU and memory by GPU. Why that cannot be, or nothing.
///
/// Meaning   A job on one node, or on whole ones, is mapped exactly: by rounding, nobody gets what is not there. One that Slurm
///           spreads as it likes, or whose size may change, has to want CPU and memory by GPU, or a CPU a node at most, which
///           counts as one a GPU. What only the partition's defaults say is counted as the most that it may be.
[[nodiscard]] inline std::string_view map_besides(besides const& said, counted const& how,
                                                  job::request& need) {
    if (!how.cpus && !how.memory) return {};
    if (how.cpus && (said.layout || (said.threads && how.together > 1)))
        return "it asks for sockets, cores or threads of its nodes";
    auto const per_gpu = [](std::string_view text) {
        return text.empty() ? 0 : number_or(text.substr(text.rfind(':') + 1), -1);
    };
    auto a_gpu = per_gpu(said.cpus_per_tres);
    auto const mib_a_gpu = per_gpu(said.mem_per_tres);
    if (a_gpu < 0 || mib_a_gpu < 0 || said.mib < 0) return "its CPUs or memory are no number";
    constexpr auto too_much = std::string_view{"it asks for more CPUs or memory than a node has"};
    constexpr auto most_cpus = std::int64_t{100'000};
    constexpr auto most_mib = std::int64_t{100'000'000};
    if (std::max({said.cpus, said.cpus_a_task, said.cpus_a_node, said.tasks_a_node, a_gpu}) > most_cpus ||
        std::max(said.mib, mib_a_gpu) > most_mib)
        return too_much;
    auto const gpus = std::int64_t{need.gpus_max};
    auto const nodes = (gpus + how.gpus_max - 1) / how.gpus_max; // at least, and as many where they are whole
    auto const spread = !need.rigid() || (nodes > 1 && gpus % how.gpus_max != 0);
    auto const here = spread ? std::int64_t{1} : gpus / nodes; // GPUs that what follows goes with

    auto cpus = nodes == 1 ? said.cpus : said.tasks_a_node * said.cpus_a_task;
    if (nodes > 1 && said.tasks_a_node == 0) {
        if (said.tasks > nodes) return "its tasks lie on its nodes as Slurm likes";
        cpus = said.cpus_a_task;
    }
    cpus = std::max({cpus, said.cpus_a_node, std::int64_t{1}});
    if (spread && cpus > 1) return "its CPUs do not go with its GPUs";
    if (a_gpu == 0 && said.cpus_a_task == 1) a_gpu = how.cpus_a_gpu;
    cpus = std::max(cpus, a_gpu * here);
    cpus = (cpus + how.together - 1) / how.together * how.together;
    if (said.alone && how.cpus) cpus = std::max(cpus, how.cpus_min);
    if (cpus > most_cpus) return too_much;

    auto mib = said.mib_a_cpu ? said.mib * cpus : said.mib;
    if (said.mem_per_tres.starts_with("gres")) {
        mib = mib_a_gpu * here;
    } else if (said.mib == 0) {
        mib = std::max(mib_a_gpu, how.mib_a_gpu) * here;
    } else if (said.mib_a_cpu && said.mib == how.mib_a_cpu) {
        mib = std::max(mib, how.mib_a_gpu * here);
    } else if (spread && !said.mib_a_cpu) {
        mib = -1;
    }
    if (mib == 0) mib = spread || how.mib_min != how.mib_max ? -1 : how.mib_max; // all that a node has
    if (how.memory && mib < 0) return "its memory does not go with its GPUs";
    if (mib > most_mib) return too_much;
    // Down: what is missing of a node's jobs is less than a CPU in all, and Slurm gives out whole ones.
    if (how.cpus) need.cpu_milli = static_cast<std::uint32_t>(cpus * 1'000 / here);
    if (!how.memory) return {};
    // Up, unless it takes a whole node; what that leaves is less than any job counts for.
    constexpr auto least = std::int64_t{2 * cluster::gpus_per_node_max};
    auto const up = (mib + here - 1) / here;
    need.mem_mib = static_cast<std::uint32_t>(std::max(up * here <= how.mib_max ? up : mib / here, least));
    return {};
}

} // namespace rota::slurm

#endif
