// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_OPTIONS_HPP
#define ROTA_CLI_OPTIONS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// What to read, and how.
struct input_options {
    std::string workload;
    std::string format = "rota";
    std::string cluster;
    std::string map; ///< of format csv
    std::string on_error = "strict";
    std::string zero_gpus = "drop";
    std::string swf_processors = "allocated";
    std::vector<std::string> repairs;
    bool allow_empty = false;
    bool strict_order = false;
};

/// The simulated world.
struct world_options {
    std::uint64_t seed = 1;
    std::string placement; ///< empty: consolidated
    std::string cost = "none";
    double save_s = 0;     ///< of --cost fixed
    double restore_s = 30; ///< of --cost fixed
    double round_s = 0;
    double launch_s = 0;
    double latency_s = 0;
    double start_failure = 0;
    double crash_mean_h = 0;
    double checkpoint_s = 0;
    std::vector<std::string> outages; ///< NODE@DOWN+SECONDS
    std::vector<std::string> drains;  ///< NODE@FROM+SECONDS
    std::vector<std::string> others;  ///< NODE@FROM+SECONDS=CPUS/MIB
    std::vector<std::string> quotas;  ///< TENANT@SECOND=GPUS
};

struct simulate_options {
    input_options input;
    world_options world;
    std::string scheduler;
    std::string jobs_csv;
    std::string log;
    std::string summary;
    std::string resume; ///< empty: nothing is noted
};

struct compare_options {
    input_options input;
    world_options world;
    std::string schedulers; ///< empty: the panel
    std::string summary;
    std::string folder; ///< empty: no files but the summary
};

struct quickstart_options {
    world_options world;
    std::string schedulers;
    std::string folder = "out";
    std::uint64_t jobs = 100'000;
    double load = 0.9;
};

struct generate_options {
    std::string preset = "helios_venus";
    std::uint64_t jobs = 100'000;
    std::uint64_t seed = 1;
    std::string file;
    std::optional<double> load;
    std::optional<std::uint64_t> gpus;
    std::uint64_t gpus_max = 65'535;
    std::uint64_t priorities = 1;
};

/// The packing experiment.
struct pack_options {
    std::string nodes;
    std::string pods;
    std::string policy;
    std::string tune = "1.3";
    std::string seeds = "42..51";
    std::string file; ///< empty: no CSV
};

struct trace_options {
    input_options input; ///< the cluster may be empty
    bool any_id = false;
};

struct import_sacct_options {
    input_options input; ///< without a cluster
    std::string file;
};

struct check_log_options {
    input_options input;
    world_options world;
    std::string log;
    std::string claims;
    std::vector<std::string> cells; ///< TENANT:COUNTxGPUS[@MODEL],...; none: those of the quotas
    bool any_run_time = false;
};

/// The journal of a driver.
struct check_journal_options {
    std::string file;
    std::string claims;
    std::string log; ///< written; empty: no
};

struct replay_options {
    std::string file;
    std::string scheduler; ///< empty: the one that the file names
};

/// The driver of a Slurm cluster.
struct drive_options {
    std::string config;
    std::string scheduler; ///< empty: the one of the file
    bool dry_run = false;
};

struct wake_up_options {
    std::string socket;
};

// Each ends by returning the exit code or by throwing a failure.
int simulate(simulate_options const& asked);
int compare(compare_options const& asked);
int quickstart(quickstart_options const& asked);
int generate(generate_options const& asked);
int pack(pack_options const& asked);
int trace_summary(trace_options const& asked);
int import_sacct(import_sacct_options const& asked);
int check_log(check_log_options const& asked);
int check_journal(check_journal_options const& asked);
int replay(replay_options const& asked);
int drive_slurm(drive_options const& asked);
int wake_up(wake_up_options const& asked);
int list();

} // namespace cli

#endif
