// SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <rota/contract/claims.hpp>
#include <rota/core/config.hpp>
#include <rota/trace/nearest.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "option_groups.hpp"
#include "options.hpp"

namespace {

using namespace cli;

/// A stream that was closed would lend its number, and what is said on it, to the next file that is opened.
void hold_standard_streams() {
    for (auto stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) < 0)
            static_cast<void>(open("/dev/null", O_RDONLY)); // the lowest free number
}

struct program {
    CLI::App app{"Policies for schedulers of deep-learning GPU clusters: simulate, compare and check them.",
                 "rota"};
    simulate_options simulate;
    compare_options compare;
    quickstart_options quickstart;
    generate_options generate;
    pack_options pack;
    trace_options trace;
    import_sacct_options import_sacct;
    check_log_options check_log;
    check_journal_options check_journal;
    replay_options replay;
    drive_options drive;
    wake_up_options bell;
    int (*chosen)(program const&) = nullptr;

    program() {
        app.set_version_flag("--version", fmt::format("rota {}.{}.{}", ROTA_VERSION_MAJOR, ROTA_VERSION_MINOR,
                                                      ROTA_VERSION_PATCH));
        app.require_subcommand(1);
        app.footer(
            "Exit codes: 0 done; 1 it ran and failed; 2 a wrong option or bad input, said with its place;\n"
            "128 + n ended by signal n. `rota COMMAND --help` says more; `rota list` names every policy.");

        auto& one = command("simulate", "Run one scheduler over a workload",
                            [](program const& p) { return cli::simulate(p.simulate); });
        add_input(one, simulate.input);
        one.add_option("--scheduler", simulate.scheduler, scheduler_help)->required();
        one.add_option("--jobs", simulate.jobs_csv, "write one CSV line a job to this file");
        one.add_option("--log", simulate.log, "write the schedule log to this file");
        one.add_option("--summary", simulate.summary, "write the metrics as JSON to this file");
        one.add_option(
            "--resume", simulate.resume,
            "note in this file how far the run is, until it is over; where the file is there, a run "
            "was cut short, and this one must be the same run");
        add_world(one, simulate.world);

        auto& many = command("compare", "Run several schedulers over a workload",
                             [](program const& p) { return cli::compare(p.compare); });
        add_input(many, compare.input);
        many.add_option("--schedulers", compare.schedulers,
                        "NAME or NAME:key=value,..., joined by commas; by default the panel of `rota list`");
        many.add_option("--summary", compare.summary, "write all metrics as JSON to this file");
        many.add_option(
            "--out", compare.folder,
            "write NAME.jobs.csv and NAME.log of each scheduler, and summary.json, into this folder");
        add_world(many, compare.world);

        auto& fresh = command("generate", "Write a workload drawn from a fitted model",
                              [](program const& p) { return cli::generate(p.generate); });
        fresh.add_option("--preset", generate.preset, "helios_venus, itp2021, philly, pai2020 or openb")
            ->capture_default_str();
        fresh.add_option("--jobs", generate.jobs, "how many")->check(not_whole)->capture_default_str();
        fresh.add_option("--seed", generate.seed, "of everything that is drawn")
            ->check(not_whole)
            ->capture_default_str();
        fresh.add_option("--out", generate.file, "the file to write, in format rota")->required();
        fresh.add_option(
            "--load", generate.load,
            "work brought in, as a share of what --gpus can do; by default the preset's own rate");
        fresh.add_option("--gpus", generate.gpus, "GPUs that --load speaks of")->check(not_whole);
        fresh.add_option("--gpus-max", generate.gpus_max, "larger gangs are not drawn")
            ->check(not_whole)
            ->capture_default_str();
        fresh.add_option("--priorities", generate.priorities, "priority classes 0, 1, ..., equally often")
            ->check(not_whole)
            ->capture_default_str();

        auto& full =
            command("pack", "Fill a cluster with pods that never leave: allocation and fragmentation by load",
                    [](program const& p) { return cli::pack(p.pack); });
        full.add_option("--nodes", pack.nodes, "openb node list: sn,cpu_milli,memory_mib,gpu,model")
            ->required();
        full.add_option("--pods", pack.pods,
                        "openb pod list: name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec]")
            ->required();
        full.add_option(
                "--policy", pack.policy,
                "fgd, fgd_exact, best_fit, dot_product, gpu_packing, gpu_clustering or random, as in the "
                "study of FGD")
            ->required();
        full.add_option(
                "--tune", pack.tune,
                "GPUs asked for in the end, as a multiple of the cluster's: pods are cloned or left out; 0: "
                "the list as it is")
            ->capture_default_str();
        full.add_option("--seeds", pack.seeds, "SEED or FIRST..LAST: one run each")->capture_default_str();
        full.add_option("--out", pack.file, "write one CSV line for each seed and percent to this file");

        auto& look = command("trace", "Say what is in a trace, of any size: rows, jobs, times, GPU hours",
                             [](program const& p) { return cli::trace_summary(p.trace); });
        look.add_option("FILE", trace.input.workload, "trace to read, plain or gzip")->required();
        look.add_option("--cluster", trace.input.cluster,
                        std::string{"warns of jobs that it cannot hold: "} + cluster_help)
            ->group("Input");
        look.add_flag("--any-id", trace.any_id,
                      "an id may come again: then none has to be remembered, and memory does not grow with "
                      "the rows")
            ->group("Input");
        add_format(look, trace.input);

        import_sacct.input.format = "sacct";
        auto& slurm = command("import-sacct", "Turn the accounting of a Slurm cluster into a workload",
                              [](program const& p) { return cli::import_sacct(p.import_sacct); });
        slurm
            .add_option("--from", import_sacct.input.workload,
                        "what `sacct --parsable2` printed, plain or gzip; docs/slurm.md has the command")
            ->required()
            ->group("Input");
        slurm.add_option("--out", import_sacct.file, "the file to write, in format rota")->required();
        add_strictness(slurm, import_sacct.input);

        auto& judge = command("check-log", "Judge a schedule log by the laws of scheduling",
                              [](program const& p) { return cli::check_log(p.check_log); });
        add_input(judge, check_log.input);
        judge.add_option("--log", check_log.log, "the schedule log to judge")->required();
        judge.add_option("--claims", check_log.claims,
                         fmt::format("what its scheduler promises, joined by commas: none, {}",
                                     fmt::join(rota::claim_names, ", ")));
        judge.add_option(
            "--cells", check_log.cells,
            "of claim cells_kept: the private cells of a tenant, TENANT:COUNTxGPUS[@MODEL],... such "
            "as prod:2x8,1x4; by default the largest that the workload's quotas hold");
        judge.add_flag(
            "--any-run-time", check_log.any_run_time,
            "do not judge how long jobs ran: the workload's durations are not exactly theirs, as on a "
            "real cluster");
        add_world(judge, check_log.world);

        auto& driven =
            command("check-journal", "Judge what a driver of Slurm has done by the laws of scheduling",
                    [](program const& p) { return cli::check_journal(p.check_journal); });
        driven.add_option("FILE", check_journal.file, "the driver's journal; it may drive meanwhile")
            ->required();
        driven.add_option("--claims", check_journal.claims,
                          "as of check-log; by default what its schedulers promised, as the journal says");
        driven.add_option("--log", check_journal.log, "write its schedule log to this file");
        driven.footer(
            "Exit codes: 0 no law breaks; 1 a law breaks; 2 a wrong option or file, said with its place.");

        auto& again = command("replay", "Run a replay file: a case that once broke a law of scheduling",
                              [](program const& p) { return cli::replay(p.replay); });
        again.add_option("FILE", replay.file, "as a test of a scheduler wrote it; docs/verification.md")
            ->required();
        again.add_option("--scheduler", replay.scheduler,
                         "NAME or NAME:key=value,..., by default the one that the file names");
        again.footer(
            "Exit codes: 0 no law breaks; 1 a law breaks; 2 a wrong option or file, said with its place.");

        auto& live =
            command("drive-slurm", "Schedule the jobs that are submitted held to a partition of Slurm",
                    [](program const& p) { return cli::drive_slurm(p.drive); });
        live.add_option("--config", drive.config, "the TOML file; docs/slurm.md has its keys")->required();
        live.add_option("--scheduler", drive.scheduler,
                        "NAME or NAME:key=value,..., in place of the file's; see `rota list`");
        live.add_flag("--dry-run", drive.dry_run,
                      "say what it would do beside what Slurm does, and do nothing");

        auto& ring = command("wake-up", "Tell a driver that something has happened in Slurm",
                             [](program const& p) { return cli::wake_up(p.bell); });
        ring.add_option("SOCKET", bell.socket, "wake_up of its configuration")->required();

        command("list", "Name every scheduler and policy with parameters, defaults and source",
                [](program const&) { return cli::list(); });

        quickstart.world.cost = "by_size"; // where stops are free, whoever stops most wins
        auto& quick =
            command("quickstart", "Compare the panel on a generated workload: 10,000 GPUs, 100,000 jobs",
                    [](program const& p) { return cli::quickstart(p.quickstart); });
        quick.add_option("--out", quickstart.folder, "folder for the results")->capture_default_str();
        quick.add_option("--jobs", quickstart.jobs, "how many to generate")
            ->check(not_whole)
            ->capture_default_str();
        quick.add_option("--load", quickstart.load, "work brought in, as a share of what the GPUs can do")
            ->capture_default_str();
        quick.add_option("--schedulers", quickstart.schedulers,
                         "NAME or NAME:key=value,..., joined by commas; by default the panel of `rota list`");
        add_world(quick, quickstart.world);
    }
    program(program const&) = delete;
    program& operator=(program const&) = delete;

    CLI::App& command(std::string const& name, std::string const& about, int (*run)(program const&)) {
        auto& made = *app.add_subcommand(name, about);
        made.callback([this, run] { chosen = run; });
        return made;
    }

    /// The subcommand the user named, or the program itself.
    CLI::App& named() {
        auto const used = app.get_subcommands();
        return used.empty() ? app : *used.front();
    }

    /// An option that was given an empty text, as a script does whose variable is not set: it does not mean the default.
    std::string given_nothing() {
        for (auto const* one : named().get_options())
            for (auto const& text : one->results())
                if (text.empty()) return one->get_name();
        return {};
    }

    /// What was not expected, and what it probably meant.
    std::string unexpected() {
        auto& at = named();
        auto const extras = at.remaining(true);
        if (extras.empty()) return {};
        auto const& word = extras.front();
        auto known = std::vector<std::string>{};
        if (&at == &app)
            for (auto const* one : app.get_subcommands({})) known.push_back(one->get_name());
        for (auto const* one : at.get_options())
            for (auto const& name : one->get_lnames()) known.push_back("--" + name);
        auto const near = rota::trace::nearest(std::string_view{word}.substr(0, word.find('=')), known);
        return fmt::format("unknown {} '{}'{}{}", &at == &app && word[0] != '-' ? "command" : "option", word,
                           near.empty() ? "" : fmt::format("; nearest: {}", near),
                           fmt::format("\nsee: rota {}--help", &at == &app ? "" : at.get_name() + " "));
    }
};

int parse_and_run(int argc, char** argv) {
    auto what = program{};
    try {
        what.app.parse(argc, argv);
    } catch (CLI::Success const& asked) {
        auto text = std::string{};
        if (dynamic_cast<CLI::CallForHelp const*>(&asked) != nullptr) text = what.app.help();
        else text = std::string{asked.what()} + '\n';
        print(text);
        return 0;
    } catch (CLI::ParseError const& wrong) {
        // an unknown word explains more than what is missing because of it
        auto const why = what.unexpected();
        say("error: " + (why.empty() ? std::string{wrong.what()} : why));
        if (why.empty())
            say(fmt::format("see: rota {}--help",
                            &what.named() == &what.app ? "" : what.named().get_name() + " "));
        return 2;
    }
    if (auto const name = what.given_nothing(); !name.empty())
        refuse(fmt::format("{}: read '', expected a text that is not empty", name));
    return what.chosen(what);
}

} // namespace

int main(int argc, char** argv) {
    hold_standard_streams();
    catch_signals();
    try {
        return parse_and_run(argc, argv);
    } catch (failure const& why) {
        if (!why.message.empty())
            say(why.message.find(": error[") == std::string::npos && why.code != 128 ? "error: " + why.message
                                                                                     : why.message);
        return why.code;
    } catch (std::bad_alloc const&) {
        say("error: out of memory");
        return 1;
    } catch (std::exception const& why) {
        say(fmt::format("error: {}", why.what()));
        return 1;
    }
}
