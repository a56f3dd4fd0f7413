// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_OPTION_GROUPS_HPP
#define ROTA_CLI_OPTION_GROUPS_HPP

#include <string>

#include <CLI/App.hpp>

#include "options.hpp"

namespace cli {

inline constexpr auto cluster_help =
    "NODESxGPUS such as 1250x8, RACKSxNODESxGPUS such as 32x16x8, either with :a100 or :a30 where jobs ask "
    "for instances of split GPUs, a Tiresias cluster spec, or an openb node list";
inline constexpr auto scheduler_help = "NAME or NAME:key=value,...; see `rota list`";

/// Why a text is no whole number that fits, empty where it is one: CLI11 alone takes -1 for the largest there is, and cuts
/// what is larger.
[[nodiscard]] std::string not_whole(std::string const& text);

/// What may be wrong in an input.
void add_strictness(CLI::App& to, input_options& what);
/// How a trace is read.
void add_format(CLI::App& to, input_options& what);
/// A workload and the cluster that it is for.
void add_input(CLI::App& to, input_options& what);
/// What happens in a simulation besides the jobs.
void add_world(CLI::App& to, world_options& what);

} // namespace cli

#endif
