// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_SLURM_BESIDES_SCENARIOS_HPP
#define ROTA_PROPERTY_SLURM_BESIDES_SCENARIOS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/log/text.hpp>
#include <rota/slurm/command.hpp>
#include <rota/system/slurm_like.hpp>

#include "session.hpp"

/// Nodes whose CPUs and memory end before their GPUs do.
namespace on_slurm {

/// Three nodes of four GPUs, of eight cores of two threads each; memory is given out, too.
inline words const scarce{"MINI_SELECT=CR_Core_Memory",
                          "MINI_NODE=CPUs=16 Sockets=2 CoresPerSocket=4 ThreadsPerCore=2 RealMemory=4001",
                          "MINI_PARTITION=DefMemPerCPU=50"};

/// A job of every way to ask for CPUs and memory, held.
inline void submit_each(fs::path const& folder) {
    auto const all = std::vector<words>{{"--gpus=1"},
                                        {"--gpus=2", "--cpus-per-gpu=3"},
                                        {"--gpus=2", "--mem-per-gpu=300"},
                                        {"--gpus=2", "--mem-per-gpu=2G"},
                                        {"--gpus=2", "--ntasks=4", "--cpus-per-task=2", "--mem=1000"},
                                        {"--gres=gpu:2", "--cpus-per-task=3", "--mem-per-cpu=70"},
                                        {"--gres=gpu:4", "--nodes=2"},
                                        {"--gres=gpu:4", "--nodes=2", "--ntasks-per-node=4"},
                                        {"--gres=gpu:4", "--nodes=2", "--ntasks=5"},
                                        {"--gpus=6"},
                                        {"--gpus=6", "--cpus-per-gpu=1"},
                                        {"--gpus=6", "--cpus-per-task=2"},
                                        {"--gpus=6", "--mem=500"},
                                        {"--gpus=2", "--comment=rota:gpus=1-4"},
                                        {"--gpus=2", "--comment=rota:gpus=1-4", "--ntasks=2"},
                                        {"--gpus=2", "--mincpus=6"},
                                        {"--gpus=2", "--mem=0"},
                                        {"--gpus=6", "--mem=0"},
                                        {"--gpus=2", "--threads-per-core=1"},
                                        {"--gpus=2", "--hint=nomultithread"},
                                        {"--gpus=2", "--ntasks=2", "--ntasks-per-socket=1"},
                                        {"--gpus=2", "--ntasks=2", "--ntasks-per-core=1"},
                                        {"--gpus=2", "--sockets-per-node=1"},
                                        {"--gpus=2", "--ntasks-per-gpu=2"},
                                        {"--gpus=1", "--array=1-3", "--mem=123"},
                                        {"--gpus=1", "--job-name=x MinMemoryNode=7 y"},
                                        {"--cpus-per-task=2"}};
    for (auto const& one : all) {
        auto argv =
            words{"sbatch", "--hold", "--requeue", "--output=/dev/null", "--chdir=" + folder.string()};
        argv.insert(argv.end(), one.begin(), one.end());
        argv.push_back("--wrap=sleep 60");
        auto const got = slurm::runner{}(argv);
        check(got.code == 0, "sbatch of " + one.back() + ": " + got.err);
    }
}

/// Slurm starts some of them, and one in another partition that asks for no GPU.
inline void start_some() {
    auto const run = slurm::runner{};
    for (auto const* id : {"1", "2", "4", "5"})
        check(run({"scontrol", "release", id}).code == 0, "a release");
    check(run({"sbatch", "--output=/dev/null", "--partition=beside", "--cpus-per-task=3", "--wrap=sleep 60"})
                  .code == 0,
          "sbatch of another's job");
    std::this_thread::sleep_for(std::chrono::milliseconds{2'500});
}

/// Every job ends.
inline void cancel_all() {
    auto const run = slurm::runner{};
    check(run({"scancel", "--user=root"}).code == 0, "scancel of all");
    for (auto i = 0;
         i != 100 && !run({"squeue", "--noheader", "--states=pending,running,completing"}).out.empty(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
}

/// Each kind of request alone: while it runs, Slurm has given out as much as the books have counted.
template <class Way>
void count_exactly(rota::cluster::spec const& cluster, fs::path const& folder) {
    check(cluster.nodes[0].cpu_milli == 16'000 && cluster.nodes[0].mem_mib == 4'001,
          "CPUs and memory of a node");
    auto s = session<Way, rota::system::slurm_like<>>{cluster, folder};
    struct kind_of_job {
        std::string name;
        int gpus;
        words asks;
    };
    auto const all = std::vector<kind_of_job>{
        {"plain", 1, {}},
        {"cpus_a_gpu", 2, {"--cpus-per-gpu=3"}},
        {"cpus_a_task", 3, {"--cpus-per-task=5"}},
        {"tasks", 2, {"--ntasks=3", "--cpus-per-task=2"}},
        {"least", 1, {"--mincpus=5"}},
        {"mem_a_gpu", 3, {"--mem-per-gpu=700"}},
        {"mem_a_cpu", 2, {"--mem-per-cpu=130", "--cpus-per-gpu=3"}},
        {"mem_a_node", 3, {"--mem=1000", "--cpus-per-gpu=4"}},
        {"all_memory", 3, {"--mem=0"}},
        {"gigabytes", 1, {"--mem=3G"}},
        {"whole_nodes", 8, {"--cpus-per-gpu=2", "--mem-per-gpu=100"}},
        {"tasks_a_node", 8, {"--nodes=2", "--ntasks=6", "--ntasks-per-node=3", "--cpus-per-task=3"}},
        {"one_a_node", 8, {"--cpus-per-task=7"}},
        {"alone", 4, {"--exclusive"}},
        {"two_alone", 8, {"--exclusive", "--mem=1000"}},
    };
    for (auto const& one : all) s.submit(one.name, one.gpus, 15, 0, one.asks);
    auto seen = std::vector<int>(all.size(), 0);
    auto over = [&] {
        // where exactly the books' jobs run, Slurm's count is theirs
        auto const now = s.look();
        if (!now || !check(now->taken.size() == 3, "what is taken of each node")) return s.idle();
        auto cpu = std::vector<std::int64_t>(3, 0);
        auto mem = std::vector<std::int64_t>(3, 0);
        auto gpus = std::vector<int>(3, 0);
        auto settled = true;
        for (auto const& job : now->jobs) {
            auto const runs = job.state == live::job_state::running;
            settled = settled && (runs || is_over(job.state) || job.state == live::job_state::held);
        }
        for (auto id : s.host().state().jobs().active()) {
            auto const& at = s.host().state().at(id);
            settled = settled && (at.flight == rota::order_kind::none);
            for (auto const& part : s.host().state().jobs().held(id)) {
                cpu[index(part.node)] += part.cpu_milli;
                mem[index(part.node)] += part.mem_mib;
                gpus[index(part.node)] += part.count();
            }
        }
        auto running = std::size_t{0};
        for (auto const& job : now->jobs) running += job.state == live::job_state::running;
        auto held = std::size_t{0};
        for (auto id : s.host().state().jobs().active()) held += !s.host().state().jobs().held(id).empty();
        if (!settled || running != held) return s.idle();
        for (auto n = std::size_t{0}; n != 3; ++n) {
            auto const cpus = (cpu[n] + 999) / 1'000 * 1'000; // rounded down by less than one in all
            auto const off = mem[n] - std::int64_t{now->taken[n].mem_mib};
            check(cpus == now->taken[n].cpu_milli, "CPUs of a node: " + std::to_string(cpus) +
                                                       " are counted, Slurm gives " +
                                                       std::to_string(now->taken[n].cpu_milli));
            check(-4 < off && off < 4, "memory of a node: " + std::to_string(off) + " MiB off");
        }
        for (auto id : s.host().state().jobs().active())
            if (!s.host().state().jobs().held(id).empty()) ++seen[index(id)];
        return s.idle();
    };
    s.wait("all end", 90, over);
    for (auto i = std::size_t{0}; i != all.size(); ++i) {
        check(seen[i] > 0, all[i].name + " was seen to run");
        check(s.count(kind::start_failed, i) == 0, all[i].name + " started when it was told");
    }
    s.check_ran_once(all.size());
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

/// More jobs than CPUs and memory allow at once, and others' jobs that have some of both: whatever is started, Slurm starts.
template <class Way>
void share_the_rest(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session<Way, rota::system::slurm_like<>>{cluster, folder};
    auto const beside = [&](words more) {
        auto argv = words{"sbatch", "--parsable", "--output=/dev/null", "--chdir=" + folder.string(),
                          "--partition=beside"};
        argv.insert(argv.end(), more.begin(), more.end());
        argv.push_back("--wrap=sleep 20");
        check(slurm::runner{}(argv).code == 0, "sbatch of another's job");
    };
    beside({"--nodelist=n1", "--cpus-per-task=11", "--mem=100"});
    beside({"--nodelist=n2", "--cpus-per-task=1", "--mem=3500"});
    s.wait("others are seen", 15,
           [&] { return s.others(0).cpu_milli == 12'000 && s.others(1).mem_mib == 3'500; });
    check(s.open(0) && s.open(1), "and their nodes are open");
    auto const each = std::vector<words>{
        {"--cpus-per-gpu=6"}, {"--mem=1500"},       {"--cpus-per-task=3"}, {"--mem-per-gpu=1100"}, {},
        {"--ntasks=5"},       {"--cpus-per-gpu=2"}, {"--mem=300"},         {"--mem-per-cpu=400"}};
    auto const jobs = std::size_t{28};
    s.submit("whole", 4, 20, 0, {"--exclusive"});
    for (auto i = std::size_t{1}; i != jobs; ++i)
        s.submit("share" + std::to_string(i), 1 + static_cast<int>(i % 2), 20 + static_cast<int>(i % 5) * 7,
                 0, each[i % each.size()]);
    s.wait("others have gone", 60, [&] { return s.others(0).cpu_milli == 0 && s.others(1).mem_mib == 0; });
    s.wait("all end", 120, [&] { return s.idle(); });
    auto failed = std::size_t{0};
    for (auto i = std::size_t{0}; i != jobs; ++i) failed += s.count(kind::start_failed, i);
    check(failed == 0, "no start was refused, but " + std::to_string(failed));
    auto ordered = std::map<std::uint32_t, rota::sim_time>{};
    for (auto const& r : s.log().records) {
        if (r.kind == kind::order) ordered[r.op] = r.at;
        if (r.kind == kind::start)
            check(r.at < ordered[r.op] + 12'000,
                  "no start waits for CPUs or memory: job " + std::to_string(r.job));
    }
    s.check_ran_once(jobs);
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

} // namespace on_slurm

#endif
