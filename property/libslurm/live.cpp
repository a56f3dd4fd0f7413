// SPDX-License-Identifier: BSL-1.0
// The backend of libslurm on a real Slurm, which this test starts for itself: it sees what the backend of Slurm's
// clients sees, of jobs of every kind; it stands what that stands; and it comes back soon when nobody answers. Skipped
// where Slurm's packages are absent.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/libslurm/client.hpp>
#include <rota/libslurm/find_cluster.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/find_cluster.hpp>
#include <rota/slurm/site.hpp>

#include "../slurm/scenarios.hpp"
#include "../slurm/session.hpp"
#include "see_the_same.hpp"

namespace {

namespace fs = std::filesystem;
namespace live = rota::live;
using on_slurm::check;
using on_slurm::see_the_same;
using on_slurm::words;

rota::slurm::site const names{.accounts = {"vision", "speech"}};

struct by_libslurm {
    static rota::libslurm::client open(rota::cluster::spec const& cluster) {
        return {cluster, "main", {}, 2'000};
    }
};

/// Jobs of every kind, in every state that is to be had here.
void compare(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto by_text = rota::slurm::client<>{cluster, "main", names, rota::slurm::runner{5'000}};
    auto by_record = rota::libslurm::client{cluster, "main", names, 5'000};
    auto const run = rota::slurm::runner{};
    auto const submit = [&](words const& how, char const* work) {
        auto argv = words{"sbatch", "--parsable", "--output=/dev/null", "--chdir=" + folder.string()};
        argv.insert(argv.end(), how.begin(), how.end());
        argv.push_back(std::string{"--wrap="} + work);
        auto got = run(argv);
        check(got.code == 0, "sbatch of " + how[0] + ": " + got.err);
        return got.out.substr(0, got.out.find_first_not_of("0123456789"));
    };
    auto const scontrol = [&](words argv) {
        argv.insert(argv.begin(), "scontrol");
        auto const got = run(argv);
        check(got.code == 0, argv[1] + ": " + got.err);
    };
    see_the_same(by_text, by_record, "no job");
    auto const first = submit({"--hold", "--gpus=2", "--time=7"}, "sleep 30");
    submit({"--hold", "--gres=gpu:4", "-N2", "--account=speech", "--nice=-20"}, "sleep 1");
    submit({"--hold", "--gres=gpu:3", "-N2", "--nice=7"}, "sleep 1");
    submit({"--hold", "--gpus=1", "--array=3-6,60%4"}, "sleep 1");
    submit({"--hold", "--gpus=1", "--array=1,2,4,8,16,32,64,128,256,512,600-619,777"}, "sleep 1");
    submit({"--hold", "--time=1-02:00:00"}, "sleep 1");
    submit({"--hold", "--gpus=1", "--dependency=afterok:" + first}, "sleep 1");
    auto const running = submit({"--gpus=3", "--requeue"}, "sleep 60");
    auto const failing = submit({"--gpus=1"}, "exit 3");
    auto const array = submit({"--gpus=1", "--array=0-2"}, "sleep 60");
    submit({"--hold", "--gpus=5", "--comment=rota:gpus=2-9"}, "sleep 1");
    submit({"--hold", "--gpus=1", "--partition=beside"}, "sleep 1");
    submit({"--gpus=1", "--partition=beside"}, "sleep 60");
    submit({"--hold", "--gpus=5", "--comment=rota:gpus=6-9"}, "sleep 1");
    auto const uneven =
        submit({"--gpus=3", "--nodes=2", "--comment=no|| row\n" + first + "|of ann|"}, "sleep 60");
    for (auto const* wish :
         {"--begin=now+1hour", "--nodelist=n2", "--exclude=n1", "--exclusive", "--exclusive=user",
          "--oversubscribe", "--contiguous", "--switches=1", "--licenses=matlab:1", "--partition=main,beside",
          "--tmp=10", "--gpus-per-task=1", "--gres=pass:1", "--no-requeue"})
        submit({"--hold", "--gpus=1", wish}, "sleep 1");
    submit({"--hold", "--gpus=8", "--exclusive"}, "sleep 1");
    submit({"--hold", "--gpus=2", "--nodes=2"}, "sleep 1");
    submit({"--hold", "--gpus-per-task=1", "--ntasks=2"}, "sleep 1");
    submit({"--hold", "--gpus-per-socket=1", "--sockets-per-node=2"}, "sleep 1");
    auto const cancelled = submit({"--hold", "--gpus=1"}, "sleep 1");
    check(run({"scancel", cancelled}).code == 0, "scancel");
    see_the_same(by_text, by_record, "a queue");
    auto const state_of = [&](std::string const& id) {
        auto const seen = by_record.poll();
        if (!seen) return live::job_state::held;
        auto const one =
            std::find_if(seen->jobs.begin(), seen->jobs.end(), [&](auto const& job) { return job.id == id; });
        return one == seen->jobs.end() ? live::job_state::held : one->state;
    };
    auto const comes = [&](std::string const& id, live::job_state state) {
        for (auto i = 0; i != 100 && state_of(id) != state; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        check(state_of(id) == state, id + " comes to state " + std::to_string(static_cast<int>(state)));
    };
    comes(running, live::job_state::running);
    comes(uneven, live::job_state::running);
    comes(failing, live::job_state::failed);
    comes(array + "_2", live::job_state::running);
    see_the_same(by_text, by_record, "a queue of which some run");
    std::this_thread::sleep_for(std::chrono::milliseconds{500}); // a run of its age may be touched
    check(by_record.requeue(running) == live::reply::done, "a requeue");
    check(by_record.requeue(array + "_1") == live::reply::done, "a requeue of a task");
    comes(running, live::job_state::held);
    comes(array + "_1", live::job_state::held);
    scontrol({"update", "nodename=n2", "state=drain", "reason=test"});
    scontrol({"update", "nodename=n3", "state=down", "reason=test"});
    see_the_same(by_text, by_record, "a drained node, a lost one, and who was there");
    scontrol({"update", "nodename=n2,n3", "state=resume"});
    see_the_same(by_text, by_record, "nodes that are back");

    // verbs whose answer is no
    auto where = rota::cluster::placement{};
    where.add({.node = rota::node_id{0}, .gpus = 3});
    for (auto const* id : {"999999", "999999_1", "no_job"})
        check(by_record.start(id, where) == live::reply::refused &&
                  by_record.requeue(id) == live::reply::refused &&
                  by_record.hold(id) == live::reply::refused && by_record.save(id) == live::reply::refused,
              std::string{id} + " is no job");
    check(by_record.complaint() == "Invalid job id specified", by_record.complaint());
    check(by_record.save(first) == live::reply::refused, "a held job has nothing to save");
    check(run({"scancel", "--user=root"}).code == 0, "scancel of all");
    for (auto i = 0; i != 100; ++i) {
        auto const seen = by_record.poll();
        if (seen && std::all_of(seen->jobs.begin(), seen->jobs.end(),
                                [](auto const& one) { return is_over(one.state); }))
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    see_the_same(by_text, by_record, "an end");
}

/// The controller hears and does not answer: nobody waits for it longer than he is willing to.
void fall_silent(rota::cluster::spec const& cluster, fs::path const& folder) {
    using clock = std::chrono::steady_clock;
    auto backend = rota::libslurm::client{cluster, "main", {}, 300};
    check(backend.poll().has_value(), "it answers");
    auto const pid = std::atoi(on_slurm::text_of(folder / "run" / "slurmctld.pid").c_str());
    check(pid > 1 && ::kill(pid, SIGSTOP) == 0, "the controller sleeps");
    auto const from = clock::now();
    check(!backend.poll() && backend.complaint() == "no answer in time", "no state");
    check(backend.hold("1") == live::reply::unknown, "no answer to a verb");
    check(clock::now() - from < std::chrono::seconds{5}, "both in time");
    check(::kill(pid, SIGCONT) == 0, "it wakes up");
    auto answers = false;
    for (auto i = 0; i != 50 && !answers; ++i) answers = backend.poll().has_value();
    check(answers, "it answers again");
}

} // namespace

int main(int argc, char** argv) {
    auto const driver = argc == 2 && std::string_view{argv[1]} == "driver";
    return on_slurm::run_on_a_cluster([driver](auto const& folder) {
        auto why = std::string{};
        auto const cluster = rota::libslurm::find_cluster("main", why);
        auto const other = rota::slurm::find_cluster("main", why);
        if (!check(cluster.has_value() && other.has_value(), "the cluster: " + why)) return;
        check(*cluster == *other, "both find the same cluster");
        if (driver) std::exit(on_slurm::drive_until_killed<by_libslurm>(*cluster, folder));
        compare(*cluster, folder);
        fall_silent(*cluster, folder);
        on_slurm::drive<by_libslurm>(*cluster, folder);
        on_slurm::reshape<by_libslurm>(*cluster, folder);
        on_slurm::make_way<by_libslurm>(*cluster, folder);
        on_slurm::kill_drivers<by_libslurm>(*cluster, folder);
        on_slurm::restart_controller<by_libslurm>(*cluster, folder);
        on_slurm::queue_a_thousand<by_libslurm>(*cluster, folder);
        on_slurm::take_turns<by_libslurm>(*cluster, folder);
    });
}
