// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_SLURM_SCENARIOS_HPP
#define ROTA_PROPERTY_SLURM_SCENARIOS_HPP

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <rota/cluster/spec.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/slurm/command.hpp>
#include <rota/system/afs_l.hpp>

#include "session.hpp"
#include "this_program.hpp"

/// What every backend of Slurm has to stand.
namespace on_slurm {

/// Exact placement, preemption with a checkpoint, a node that goes and comes back, a gang of whole nodes.
template <class Way>
void drive(rota::cluster::spec const& cluster, fs::path const& folder) {
    check(cluster.names == words{"n1", "n2", "n3"} && cluster.gpus() == 12, "three nodes of four GPUs");
    auto s = session<Way>{cluster, folder};

    enum : std::size_t { low, high, gang, small };
    s.submit("low", 12, 60, 100);
    s.wait("low starts on everything", 15,
           [&] { return s.count(kind::start, low) == 1 && !s.runs(low).empty(); });
    s.submit("high", 4, 10);
    s.wait("high stops low and runs", 20, [&] { return s.count(kind::start, high) == 1; });
    check(s.count(kind::preempt, low) == 1, "low was preempted");
    s.wait("low is back", 20, [&] { return s.count(kind::start, low) == 2 && s.runs(low).size() == 2; });

    s.order({"scontrol", "update", "nodename=n2", "state=down", "reason=test"});
    s.wait("its node is lost", 20,
           [&] { return s.has(kind::node_down) && s.count(kind::interrupt, low) == 1; });
    s.submit("gang", 8, 5, 50);
    s.wait("a gang runs on what is left", 20, [&] { return s.count(kind::start, gang) == 1; });
    s.order({"scontrol", "update", "nodename=n2", "state=resume"});
    s.wait("the node is back", 15, [&] { return s.has(kind::node_up); });
    for (auto i = 0; i != 5; ++i) s.submit("small" + std::to_string(i), 1 + i % 3, 3 + i);
    s.wait("all end", 60, [&] { return s.idle(); });

    for (auto job = std::size_t{low}; job != small + 5; ++job)
        check(s.count(kind::finish, job) == 1 && s.finished(job), "job " + std::to_string(job) + " finished");
    auto const runs = s.runs(low);
    check(runs.size() >= 3 && runs[0].from == 0 && runs[1].from > 0, "low went on from its checkpoint");
    s.check_places();
    s.check_laws();
    check(s.host().strays() == 0, "nothing ran that was not ordered");
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

/// A gang whose size is what others leave of its range, and one that no whole nodes make, which Slurm spreads as it likes.
template <class Way>
void reshape(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session<Way, rota::system::afs_l<>>{cluster, folder};
    enum : std::size_t { elastic, even, small, uneven };
    auto const limit = words{"--time=1"};
    s.submit("elastic", 9, 45, 0, {"--time=9", "--comment=rota:gpus=2-12"});
    s.wait("it has everything", 15, [&] { return s.sizes(elastic) == std::vector{12}; });
    s.submit("even", 4, 50, 0, limit);
    s.wait("it shrinks", 20, [&] { return s.sizes(elastic) == std::vector{12, 8}; });
    check(s.sizes(even) == std::vector{4}, "and makes room for as much");
    s.wait("both end", 30, [&] { return s.idle(); });
    check(s.runs(elastic).size() >= 2 && s.runs(elastic)[1].from > 0, "it went on from its checkpoint");

    s.submit("small", 1, 30, 0, limit);
    s.wait("a part of the first node is taken", 15, [&] { return s.count(kind::start, small) == 1; });
    s.submit("uneven", 5, 5, 0, limit);
    s.wait("all end", 30, [&] { return s.idle(); });
    check(s.sizes(uneven) == std::vector{5} && s.runs(uneven).front().nodes.size() == 2,
          "five GPUs of two nodes");
    for (auto const job : {elastic, even, small, uneven})
        check(s.count(kind::finish, job) == 1 && s.finished(job), "job " + std::to_string(job) + " finished");
    s.check_places();
    s.check_laws();
    check(s.host().strays() == 0, "nothing ran that was not ordered");
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

inline std::string text_of(fs::path const& path) {
    auto in = std::ifstream{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Others run beside, of another partition and of the same, and a node is drained: nothing is given out there, and what
/// runs there goes on.
template <class Way>
void make_way(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session<Way>{cluster, folder};
    auto const beside = [&](words more, std::string const& seconds) {
        auto argv = words{"sbatch", "--parsable", "--output=/dev/null", "--chdir=" + folder.string()};
        argv.insert(argv.end(), more.begin(), more.end());
        argv.push_back("--wrap=sleep " + seconds);
        check(slurm::runner{}(argv).code == 0, "sbatch of another's job");
    };
    s.submit("first", 2, 90);
    s.wait("it runs on the first node", 15, [&] { return s.count(kind::start, 0) == 1; });
    beside({"--partition=beside", "--nodelist=n2", "--gpus-per-task=1", "--ntasks=2"}, "6");
    beside({"--nodelist=n1", "--gpus=1"}, "6");
    s.wait("both are seen", 15, [&] { return !s.open(0) && !s.open(1) && s.open(2); });
    for (auto i = 0; i != 3; ++i) s.submit("beside" + std::to_string(i), 3, 10);
    s.wait("one starts where nobody else is", 15, [&] { return s.count(kind::start, 1) == 1; });
    check(s.runs(1).front().nodes == words{"n3"}, "on the third node");
    s.wait("the others are gone", 20, [&] { return s.open(0) && s.open(1); });
    s.order({"scontrol", "update", "nodename=n1", "state=drain", "reason=test"});
    s.wait("the first node closes", 15, [&] { return !s.open(0); });
    s.wait("all end", 40, [&] { return s.idle(); });
    s.order({"scontrol", "update", "nodename=n1", "state=resume"});
    s.wait("the first node is back", 15, [&] { return s.open(0); });
    s.check_ran_once(4);
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

/// The jobs of the drivers that are killed.
inline words killed_jobs() {
    auto names = words{};
    for (auto i = 0; i != 9; ++i) names.push_back("killed" + std::to_string(i));
    return names;
}

/// One of those drivers: a program of its own, which goes on until it is killed.
template <class Way>
int drive_until_killed(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto one = session<Way>{cluster, folder, (folder / "journal").string(), killed_jobs()};
    while (one.round()) std::this_thread::sleep_for(std::chrono::milliseconds{100});
    return 1;
}

/// The driver is killed over and over, as soon as it has written some more; the last one brings all to an end.
/// Expects a program that becomes drive_until_killed where its argument is `driver`.
template <class Way>
void kill_drivers(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto const journal = (folder / "journal").string();
    auto const names = killed_jobs();
    for (auto i = 0; i != 9; ++i)
        submit_job(folder, names[static_cast<std::size_t>(i)], 4, 15 + i, i == 8 ? -50 : 0);
    auto kills = 0;
    std::fflush(stdout);
    for (auto const ms : {0, 100, 300, 700}) {
        auto const before = text_of(journal).size();
        auto const child = ::fork();
        if (child == 0) {
            auto again = this_program();
            again.emplace_back("driver");
            become(std::move(again));
            ::_exit(127);
        }
        for (auto i = 0; i != 200 && text_of(journal).size() < before + 200; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // some verbs have been said, others not
        ::kill(child, SIGKILL);
        auto status = 0;
        ::waitpid(child, &status, 0);
        kills += WIFSIGNALED(status);
    }
    check(kills == 4, "four drivers were killed");
    auto s = session<Way>{cluster, folder, journal, names};
    check(!s.log().records.empty(), "the last driver knows what they did");
    s.wait("all end", 40, [&] { return s.idle(); });
    s.check_ran_once(names.size());
    if (told.failed() != 0)
        std::printf("%s%s%s", text_of(journal).c_str(), rota::log::to_text(s.log()).c_str(),
                    text_of(folder / "log" / "slurmctld.log").c_str());
}

/// Slurm's controller goes away for a while, and comes back.
template <class Way>
void restart_controller(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session<Way>{cluster, folder};
    for (auto i = 0; i != 5; ++i) s.submit("through" + std::to_string(i), 4, 40);
    s.wait("three run", 15,
           [&] { return s.count(kind::start, 0) + s.count(kind::start, 1) + s.count(kind::start, 2) == 3; });
    auto const pid = std::atoi(text_of(folder / "run" / "slurmctld.pid").c_str());
    check(pid > 1 && ::kill(pid, SIGTERM) == 0, "the controller stops");
    s.wait("nobody answers", 15, [&] { return s.blind() >= 2 && ::kill(pid, 0) != 0; });
    s.order({"slurmctld", "-f", (folder / "slurm.conf").string()});
    s.wait("all end", 40, [&] { return s.idle(); });
    s.check_ran_once(5);
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

/// A thousand jobs wait; some run, and the rest is taken back.
template <class Way>
void queue_a_thousand(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session<Way>{cluster, folder, {}, words(1'000)};
    auto const got = slurm::runner{}({"sbatch", "--hold", "--parsable", "--output=/dev/null", "--gpus=1",
                                      "--array=1-1000", "--chdir=" + folder.string(), "--wrap=sleep 0.3"});
    if (!check(got.code == 0, "sbatch of an array: " + got.err)) return;
    auto const id = got.out.substr(0, got.out.find_first_not_of("0123456789"));
    s.wait("some end", 40, [&] { return s.count_of(kind::finish) >= 24; });
    check(s.host().specs().size() == 1'000, "all of them are known");
    s.order({"scancel", id});
    s.wait("the rest is gone", 30, [&] { return s.idle(); });
    s.check_laws();
    check(s.host().strays() == 0, "nothing ran that was not ordered");
    std::printf("1,000 jobs queued: %zu ended, the longest round took %lld ms\n", s.count_of(kind::finish),
                static_cast<long long>(s.longest_ms()));
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

/// An array says how many of its tasks may run at once; nobody starts one more.
template <class Way>
void take_turns(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session<Way>{cluster, folder, {}, words(5)};
    auto const got = slurm::runner{}({"sbatch", "--hold", "--requeue", "--output=/dev/null", "--gpus=1",
                                      "--array=1-5%2", "--chdir=" + folder.string(), "--wrap=sleep 0.3"});
    if (!check(got.code == 0, "sbatch of an array: " + got.err)) return;
    s.wait("all five end", 40, [&] { return s.count_of(kind::finish) == 5; });
    check(s.count_of(kind::start_failed) == 0, "no start fails");
    s.check_laws();
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

} // namespace on_slurm

#endif
