// SPDX-License-Identifier: BSL-1.0
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/find_cluster.hpp>
#include <rota/slurm/site.hpp>
#include <rota/slurm/value_of.hpp>

#include "failure.hpp"
#include "slurm_way.hpp"

namespace cli {

namespace {

using rota::slurm::command_result;
using rota::slurm::value_of;

/// What a client of Slurm prints; ends the command where it prints nothing.
std::string asked(rota::slurm::runner const& run, std::vector<std::string> const& argv) {
    auto got = run(argv);
    if (got.how == command_result::end::exited && got.code == 0) return std::move(got.out);
    while (got.err.ends_with('\n')) got.err.pop_back();
    fail(fmt::format("{} {}: {}", argv[0], argv[1],
                     got.how == command_result::end::timed_out     ? "no answer in time"
                     : got.how == command_result::end::not_started ? "it does not start; is Slurm installed?"
                                                                   : got.err));
}

} // namespace

std::unique_ptr<slurm_way> open_slurm(rota::cluster::spec const& cluster, std::string const& partition,
                                      rota::slurm::site const& names, rota::millis timeout_ms) {
    return std::make_unique<slurm_through<rota::slurm::client<>>>(cluster, partition, names,
                                                                  rota::slurm::runner{timeout_ms});
}

controller ask_controller(rota::millis timeout_ms) {
    auto const run = rota::slurm::runner{timeout_ms};
    auto const here = asked(run, {"scontrol", "--version"});
    auto const config = asked(run, {"scontrol", "show", "config"});
    return {.version = std::string{value_of(config, "SLURM_VERSION")},
            .owner = std::string{value_of(config, "SlurmUser")},
            .clients = here.substr(0, here.find('\n')),
            .name = std::string{value_of(config, "ClusterName")},
            .state = std::string{value_of(config, "StateSaveLocation")}};
}

std::string slurm_way_name() { return "clients"; }

std::optional<rota::cluster::spec> find_slurm(std::string const& partition, std::string& complaint,
                                              rota::millis timeout_ms) {
    return rota::slurm::find_cluster(partition, complaint, rota::slurm::runner{timeout_ms});
}

} // namespace cli
