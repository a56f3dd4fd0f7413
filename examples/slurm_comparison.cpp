// SPDX-License-Identifier: BSL-1.0
// One list of jobs under Slurm's own backfill and under schedulers of rota, on a live cluster, and what the simulator
// says of the same list with the latencies that were measured.
//
//   MINI_SCHEDULER=backfill property/slurm/mini_cluster 4 8 slurm_comparison run SEED JOBS [NAME] > SEED.txt
//   slurm_comparison table 1.txt 2.txt 3.txt
//   slurm_comparison predict SEED JOBS: the simulator alone, with usual latencies
//
// The jobs are sleeps of 20 s to 2 minutes that checkpoint; the cluster has no other users.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/host.hpp>
#include <rota/log/schedule.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/find_cluster.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>

namespace {

namespace fs = std::filesystem;
namespace live = rota::live;
namespace slurm = rota::slurm;
using rota::log::kind;
using clock_type = std::chrono::steady_clock;

constexpr auto round_ms = 250;
constexpr auto minute_ms = 60'000; // Slurm counts limits in minutes
constexpr auto restart_ms = 5'000; // what a restart costs, roughly: SRTF weighs it

constexpr auto script = R"bash(#!/bin/bash
# job FILE MS: works for so long in all, saves when told to, goes on from there
file=$1 work=$2
now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
before=$(cat "$file.saved" 2>/dev/null || echo 0)
from=$(now)
echo "start $from" >>"$file.out"
save() { echo $((before + $(now) - from)) >"$file.new" && mv "$file.new" "$file.saved"; kill $sleeper 2>/dev/null; }
trap save USR1
trap 'kill $sleeper 2>/dev/null; exit 143' TERM
while left=$((work - before - $(now) + from)); [ $left -gt 0 ]; do
    sleep $((left / 1000)).$(printf %03d $((left % 1000))) &
    sleeper=$!
    wait $sleeper
done
echo "finish $(now)" >>"$file.out"
)bash";

struct plan {
    rota::job::workload jobs;
    std::vector<std::string> accounts{"a", "b"};
};

plan make_plan(std::uint64_t seed, std::size_t count) {
    auto out = plan{};
    auto from = rota::random{seed};
    auto at = 0.0;
    auto& tenants = out.jobs.tenants;
    tenants.push_back({.parent = {}, .name = "root"});
    for (auto const& name : out.accounts)
        tenants.push_back({.parent = {}, .nominal_milli = 16 * rota::whole_gpu, .name = name});
    for (auto j = std::size_t{0}; j != count; ++j) {
        static constexpr auto sizes =
            std::to_array({1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 16, 16});
        auto const gpus = sizes[static_cast<std::size_t>(from.below(sizes.size()))];
        at += -std::log(1 - from.unit()) * 4'000;
        auto spec = rota::job::spec{.submit = rota::sim_time{static_cast<std::int64_t>(at)}};
        spec.need = rota::job::gang(gpus, gpus <= 8 ? rota::job::span::one_node : rota::job::span::compact);
        spec.tenant = rota::tenant_id{static_cast<decltype(index(rota::tenant_id{}))>(1 + from.below(2))};
        auto const ms =
            static_cast<rota::millis>(20'000 * std::pow(6, from.unit())); // its logarithm is uniform
        static constexpr auto excess = std::to_array({1.0, 1.5, 2.0, 3.0});
        auto const limit_ms =
            static_cast<double>(ms) * excess[static_cast<std::size_t>(from.below(excess.size()))];
        spec.limit_ms = static_cast<rota::millis>(std::ceil(limit_ms / minute_ms)) * minute_ms;
        out.jobs.specs.push_back(spec);
        out.jobs.works.push_back({.duration_ms = ms});
    }
    return out;
}

/// The run times are known, and a job that does not run has to come up first.
struct known {
    rota::job::workload const* jobs;

    [[nodiscard]] rota::millis remaining_ms(rota::view const& v, rota::job_id j) const noexcept {
        auto const left = jobs->works[index(j)].duration_ms - rota::estimate::attained_ms(v, j);
        return std::max<rota::millis>(1, left) + (v.held(j).empty() ? restart_ms : 0);
    }
    [[nodiscard]] std::int64_t rate(rota::view const&, rota::job_id, int, rota::gpu_model) const noexcept {
        return 1'000;
    }
};

/// What is measured of a run, or predicted.
struct figures {
    double jct_s = 0;
    double wait_s = 0;
    double makespan_s = 0;
    double utilisation = 0;
    double preemptions = 0;
    double verbs = 0;
};

/// Means of what an order took, in ms.
struct latencies {
    double start = 0; ///< from when the order could be sent to the first instruction of the job
    double end = 0;   ///< from the last instruction to the end in the log
    double stop = 0;  ///< from the order to the release in the log
};

constexpr auto usual = latencies{.start = 700, .end = 150, .stop = 1'300}; ///< on such a cluster

struct trace {
    std::int64_t submitted = 0;
    std::vector<std::int64_t> starts;
    std::int64_t finish = 0;
};

std::int64_t unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void read_trace(fs::path const& path, trace& to) {
    auto in = std::ifstream{path};
    auto word = std::string{};
    auto at = std::int64_t{};
    to.starts.clear();
    while (in >> word >> at) (word == "start" ? to.starts.emplace_back() : to.finish) = at;
}

figures figures_of(plan const& what, std::vector<trace> const& all, double verbs) {
    auto out = figures{};
    auto const n = static_cast<double>(all.size());
    auto first = all.front().submitted;
    auto last = std::int64_t{0};
    auto work = 0.0;
    for (auto j = std::size_t{0}; j != all.size(); ++j) {
        auto const& one = all[j];
        out.jct_s += static_cast<double>(one.finish - one.submitted) / 1e3 / n;
        out.wait_s += static_cast<double>(one.starts.front() - one.submitted) / 1e3 / n;
        out.preemptions += static_cast<double>(one.starts.size() - 1);
        first = std::min(first, one.submitted);
        last = std::max(last, one.finish);
        work += static_cast<double>(what.jobs.works[j].duration_ms * what.jobs.specs[j].need.gpus_max) / 1e3;
    }
    out.makespan_s = static_cast<double>(last - first) / 1e3;
    out.utilisation = 100 * work / (32 * out.makespan_s);
    out.verbs = verbs;
    return out;
}

/// A cluster, and how many verbs it was told.
struct counted {
    slurm::client<>* to;
    int verbs = 0;

    std::optional<live::snapshot> poll() { return to->poll(); }
    live::reply start(std::string const& job, rota::cluster::placement const& where) {
        return ++verbs, to->start(job, where);
    }
    live::reply hold(std::string const& job) { return ++verbs, to->hold(job); }
    live::reply save(std::string const& job) { return ++verbs, to->save(job); }
    live::reply requeue(std::string const& job) { return ++verbs, to->requeue(job); }
};

/// When the last of these GPUs was given back. Until then an order waits for those who leave, which the simulator knows by itself.
class releases {
public:
    void hold(std::uint32_t job, std::span<rota::cluster::slice const> where) {
        held_[job].assign(where.begin(), where.end());
    }
    void leave(std::uint32_t job, std::int64_t at) {
        each(held_[job], [&](gpu one) { given_back_[one] = at; });
        held_[job].clear();
    }
    [[nodiscard]] std::int64_t last(std::span<rota::cluster::slice const> where) const {
        auto at = std::int64_t{0};
        each(where, [&](gpu one) {
            if (auto const its = given_back_.find(one); its != given_back_.end())
                at = std::max(at, its->second);
        });
        return at;
    }

private:
    using gpu = std::pair<std::uint32_t, int>;
    template <class Do>
    static void each(std::span<rota::cluster::slice const> where, Do what) {
        for (auto const& part : where)
            for (auto g = 0; g != rota::cluster::gpus_per_node_max; ++g)
                if ((part.gpus >> g & 1) != 0) what(gpu{index(part.node), g});
    }
    std::map<std::uint32_t, std::vector<rota::cluster::slice>> held_; ///< by job
    std::map<gpu, std::int64_t> given_back_;
};

latencies latencies_of(rota::log::schedule const& log, std::vector<trace> const& all, std::int64_t epoch) {
    auto sums = latencies{};
    auto starts = 0.0, ends = 0.0, stops = 0.0;
    auto ordered = std::map<std::uint32_t, std::int64_t>{};
    auto run = std::map<std::uint32_t, std::size_t>{};
    auto gpus = releases{};
    for (auto const& r : log.records) {
        if (r.kind == kind::order) ordered[r.job] = index(r.at);
        if (r.kind == kind::start && run[r.job] < all[r.job].starts.size()) {
            auto const sent = std::max(ordered[r.job], gpus.last(log.devices(r)));
            sums.start += static_cast<double>(all[r.job].starts[run[r.job]++] - epoch - sent);
            ++starts;
            gpus.hold(r.job, log.devices(r));
        }
        if (r.kind == kind::preempt || r.kind == kind::interrupt || r.kind == kind::finish ||
            r.kind == kind::fail || r.kind == kind::cancel)
            gpus.leave(r.job, index(r.at));
        if (r.kind == kind::preempt) sums.stop += static_cast<double>(index(r.at) - ordered[r.job]), ++stops;
        if (r.kind == kind::finish)
            sums.end += static_cast<double>(index(r.at) + epoch - all[r.job].finish), ++ends;
    }
    return {sums.start / std::max(starts, 1.0), sums.end / std::max(ends, 1.0),
            sums.stop / std::max(stops, 1.0)};
}

/// Runs the list on the cluster. `scheduler` null: Slurm schedules.
template <class S>
std::optional<figures> on_slurm(std::string const& name, plan const& what, S* scheduler, latencies& took) {
    auto const folder = fs::path{std::getenv("MINI_CLUSTER")} / name;
    fs::create_directory(folder);
    auto const job = folder / "job";
    std::ofstream{job} << script;
    fs::permissions(job, fs::perms::owner_all);
    auto why = std::string{};
    auto const cluster = slurm::find_cluster("main", why);
    if (!cluster) return std::nullopt;
    auto clients = slurm::client<>{*cluster, "main", {.accounts = what.accounts}};
    auto backend = counted{&clients};
    auto log = rota::log::schedule{};
    auto host = live::host<counted>{
        *cluster, rota::tenant_tree{what.jobs.tenants}, backend, {.save_ms = 500}, rota::recorder{log}};
    auto all = std::vector<trace>(what.jobs.size());
    auto const epoch = unix_ms();
    auto const run = slurm::runner{};
    auto ended = [&] {
        return std::all_of(all.begin(), all.end(), [](trace const& one) { return one.finish != 0; });
    };
    for (auto next = std::size_t{0}; next != all.size() || !ended();) {
        for (; next != all.size() && index(what.jobs.specs[next].submit) <= unix_ms() - epoch; ++next) {
            auto const& spec = what.jobs.specs[next];
            auto argv = std::vector<std::string>{"sbatch",
                                                 "--parsable",
                                                 "--requeue",
                                                 "--output=/dev/null",
                                                 "--time=" + std::to_string(spec.limit_ms / minute_ms),
                                                 "--chdir=" + folder.string(),
                                                 "--account=" + what.accounts[index(spec.tenant) - 1u],
                                                 "--gpus=" + std::to_string(spec.need.gpus_max)};
            if (spec.need.gpus_max > 8) argv.push_back("--nodes=" + std::to_string(spec.need.gpus_max / 8));
            if (scheduler != nullptr) argv.push_back("--hold");
            for (auto const& word : {job.string(), (folder / std::to_string(next)).string(),
                                     std::to_string(what.jobs.works[next].duration_ms)})
                argv.push_back(word);
            all[next].submitted = unix_ms();
            if (auto const got = run(argv); got.code != 0) {
                std::fprintf(stderr, "slurm_comparison: %s\n", got.err.c_str());
                return std::nullopt;
            }
        }
        if (scheduler != nullptr)
            static_cast<void>(host.round(rota::sim_time{unix_ms() - epoch}, *scheduler));
        for (auto j = std::size_t{0}; j != next; ++j)
            if (all[j].finish == 0) read_trace(folder / (std::to_string(j) + ".out"), all[j]);
        if (unix_ms() - epoch > 60 * minute_ms) return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds{round_ms});
    }
    if (scheduler != nullptr) {
        for (auto i = 0; i != 100 && !host.state().jobs().active().empty(); ++i) {
            static_cast<void>(host.round(rota::sim_time{unix_ms() - epoch}, *scheduler));
            std::this_thread::sleep_for(std::chrono::milliseconds{round_ms});
        }
        took = latencies_of(log, all, epoch);
    }
    return figures_of(what, all, backend.verbs);
}

template <class Make>
figures simulated(plan const& what, latencies const& took, Make make) {
    auto const cluster = rota::cluster::uniform(1, 4, 8);
    auto under = rota::simulation::conditions{};
    under.round_ms = round_ms;
    under.launch_ms = static_cast<rota::millis>(took.start);
    under.late_ms_max = static_cast<rota::millis>(2 * took.end); // drawn: the mean is what was measured
    under.cost = rota::preemption::fixed_cost{static_cast<rota::millis>(took.stop), 0};
    under.requeue_ms = 2'000;
    under.moves_in_place = false;
    auto host = rota::simulation::simulator{cluster, what.jobs, under};
    host.run(make);
    auto all = std::vector<trace>(what.jobs.size());
    for (auto j = std::size_t{0}; j != all.size(); ++j) {
        auto const& one = host.results()[j];
        all[j].submitted = index(what.jobs.specs[j].submit);
        all[j].starts.assign(one.preemptions + 1u, index(one.first_start) + under.launch_ms);
        all[j].finish = index(one.finish);
    }
    return figures_of(what, all, 0);
}

void print(char const* what, std::string const& name, std::uint64_t seed, figures const& f) {
    std::printf("%s %s %llu %.3f %.3f %.3f %.3f %.0f %.0f\n", what, name.c_str(),
                static_cast<unsigned long long>(seed), f.jct_s, f.wait_s, f.makespan_s, f.utilisation,
                f.preemptions, f.verbs);
    std::fflush(stdout);
}

/// Every scheduler of rota: what(name, make), where make() builds one for this plan.
template <class What>
void each_scheduler(plan const& of, What what) {
    namespace system = rota::system;
    what("fifo", [] { return system::fifo<>{}; });
    what("easy", [] { return system::easy<>{}; });
    what("srtf", [&] { return system::srtf<known>{known{&of.jobs}}; });
    what("tiresias_l", [] { return system::tiresias_l<>{{80'000, 320'000}}; });
    what("quota_drf", [] { return system::quota_drf<>{}; });
}

/// Slurm's own: under priority/basic its order is that of submission, and its backfill delays nobody's expected start.
void predict_slurm(plan const& what, std::uint64_t seed, latencies const& took) {
    print("simulated", "slurm", seed, simulated(what, took, [] { return rota::system::conservative<>{}; }));
}

/// `only`: empty, or the scheduler that is run.
int run_all(std::uint64_t seed, std::size_t count, std::string const& only) {
    auto const what = make_plan(seed, count);
    auto first = std::optional<latencies>{}; // of the first scheduler: Slurm's own cannot be seen
    auto failed = 0;
    each_scheduler(what, [&](std::string const& name, auto make) {
        if (!only.empty() && only != name) return;
        auto scheduler = make();
        auto took = latencies{};
        auto const got = on_slurm(name, what, &scheduler, took);
        if (!got) return (void)++failed;
        if (!first) first = took;
        print("live", name, seed, *got);
        print("simulated", name, seed, simulated(what, took, make));
        std::printf("latency %s %llu start %.0f end %.0f stop %.0f ms\n", name.c_str(),
                    static_cast<unsigned long long>(seed), took.start, took.end, took.stop);
    });
    if (!only.empty() && only != "slurm") return failed;
    auto took = latencies{};
    auto const got = on_slurm<rota::system::fifo<>>("slurm", what, nullptr, took);
    if (!got) return 1;
    print("live", "slurm", seed, *got);
    predict_slurm(what, seed, first.value_or(usual));
    return failed;
}

int predict(std::uint64_t seed, std::size_t count) {
    auto const what = make_plan(seed, count);
    each_scheduler(what, [&](std::string const& name, auto make) {
        print("simulated", name, seed, simulated(what, usual, make));
    });
    predict_slurm(what, seed, usual);
    return 0;
}

int table(int count, char** paths) {
    auto rows = std::map<std::string, std::map<std::string, std::vector<figures>>>{};
    for (auto i = 0; i != count; ++i) {
        auto in = std::ifstream{paths[i]};
        auto what = std::string{};
        while (in >> what) {
            auto name = std::string{};
            auto seed = 0;
            auto f = figures{};
            if (what == "live" || what == "simulated") {
                in >> name >> seed >> f.jct_s >> f.wait_s >> f.makespan_s >> f.utilisation >> f.preemptions >>
                    f.verbs;
                rows[name][what].push_back(f);
            }
            std::getline(in, name);
        }
    }
    auto const mean = [](std::vector<figures> const& of, double figures::* which) {
        auto sum = 0.0;
        for (auto const& one : of) sum += one.*which;
        return sum / static_cast<double>(std::max<std::size_t>(of.size(), 1));
    };
    std::puts("| scheduler | JCT s | by seed | wait s | makespan s | utilisation % | preemptions | verbs | "
              "JCT simulated s "
              "| off by % |\n|---|---|---|---|---|---|---|---|---|---|");
    for (auto const* name : {"slurm", "fifo", "easy", "srtf", "tiresias_l", "quota_drf"}) {
        auto const& real = rows[name]["live"];
        auto const& said = rows[name]["simulated"];
        auto seeds = std::string{};
        for (auto const& one : real)
            seeds += (seeds.empty() ? "" : ", ") + std::to_string(std::lround(one.jct_s));
        auto const jct = mean(real, &figures::jct_s);
        auto const model = mean(said, &figures::jct_s);
        std::printf("| `%s` | %.1f | %s | %.1f | %.1f | %.0f | %.1f | %.0f | %.1f | %+.1f |\n", name, jct,
                    seeds.c_str(), mean(real, &figures::wait_s), mean(real, &figures::makespan_s),
                    mean(real, &figures::utilisation), mean(real, &figures::preemptions),
                    mean(real, &figures::verbs), model, 100 * (model / jct - 1));
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc >= 3 && std::string{argv[1]} == "table") return table(argc - 2, argv + 2);
    if ((argc == 4 || argc == 5) && std::string{argv[1]} == "run" && std::getenv("MINI_CLUSTER") != nullptr)
        return run_all(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10),
                       argc == 5 ? argv[4] : "");
    if (argc == 4 && std::string{argv[1]} == "predict")
        return predict(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
    std::fputs("usage: MINI_SCHEDULER=backfill property/slurm/mini_cluster 4 8 slurm_comparison run SEED "
               "JOBS [NAME]\n"
               "       slurm_comparison table FILE...\n"
               "       slurm_comparison predict SEED JOBS\n",
               stderr);
    return 2;
}
