// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_ALLOCATION_HPP
#define ROTA_SLURM_ALLOCATION_HPP

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/gres.hpp>
#include <rota/slurm/hostlist.hpp>

namespace rota::slurm {

/// Reads which GPUs a job has of each node from what `scontrol -d show job` prints of it.
///
/// Syntax    ... Nodes=n[1-2] CPU_IDs=0 Mem=0 GRES=gpu:4(IDX:0-3) Nodes=n3 CPU_IDs=0 Mem=0 GRES=gpu:1(IDX:0) ...
/// Meaning   by node. Nothing where a node stands there twice: the name of a job may hold any words.
[[nodiscard]] inline std::vector<live::part>
read_allocation(std::string_view text, std::unordered_map<std::string, node_id> const& nodes) {
    constexpr auto blank = std::string_view{" \n\t"};
    auto const word = [&] {
        text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
        auto const one = text.substr(0, text.find_first_of(blank));
        text.remove_prefix(one.size());
        return one;
    };
    auto out = std::vector<live::part>{};
    for (auto one = word(); !one.empty();) {
        if (!one.starts_with("Nodes=")) {
            one = word();
            continue;
        }
        auto const names = expand_hosts(one.substr(one.find('=') + 1));
        if (!(one = word()).starts_with("CPU_IDs=") || !(one = word()).starts_with("Mem=") ||
            !(one = word()).starts_with("GRES="))
            continue;
        auto const its = read_gres(one.substr(one.find('=') + 1));
        if (!names || !its) return {};
        for (auto const& name : *names)
            if (auto const node = nodes.find(name); node != nodes.end())
                out.push_back({node->second, its->gpus});
    }
    std::sort(out.begin(), out.end(),
              [](auto const& a, auto const& b) { return index(a.node) < index(b.node); });
    auto const twice = std::adjacent_find(out.begin(), out.end(),
                                          [](auto const& a, auto const& b) { return a.node == b.node; });
    return twice == out.end() ? out : std::vector<live::part>{};
}

} // namespace rota::slurm

#endif
