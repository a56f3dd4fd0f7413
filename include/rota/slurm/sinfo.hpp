// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_SINFO_HPP
#define ROTA_SLURM_SINFO_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/take_until.hpp>
#include <rota/core/units.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/gres.hpp>

namespace rota::slurm {

/// What sinfo is asked for, with `-O`.
inline constexpr std::string_view sinfo_format =
    "NodeList:|,StateLong:|,Gres:|,PartitionName:|,CPUsState:|,AllocMem:|";

/// A node as sinfo shows it.
struct node_row {
    std::string_view name;
    std::string_view state;
    std::string_view resources;
    std::string_view partition{};
    std::string_view cpus{};   ///< allocated/idle/other/all
    std::string_view memory{}; ///< allocated, in MiB

    /// It may be given out. A mark behind the state (no answer, powered down, rebooting) says that it may not; but with +
    /// one of its jobs is on its way out, and with - Slurm has plans for it.
    [[nodiscard]] bool up() const noexcept {
        static constexpr auto good = std::to_array<std::string_view>(
            {"idle", "mixed", "mixed-", "allocated", "allocated+", "completing", "planned"});
        return std::find(good.begin(), good.end(), state) != good.end();
    }
    /// The CPU and memory that jobs have of it.
    [[nodiscard]] cluster::slice taken(node_id node) const {
        static constexpr auto most = std::int64_t{1'000'000'000};
        auto const number = [](std::string_view text) { return std::min(number_or(text, 0), most); };
        auto const cpu_milli = std::min(number(cpus.substr(0, cpus.find('/'))) * 1'000, most);
        return {.node = node,
                .gpus = 0,
                .cpu_milli = static_cast<std::uint32_t>(cpu_milli),
                .mem_mib = static_cast<std::uint32_t>(number(memory))};
    }
    /// It answers, and has jobs.
    [[nodiscard]] bool busy() const noexcept {
        static constexpr auto words =
            std::to_array<std::string_view>({"mixed", "allocated", "completing", "draining", "failing"});
        return !state.ends_with('*') && std::any_of(words.begin(), words.end(), [this](auto const word) {
            return state.starts_with(word);
        });
    }
};

/// The rows of sinfo, one for each node of each partition; nothing where a row is not what was asked for.
[[nodiscard]] inline std::optional<std::vector<node_row>> read_sinfo(std::string_view text) {
    auto out = std::vector<node_row>{};
    while (!text.empty()) {
        auto const row = take_until(text, '\n');
        if (row.empty()) continue;
        auto cells = std::array<std::string_view, 6>{};
        auto rest = row;
        for (auto& cell : cells) {
            auto const bar = rest.find('|');
            if (bar == rest.npos) return std::nullopt;
            cell = rest.substr(0, bar);
            rest.remove_prefix(bar + 1);
        }
        if (!rest.empty()) return std::nullopt;
        out.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]});
    }
    return out;
}

/// The cluster of those nodes: those with GPUs, in their order, those of several partitions once; a type of GPU is a model. Nothing where a node has
/// GPUs of two types or more than 16.
[[nodiscard]] inline std::optional<cluster::spec> cluster_of(std::vector<node_row> const& rows) {
    auto made = cluster::spec{};
    made.models.clear();
    for (auto const& row : rows) {
        if (!made.names.empty() && made.names.back() == row.name) continue;
        auto const has = read_gres(row.resources);
        if (!has || has->gpus > cluster::gpus_per_node_max) return std::nullopt;
        if (has->gpus == 0) continue;
        auto const type = has->type.empty() ? std::string_view{"gpu"} : has->type;
        auto const known = std::find(made.models.begin(), made.models.end(), type);
        auto const model = static_cast<std::size_t>(known - made.models.begin());
        if (known == made.models.end()) made.models.emplace_back(type);
        if (model >= static_cast<std::size_t>(cluster::models_max)) return std::nullopt;
        made.nodes.push_back({.gpus = static_cast<std::uint8_t>(has->gpus),
                              .model = static_cast<gpu_model>(model),
                              .cpu_milli = 0,
                              .mem_mib = 0,
                              .rack = {},
                              .spine = {}});
        made.names.emplace_back(row.name);
    }
    if (made.models.empty()) made.models.emplace_back("gpu");
    return made;
}

} // namespace rota::slurm

#endif
