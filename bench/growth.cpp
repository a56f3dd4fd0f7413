// SPDX-License-Identifier: BSL-1.0
// How time and memory of whole simulations grow, as tables in Markdown with fitted exponents.
//
// Growth is a statement about a row of runs, and a reader wants the row: the sizes side by side, the cost of
// one event beside the total, one exponent for all. Google Benchmark's Complexity() fits fixed curves (n,
// n log n, n^2) and prints a line for each run, so these are plain loops.
//
//   growth [--table jobs|backlog|cluster|memory] [--requests 15|150] [--runs N] [SCHEDULER...]
//
// Time is CPU time of the thread from building the simulator to its end, the least of N runs. Events: two a
// job and one a preemption. With the environment's ROTA_BENCH_SMOKE all is a hundredth and measures nothing.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/results.hpp>
#include <rota/simulation/simulator.hpp>

#include "command_line.hpp"
#include "live_bytes.hpp"
#include "load.hpp"
#include "markdown.hpp"
#include "schedulers.hpp"

namespace {

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
constexpr auto all_at_once = 1e9; // a load

/// One point of a row: how large what grows is there, and what is simulated.
struct setting {
    std::uint32_t size;
    rota::cluster::spec cluster;
    rota::job::workload work;
};

setting make_setting(std::uint32_t size, std::size_t jobs, std::uint32_t nodes, double load, bool varied) {
    if (smoke) {
        jobs = std::max<std::size_t>(jobs / 100, 1);
        nodes = std::max(nodes / 100, 20u); // the largest gang has 160 GPUs
    }
    auto cluster = bench::cluster(nodes, varied);
    auto work = bench::workload(jobs, cluster.gpus(), load, varied);
    return {size, std::move(cluster), std::move(work)};
}

struct measured {
    double ms = std::numeric_limits<double>::infinity();
    double events = 0;
    std::int64_t bytes = 0; ///< at the peak, above what was there before
};

template <class Make>
measured measure(setting const& of, int runs, Make make) {
    auto got = measured{};
    for (auto run = 0; run != runs; ++run) {
        auto const before = bench::live_bytes::peak = bench::live_bytes::now;
        auto const from = bench::cpu_ms();
        auto world = rota::simulation::simulator(of.cluster, of.work);
        if (world.run([&] { return make(world); }) != rota::simulation::simulator::ending::complete) {
            std::fputs("a simulation did not complete\n", stderr);
            std::exit(1);
        }
        got.ms = std::min(got.ms, bench::cpu_ms() - from);
        got.bytes = bench::live_bytes::peak - before;
        got.events = 2.0 * static_cast<double>(of.work.size());
        for (auto const& one : world.results()) got.events += one.preemptions;
    }
    return got;
}

/// The slope of the least-squares line through the logarithms: b of y = a x^b.
double exponent(std::vector<double> const& x, std::vector<double> const& y) {
    auto const n = static_cast<double>(x.size());
    auto sx = 0.0;
    auto sy = 0.0;
    auto sxx = 0.0;
    auto sxy = 0.0;
    for (auto i = std::size_t{0}; i != x.size(); ++i) {
        auto const u = std::log(x[i]);
        auto const v = std::log(y[i]);
        sx += u;
        sy += v;
        sxx += u * u;
        sxy += u * v;
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

std::string fixed2(double number) {
    char out[32];
    std::snprintf(out, sizeof out, "%.2f", number);
    return out;
}

void time_table(bench::command_line const& asked, std::string const& title,
                std::vector<setting> const& settings) {
    auto const runs = smoke ? 1 : asked.number("--runs");
    std::printf("\n%s, %s requests\n\n", title.c_str(), asked["--requests"].c_str());
    auto header = std::vector<std::string>{"ms (ns an event)"};
    for (auto const& one : settings) header.push_back(bench::grouped(one.size));
    header.insert(header.end(), {"ms ~ n^", "ns ~ n^"});
    auto const table = bench::markdown{header};
    bench::each_scheduler([&](std::string const& name, auto make) {
        if (!asked.wants(name)) return;
        auto cells = std::vector<std::string>{"`" + name + "`"};
        auto sizes = std::vector<double>{};
        auto total_ms = std::vector<double>{};
        auto event_ns = std::vector<double>{};
        for (auto const& one : settings) {
            auto const got = measure(one, runs, make);
            sizes.push_back(one.size);
            total_ms.push_back(got.ms);
            event_ns.push_back(got.ms * 1e6 / got.events);
            cells.push_back(bench::rounded(got.ms) + " (" + bench::rounded(event_ns.back()) + ")");
        }
        cells.push_back(fixed2(exponent(sizes, total_ms)));
        cells.push_back(fixed2(exponent(sizes, event_ns)));
        table.row(cells);
    });
}

void memory_table(bench::command_line const& asked, bool varied) {
    constexpr auto nodes = 125'000u;
    auto const slack = make_setting(0, 100'000, 1'250, 0.8, varied);
    auto const deep = make_setting(0, 100'000, 1'250, 3.0, varied);
    auto const wide = make_setting(0, 1'000, nodes, 0.8, varied);
    std::printf("\nBytes at the peak, above the workload, %s requests. A job: 100,000 jobs on 1,250 nodes, "
                "nodes included; "
                "%zu are its result at least. A node: 1,000 jobs on 125,000 nodes.\n\n",
                asked["--requests"].c_str(), rota::simulation::results::bytes_a_job);
    auto const table = bench::markdown{{"bytes", "a job, load 0.8", "a job, load 3.0", "a node"}};
    bench::each_scheduler([&](std::string const& name, auto make) {
        if (!asked.wants(name)) return;
        auto const each = [&](setting const& in, std::size_t many) {
            return bench::rounded(static_cast<double>(measure(in, 1, make).bytes) /
                                  static_cast<double>(many));
        };
        table.row({"`" + name + "`", each(slack, slack.work.size()), each(deep, deep.work.size()),
                   each(wide, wide.cluster.nodes.size())});
    });
}

} // namespace

int main(int count, char** arguments) {
    auto const asked =
        bench::command_line(count, arguments, {{"--table", ""}, {"--requests", "15"}, {"--runs", "3"}});
    auto const varied = asked["--requests"] == "150";
    auto const wants = [&](char const* table) {
        return asked["--table"].empty() || asked["--table"] == table;
    };
    if (!(wants("jobs") || wants("backlog") || wants("cluster") || wants("memory")) ||
        !(varied || asked["--requests"] == "15")) {
        std::fputs("expected --table jobs, backlog, cluster or memory and --requests 15 or 150\n", stderr);
        return 2;
    }
    auto const row_of = [&](std::vector<std::uint32_t> const& sizes, auto one) {
        auto made = std::vector<setting>{};
        for (auto const size : sizes) made.push_back(one(size));
        return made;
    };
    if (smoke) std::puts("ROTA_BENCH_SMOKE: a hundredth of what is written; shows that it works.");
    if (wants("jobs"))
        for (auto const load : {0.8, 3.0})
            time_table(asked, "Jobs, load " + std::string{load < 1 ? "0.8" : "3.0"} + ", 1,250 nodes",
                       row_of({25'000, 50'000, 100'000, 200'000, 400'000}, [&](std::uint32_t jobs) {
                           return make_setting(jobs, jobs, 1'250, load, varied);
                       }));
    if (wants("backlog"))
        time_table(asked, "Backlog: jobs that are all submitted at once, 1,250 nodes",
                   row_of({12'500, 25'000, 50'000, 100'000, 200'000}, [&](std::uint32_t jobs) {
                       return make_setting(jobs, jobs, 1'250, all_at_once, varied);
                   }));
    if (wants("cluster"))
        time_table(asked, "Nodes of 8 GPUs, load 2, always 200,000 jobs",
                   row_of({125, 1'250, 12'500, 125'000}, [&](std::uint32_t nodes) {
                       return make_setting(nodes, 200'000, nodes, 2.0, varied);
                   }));
    if (wants("memory")) memory_table(asked, varied);
    return 0;
}
