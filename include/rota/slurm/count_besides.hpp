// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_COUNT_BESIDES_HPP
#define ROTA_SLURM_COUNT_BESIDES_HPP

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/take_until.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/counted.hpp>

namespace rota::slurm {

/// Puts into the nodes of a cluster what Slurm gives out of them besides GPUs, and says how it does that. Nothing where
/// Slurm does not say so, with `complaint` set.
template <class Run = runner>
[[nodiscard]] std::optional<counted> count_besides(std::string const& partition, cluster::spec& nodes,
                                                   std::string& complaint, Run const& run = Run{}) {
    auto const ask = [&](std::vector<std::string> const& argv) -> std::optional<std::string> {
        auto got = run(argv);
        if (got.how == command_result::end::exited && got.code == 0) return got.out;
        complaint = got.err.empty() ? "scontrol does not say what Slurm gives out besides GPUs" : got.err;
        return std::nullopt;
    };
    auto const config = ask({"scontrol", "show", "config"});
    auto const its = config ? ask({"scontrol", "--oneliner", "show", "partition", partition}) : config;
    auto const records = its ? ask({"scontrol", "--oneliner", "show", "node"}) : its;
    if (!records) return std::nullopt;
    auto out = read_counted(*config, *its);
    auto known = std::unordered_map<std::string, capacity>{};
    for (auto rest = std::string_view{*records}; !rest.empty();) {
        auto const row = take_until(rest, '\n');
        auto const name = only_value_of(row, "NodeName");
        auto const has = read_capacity(row);
        if (name && has) known.emplace(*name, *has);
    }
    if (!out.add_all(known, nodes, complaint)) return std::nullopt;
    return out;
}

} // namespace rota::slurm

#endif
