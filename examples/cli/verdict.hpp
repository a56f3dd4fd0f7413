// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_VERDICT_HPP
#define ROTA_CLI_VERDICT_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/verify/report.hpp>

namespace cli {

/// Prints how a log fared, law by law, and what broke the first one. The exit code.
///
/// file: where the log comes from; whose: how many jobs it is about, as far as that is known; lines: those of its records
/// in that file, empty where they stand in none.
[[nodiscard]] int say_verdict(rota::verify::report const& found, rota::log::schedule const& log,
                              std::string const& file, std::string const& whose = {},
                              std::vector<std::size_t> const& lines = {});

/// Judges what the driver of a live cluster has done, as far as its log tells: it may go on, nobody knows how long its
/// jobs should run, and nodes went when it says so.
[[nodiscard]] rota::verify::report judge_driven(rota::cluster::spec const& cluster,
                                                rota::job::workload const& jobs, rota::claim claims,
                                                rota::log::schedule const& log);

} // namespace cli

#endif
