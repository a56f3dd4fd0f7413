// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rota/log/text.hpp>
#include <rota/report/jobs_csv.hpp>
#include <rota/trace/native_writer.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "registry.hpp"
#include "resume_file.hpp"
#include "run.hpp"
#include "summary.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;

std::optional<output_file> open_if(std::string const& path, input_options const& input) {
    if (path.empty()) return std::nullopt;
    for (auto const& read : {input.workload, input.cluster}) {
        auto ignored = std::error_code{};
        if (fs::equivalent(path, read, ignored))
            refuse(fmt::format("cannot write '{}': it is read, too", path));
    }
    return std::optional<output_file>{std::in_place, path};
}

void write(std::optional<output_file>& to, std::string const& text) {
    if (to) to->write(text);
}
void commit(std::optional<output_file>& what) {
    stop_if_signalled();
    if (what) what->commit();
}

/// A scheduler's label as a part of a file's name.
std::string file_part(std::string label) {
    std::replace_if(
        label.begin(), label.end(),
        [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-' && c != '='; }, '_');
    return label;
}

int code_of(std::vector<run> const& runs) {
    for (auto const& one : runs)
        if (!one.trouble.empty()) say("error: " + one.trouble);
    return std::any_of(runs.begin(), runs.end(), [](run const& one) { return !one.trouble.empty(); }) ? 1 : 0;
}

/// Runs each scheduler; per-job CSV and schedule log of each go to the folder, unless that has no name.
std::vector<run> run_all(inputs const& in, std::vector<chosen> const& schedulers, world_options const& asked,
                         rota::simulation::conditions const& world, std::string const& folder) {
    for (auto i = std::size_t{0}; i != schedulers.size(); ++i) // one name, one file
        for (auto j = i + 1; j != schedulers.size(); ++j)
            if (!folder.empty() && file_part(schedulers[i].label) == file_part(schedulers[j].label))
                refuse(fmt::format("schedulers '{}' and '{}' would write the same files", schedulers[i].label,
                                   schedulers[j].label));
    auto runs = std::vector<run>{};
    auto bar = progress{schedulers.size()};
    for (auto const& one : schedulers) {
        auto csv = std::optional<output_file>{};
        auto log = std::optional<output_file>{};
        if (!folder.empty()) {
            csv.emplace(fmt::format("{}/{}.jobs.csv", folder, file_part(one.label)));
            log.emplace(fmt::format("{}/{}.log", folder, file_part(one.label)));
        }
        auto done = simulate_one(in, one, asked, world, log.has_value(), bar);
        if (csv) {
            write(csv, rota::report::jobs_csv(in.jobs, done.facts));
            write(log, rota::log::to_text(done.log));
            commit(csv);
            commit(log);
        }
        done.log = {};
        done.facts = {};
        runs.push_back(std::move(done));
    }
    return runs;
}

} // namespace

int simulate(simulate_options const& asked) {
    auto const scheduler = choose(asked.scheduler);
    auto world = world_of(asked.world);
    check_options(asked.input);
    auto csv = open_if(asked.jobs_csv, asked.input);
    auto log = open_if(asked.log, asked.input);
    auto summary = open_if(asked.summary, asked.input);
    auto note = std::optional<resume_file>{};
    if (!asked.resume.empty()) {
        for (auto const& output : {asked.jobs_csv, asked.log, asked.summary})
            if (auto ignored = std::error_code{};
                asked.resume == output || fs::equivalent(asked.resume, output, ignored))
                refuse(fmt::format("'{}' is named as an output and as --resume", asked.resume));
        note.emplace(asked.resume);
    }
    auto const in = read_inputs(asked.input);
    settle_world(asked.world, in, world);
    if (note) note->begin(in, scheduler, asked.world);
    auto runs = std::vector<run>{};
    {
        auto bar = progress{1};
        runs.push_back(
            simulate_one(in, scheduler, asked.world, world, log || note, bar, note ? &*note : nullptr));
    }
    if (note) note->ended(runs[0].log);
    if (csv) write(csv, rota::report::jobs_csv(in.jobs, runs[0].facts));
    if (log) write(log, rota::log::to_text(runs[0].log));
    if (summary) write(summary, summary_json(in, asked.world, runs));
    for (auto* const file : {&csv, &log, &summary}) commit(*file);
    if (note) note->remove();
    print(summary_table(in, runs));
    return code_of(runs);
}

int compare(compare_options const& asked) {
    auto const schedulers = asked.schedulers.empty() ? panel() : choose_several(asked.schedulers);
    auto world = world_of(asked.world);
    check_options(asked.input);
    if (!asked.folder.empty()) make_folder(asked.folder);
    auto summary = open_if(asked.summary.empty() && !asked.folder.empty() ? asked.folder + "/summary.json"
                                                                          : asked.summary,
                           asked.input);
    auto const in = read_inputs(asked.input);
    settle_world(asked.world, in, world);
    auto const runs = run_all(in, schedulers, asked.world, world, asked.folder);
    if (summary) write(summary, summary_json(in, asked.world, runs));
    commit(summary);
    print(summary_table(in, runs));
    return code_of(runs);
}

int quickstart(quickstart_options const& asked) {
    auto const schedulers = asked.schedulers.empty() ? panel() : choose_several(asked.schedulers);
    auto world = world_of(asked.world);
    make_folder(asked.folder);
    auto summary = open_if(asked.folder + "/summary.json", {});
    auto workload = open_if(asked.folder + "/workload.csv", {});
    auto in = inputs{.cluster = rota::cluster::uniform(1, 1250, 8),
                     .jobs = {},
                     .cluster_name = "1250x8",
                     .workload_name = fmt::format("helios_venus at load {}", asked.load),
                     .format = "generated"};
    say(fmt::format("generating {} jobs like those of Helios Venus, at {} of what {} GPUs can do", asked.jobs,
                    asked.load, in.cluster.gpus()));
    in.jobs = generated_workload({.preset = "helios_venus",
                                  .jobs = asked.jobs,
                                  .seed = asked.world.seed,
                                  .file = {},
                                  .load = asked.load,
                                  .gpus = static_cast<std::uint64_t>(in.cluster.gpus()),
                                  .priorities = 3});
    settle_world(asked.world, in, world);
    write(workload, rota::trace::write_native(in.jobs));
    commit(workload);
    auto const runs = run_all(in, schedulers, asked.world, world, asked.folder);
    write(summary, summary_json(in, asked.world, runs));
    commit(summary);
    print(summary_table(in, runs));
    say(fmt::format(
        "written to {}/: workload.csv, summary.json, and of each scheduler NAME.jobs.csv and NAME.log",
        asked.folder));
    return code_of(runs);
}

} // namespace cli
