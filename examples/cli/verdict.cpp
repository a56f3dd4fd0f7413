// SPDX-License-Identifier: BSL-1.0
#include "verdict.hpp"

#include <optional>

#include <fmt/format.h>

#include <rota/log/record.hpp>
#include <rota/verify/changes_of.hpp>
#include <rota/verify/check.hpp>

#include "console.hpp"

namespace cli {

int say_verdict(rota::verify::report const& found, rota::log::schedule const& log, std::string const& file,
                std::string const& whose, std::vector<std::size_t> const& lines) {
    print(rota::verify::text(found));
    if (auto const broken = found.broken()) {
        auto const& why = found.of(*broken);
        auto line = std::optional<std::size_t>{};
        if (why.record < lines.size()) line = lines[why.record];
        print(fmt::format("\n{}: {}", file, rota::verify::explain(*broken, why, log, line)));
        return 1;
    }
    print(fmt::format("\n{}: {} records{} keep every law that was exercised\n", file, log.records.size(),
                      whose));
    return 0;
}

rota::verify::report judge_driven(rota::cluster::spec const& cluster, rota::job::workload const& jobs,
                                  rota::claim claims, rota::log::schedule const& log) {
    auto const told = rota::verify::changes_of(log);
    auto given = rota::verify::premises{};
    given.complete = false;
    given.late_ms_max = 600'000; // a lost node's jobs are on their way out for a while
    return rota::verify::check_log({.cluster = cluster,
                                    .jobs = jobs,
                                    .node_changes = told.nodes,
                                    .quota_changes = told.quotas,
                                    .claims = claims,
                                    .given = given,
                                    .log = log});
}

} // namespace cli
