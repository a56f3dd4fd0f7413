// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_INPUTS_HPP
#define ROTA_CLI_INPUTS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/trace/reading.hpp>
#include <rota/trace/record.hpp>

#include "options.hpp"

namespace cli {

/// Everything a simulation is a function of, besides the scheduler.
struct inputs {
    rota::cluster::spec cluster;
    rota::job::workload jobs;
    std::string cluster_name; ///< as the user wrote it
    std::string workload_name;
    std::string format;
};

/// Prints the diagnostics of one reading, and the tally where there were rows to read. Ends the command with code 2
/// where it was refused, and without a word about it where a signal came.
void tell(std::string const& name, rota::trace::reading const& got, bool of_rows = true);

/// Reads cluster and workload, and prints what the readers say. Ends the command with code 2 where they
/// refuse.
[[nodiscard]] inputs read_inputs(input_options const& asked);

/// Reads the workload alone, and prints what the reader says. Ends the command with code 2 where it refuses.
[[nodiscard]] rota::trace::reading read_workload(input_options const& asked);

/// Reads the workload and gives its jobs one by one; `any_id`: an id may come again. Prints what the readers say;
/// the reading has no jobs. Ends the command with code 2 where they refuse.
[[nodiscard]] rota::trace::reading walk_workload(input_options const& asked, bool any_id,
                                                 rota::trace::record_sink each);

/// Ends the command with code 2 where an option is not one; needs no file.
void check_options(input_options const& asked);

/// The world of those options, quotas apart: what they are of is named in the workload. Ends the command with code 2 where
/// they make none.
[[nodiscard]] rota::simulation::conditions world_of(world_options const& asked);
/// Adds the quotas. Ends the command with code 2 where a node or a tenant is none of the input.
void settle_world(world_options const& asked, inputs const& in, rota::simulation::conditions& world);

/// The tenant of that name; nothing where there is none, or the name is empty.
[[nodiscard]] std::optional<rota::tenant_id> tenant_named(rota::job::workload const& jobs,
                                                          std::string_view name);
/// The names that tenants have.
[[nodiscard]] std::vector<std::string_view> tenant_names(rota::job::workload const& jobs);

/// The generated workload of a preset. Ends the command with code 2 where the settings make none.
[[nodiscard]] rota::job::workload generated_workload(generate_options const& asked);

/// The claims of those names, joined by commas. Ends the command with code 2 where one is none.
[[nodiscard]] rota::claim claims_named(std::string_view text);

/// Takes from all requests what the cluster does not count, CPU or memory, and says so.
void strip_uncounted(rota::cluster::spec const& cluster, rota::job::workload& jobs);

} // namespace cli

#endif
