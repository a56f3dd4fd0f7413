// SPDX-License-Identifier: BSL-1.0
// Whole simulations of real traces as tables in Markdown: CPU time, how many wait, preemptions, and whether
// EASY keeps its promises. Ends with 1 where it breaks one, with 77 where the traces are not there.
//
//   real_traces [--traces FOLDER] [--runs N] [SCHEDULER...]
//
// The folder is the environment's ROTA_TRACES where none is named. Time is CPU time of the thread from
// building the simulator to its end, the least of N runs, without a log; the rest is read from the log of one
// more run. With ROTA_BENCH_SMOKE only the first 300 jobs of each trace are simulated: it measures nothing.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/trace/formats.hpp>

#include "../property/queueing/real_loads.hpp"
#include "command_line.hpp"
#include "load.hpp"
#include "markdown.hpp"
#include "schedulers.hpp"

namespace {

using bench::grouped;
using rota::claim;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;

/// What one scheduler did with one load.
struct measured {
    double ms = std::numeric_limits<double>::infinity();
    std::int64_t waiting = 0; ///< at the end of an instant, the most
    std::int64_t preemptions = 0;
    std::int64_t promised = 0;
    std::int64_t late = 0; ///< started later than first promised
};
/// One scheduler's column in the tables; a value for each load.
struct column {
    std::string name;
    claim claims = claim::none;
    std::vector<measured> values;
};

void fail(std::string const& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

void read_log(rota::log::schedule const& log, std::size_t jobs, measured& out) {
    using rota::log::kind;
    auto waiting = std::int64_t{0};
    for (auto i = std::size_t{0}; i != log.records.size(); ++i) {
        auto const& what = log.records[i];
        auto const waits = what.kind == kind::submit || what.kind == kind::preempt;
        if (waits) ++waiting;
        if (what.kind == kind::start || what.kind == kind::reject) --waiting;
        if (what.kind == kind::preempt) ++out.preemptions;
        if (i + 1 == log.records.size() || log.records[i + 1].at != what.at)
            out.waiting = std::max(out.waiting, waiting);
    }
    auto const promises = real_loads::promises_of(log, jobs);
    out.promised = static_cast<std::int64_t>(promises.jobs);
    out.late = static_cast<std::int64_t>(promises.late);
}

template <class Make>
measured measure(rota::cluster::spec const& cluster, rota::job::workload const& jobs, int runs, Make make) {
    auto const run = [&](rota::recorder log) {
        auto const from = bench::cpu_ms();
        auto world = rota::simulation::simulator(cluster, jobs, {}, log);
        if (world.run([&] { return make(world); }) != rota::simulation::simulator::ending::complete)
            fail("a simulation did not complete");
        return bench::cpu_ms() - from;
    };
    auto out = measured{};
    for (auto i = 0; i != runs; ++i) out.ms = std::min(out.ms, run({}));
    auto log = rota::log::schedule{};
    run(rota::recorder(log));
    read_log(log, jobs.size(), out);
    return out;
}

/// Work over what the GPUs could do while jobs are submitted.
double load_of(rota::cluster::spec const& cluster, rota::job::workload const& jobs) {
    auto work = 0.0;
    for (auto j = std::size_t{0}; j != jobs.size(); ++j)
        work += static_cast<double>(jobs.works[j].duration_ms) * jobs.specs[j].need.gpus_min;
    auto const span = jobs.specs.back().submit - jobs.specs.front().submit;
    return work / (static_cast<double>(cluster.gpus()) * static_cast<double>(span));
}

/// The columns that `which` accepts, one row a load.
template <class Which, class Text>
void table(std::string const& title, std::vector<std::string> const& loads,
           std::vector<column> const& columns, Which which, Text text) {
    auto header = std::vector<std::string>{"trace: jobs, nodes, load"};
    for (auto const& one : columns)
        if (which(one)) header.push_back("`" + one.name + "`");
    if (header.size() == 1) return;
    std::printf("\n%s\n\n", title.c_str());
    auto const out = bench::markdown{header};
    for (auto row = std::size_t{0}; row != loads.size(); ++row) {
        auto cells = std::vector<std::string>{loads[row]};
        for (auto const& one : columns)
            if (which(one)) cells.push_back(text(one.values[row]));
        out.row(cells);
    }
}

} // namespace

int main(int count, char** arguments) {
    auto const* const given = std::getenv("ROTA_TRACES");
    auto const asked =
        bench::command_line(count, arguments, {{"--traces", given == nullptr ? "" : given}, {"--runs", "3"}});
    auto const folder = real_loads::folder(asked["--traces"].c_str());
    if (!folder) {
        std::printf("skipped: '%s' is not the folder of the traces\n", asked["--traces"].c_str());
        return 77;
    }
    auto const runs = smoke ? 1 : asked.number("--runs");
    auto columns = std::vector<column>{};
    auto loads = std::vector<std::string>{};
    for (auto const& one : real_loads::all) {
        auto read = rota::trace::read_file(one.format, (*folder / one.file).string());
        if (!read.ok()) fail(text(read.diagnostics));
        auto jobs = real_loads::workload(std::move(read), real_loads::loose);
        if (smoke) {
            jobs.specs.resize(300);
            jobs.works.resize(300);
        }
        auto const cluster = real_loads::cluster(one);
        char load[16];
        std::snprintf(load, sizeof load, "%.2f", load_of(cluster, jobs));
        loads.push_back(std::string{one.name} + ": " + grouped(static_cast<std::int64_t>(jobs.size())) +
                        ", " + std::to_string(one.nodes) + ", " + load);
        auto at = std::size_t{0};
        bench::each_scheduler([&](std::string const& name, auto make) {
            if (!asked.wants(name)) return;
            if (at == columns.size()) {
                using made = decltype(make(std::declval<rota::simulation::simulator&>()));
                columns.push_back({name, rota::claims_of<made>(), {}});
            }
            columns[at++].values.push_back(measure(cluster, jobs, runs, make));
        });
    }
    if (smoke) std::puts("ROTA_BENCH_SMOKE: 300 jobs of each trace; shows that it works.");
    auto const any = [](column const&) { return true; };
    table("CPU time, ms", loads, columns, any, [](measured const& m) { return bench::rounded(m.ms); });
    table("Jobs waiting, at most", loads, columns, any, [](measured const& m) { return grouped(m.waiting); });
    table(
        "Preemptions", loads, columns,
        [](column const& of) { return !has(of.claims, claim::non_preemptive); },
        [](measured const& m) { return grouped(m.preemptions); });
    auto const promises = [](column const& of) { return has(of.claims, claim::easy_promise); };
    table("Jobs promised a start / of them started later than first promised", loads, columns, promises,
          [](measured const& m) { return grouped(m.promised) + " / " + grouped(m.late); });
    for (auto const& one : columns)
        for (auto const& value : one.values)
            if (promises(one) && value.late != 0) return 1;
    return 0;
}
