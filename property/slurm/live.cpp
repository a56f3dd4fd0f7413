// SPDX-License-Identifier: BSL-1.0
// A scheduler drives a real Slurm, which this test starts for itself: exact placement, a gang of whole nodes,
// preemption with a checkpoint, a node that goes and comes back, drivers that are killed, a controller that is
// restarted, a thousand jobs in the queue. Skipped where Slurm's packages are absent.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/host.hpp>
#include <rota/live/journal_file.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/hostlist.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

#include "../tally.hpp"

namespace {

namespace fs = std::filesystem;
namespace live = rota::live;
namespace slurm = rota::slurm;
namespace verify = rota::verify;
using rota::job_id;
using rota::log::kind;
using words = std::vector<std::string>;

auto told = tally{};

bool check(bool good, std::string_view what) { return told.check(good, what); }

/// Counts tenths of a second; saves the count when told to, and goes on from it after a restart.
constexpr auto script = R"(#!/bin/bash
# job NAME TENTHS
exec >>"$MINI_CLUSTER/$1.out"
done=$(cat "$MINI_CLUSTER/$1.saved" 2>/dev/null || echo 0)
echo "start $SLURM_JOB_NODELIST $done"
trap 'echo $done >"$MINI_CLUSTER/$1.saved"' USR1
trap 'exit 143' TERM
while [ "$done" -lt "$2" ]; do
    sleep 0.1
    done=$((done + 1))
done
echo finish
)";

struct run_seen {
    words nodes;
    int from = 0; ///< the count that it went on from
};

/// Submits it held, as users of such a cluster do.
void submit_job(fs::path const& folder, std::string const& name, int gpus, int tenths, int nice) {
    auto argv = words{"sbatch",
                      "--hold",
                      "--parsable",
                      "--requeue",
                      "--output=/dev/null",
                      "--chdir=" + folder.string(),
                      "--nice=" + std::to_string(nice),
                      "--gpus=" + std::to_string(gpus)};
    for (auto const& word : {(folder / "job").string(), name, std::to_string(tenths)}) argv.push_back(word);
    auto const got = slurm::runner{}(argv);
    check(got.code == 0, "sbatch of " + name + ": " + got.err);
}

class session {
public:
    /// With a journal it goes on from it, and is killed with what it holds; `names` were submitted before.
    session(rota::cluster::spec const& cluster, fs::path folder, std::string const& journal = {},
            words names = {})
        : folder_{std::move(folder)}, cluster_{&cluster}, backend_{cluster, "main", {}, slurm::runner{2'000}},
          host_{cluster,
                rota::tenant_tree{},
                backend_,
                {.save_ms = 500, .backoff_ms = 2'000},
                rota::recorder{log_}} {
        auto const path = folder_ / "job";
        std::ofstream{path} << script;
        fs::permissions(path, fs::perms::owner_all);
        names_ = std::move(names);
        if (journal.empty()) return;
        auto why = std::string{};
        journal_ = live::journal_file::open(journal, why);
        if (!check(journal_.has_value(), why)) return;
        auto const got = host_.recover(journal_->text().value_or("?"));
        if (!check(std::holds_alternative<std::size_t>(got), "the journal is one")) return;
        check(journal_->cut(std::get<std::size_t>(got)), "what was torn off is gone");
        recovered_ms_ = index(host_.state().now());
        host_.keep_journal(log_,
                           [this](std::string_view group) { check(journal_->write(group), "journal"); });
        if (!log_.records.empty()) host_.resync();
    }
    session(session const&) = delete;
    session& operator=(session const&) = delete;

    [[nodiscard]] rota::log::schedule const& log() const noexcept { return log_; }
    [[nodiscard]] auto const& host() const noexcept { return host_; }

    /// Its number in the log is that of its submission.
    void submit(std::string const& name, int gpus, int tenths, int nice = 0) {
        submit_job(folder_, name, gpus, tenths, nice);
        names_.push_back(name);
    }
    bool order(words const& argv) {
        auto const got = run_(argv);
        return check(got.code == 0, argv[1] + ": " + got.err);
    }
    /// False where the scheduler does not come to rest.
    bool round() {
        auto const from = clock::now();
        auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(from - from_).count();
        auto const got = host_.round(rota::sim_time{recovered_ms_ + now}, scheduler_);
        auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - from).count();
        longest_ms_ = std::max(longest_ms_, rota::millis{took});
        blind_ += got == decltype(host_)::outcome::blind;
        return got != decltype(host_)::outcome::unsettled;
    }
    [[nodiscard]] rota::millis longest_ms() const noexcept { return longest_ms_; }
    [[nodiscard]] int blind() const noexcept { return blind_; }
    /// Rounds until it holds, or the time is up.
    template <class Holds>
    bool wait(std::string const& what, int seconds, Holds holds) {
        auto const until = clock::now() + std::chrono::seconds{seconds};
        while (!holds() && clock::now() < until && round())
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
        return check(holds(), what);
    }
    [[nodiscard]] std::size_t count(kind what, std::size_t job) const {
        return static_cast<std::size_t>(
            std::count_if(log_.records.begin(), log_.records.end(),
                          [&](auto const& r) { return r.kind == what && r.job == job; }));
    }
    [[nodiscard]] bool has(kind what) const {
        return std::any_of(log_.records.begin(), log_.records.end(),
                           [&](auto const& r) { return r.kind == what; });
    }
    [[nodiscard]] bool idle() const {
        return host_.specs().size() == names_.size() && host_.state().jobs().active().empty();
    }

    /// What the job itself wrote of its runs.
    [[nodiscard]] std::vector<run_seen> runs(std::size_t job) const {
        auto all = std::vector<run_seen>{};
        auto in = std::ifstream{folder_ / (names_[job] + ".out")};
        auto word = std::string{};
        while (in >> word) {
            if (word != "start") continue;
            auto& fresh = all.emplace_back();
            in >> word >> fresh.from;
            fresh.nodes = slurm::expand_hosts(word).value_or(words{});
        }
        return all;
    }
    [[nodiscard]] bool finished(std::size_t job) const {
        auto in = std::ifstream{folder_ / (names_[job] + ".out")};
        auto const text = std::string{std::istreambuf_iterator<char>{in}, {}};
        return text.ends_with("finish\n");
    }
    /// Every start of the log is a run of the job on those nodes.
    void check_places() const {
        for (auto job = std::size_t{0}; job != names_.size(); ++job) {
            auto said = std::vector<words>{};
            for (auto const& r : log_.records) {
                if (r.kind != kind::start || r.job != job) continue;
                auto& nodes = said.emplace_back();
                for (auto const& part : log_.devices(r)) nodes.push_back(cluster_->names[index(part.node)]);
                std::sort(nodes.begin(), nodes.end());
            }
            auto real = std::vector<words>{};
            for (auto const& one : runs(job)) real.push_back(one.nodes);
            check(said == real, names_[job] + " ran where it was put, each time");
        }
    }
    void check_laws() const {
        auto jobs = rota::job::workload{};
        jobs.specs.assign(host_.specs().begin(), host_.specs().end());
        jobs.works.resize(jobs.specs.size());
        auto outages = std::vector<rota::cluster::outage>{};
        for (auto const& r : log_.records)
            if (r.kind == kind::node_down || r.kind == kind::node_up)
                outages.push_back({r.at, log_.devices(r).front().node, r.kind == kind::node_up});
        auto given = verify::premises{};
        given.late_ms_max = 5'000; // a lost node's job is COMPLETING for a while
        auto const found = verify::check_log(
            {*cluster_, jobs, outages, rota::claims_of<rota::system::priority_preemptive<>>(), given, log_});
        auto const broken = found.broken();
        check(!broken, broken ? explain(*broken, found.of(*broken), log_) : std::string{});
    }

private:
    using clock = std::chrono::steady_clock;

    fs::path folder_;
    rota::cluster::spec const* cluster_;
    slurm::runner run_;
    slurm::client<> backend_;
    rota::log::schedule log_;
    live::host<slurm::client<>> host_;
    rota::system::priority_preemptive<> scheduler_;
    clock::time_point from_ = clock::now();
    words names_;
    std::optional<live::journal_file> journal_;
    rota::millis recovered_ms_ = 0;
    rota::millis longest_ms_ = 0;
    int blind_ = 0;
};

void drive(fs::path const& folder) {
    auto why = std::string{};
    auto const cluster = slurm::find_cluster("main", why);
    if (!check(cluster.has_value(), "the cluster: " + why)) return;
    check(cluster->names == words{"n1", "n2", "n3"} && cluster->gpus() == 12, "three nodes of four GPUs");
    auto s = session{*cluster, folder};

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

std::string text_of(fs::path const& path) {
    auto in = std::ifstream{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The driver is killed over and over, as soon as it has written some more; the last one brings all to an end.
void kill_drivers(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto const journal = (folder / "journal").string();
    auto names = words{};
    for (auto i = 0; i != 9; ++i) {
        names.push_back("killed" + std::to_string(i));
        submit_job(folder, names.back(), 4, 15 + i, i == 8 ? -50 : 0);
    }
    auto kills = 0;
    std::fflush(stdout);
    for (auto const ms : {0, 100, 300, 700}) {
        auto const before = text_of(journal).size();
        auto const child = ::fork();
        if (child == 0) {
            auto one = session{cluster, folder, journal, names};
            while (one.round()) std::this_thread::sleep_for(std::chrono::milliseconds{100});
            ::_exit(1);
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
    auto s = session{cluster, folder, journal, names};
    check(!s.log().records.empty(), "the last driver knows what they did");
    s.wait("all end", 40, [&] { return s.idle(); });
    for (auto job = std::size_t{0}; job != names.size(); ++job)
        check(s.count(kind::finish, job) == 1 && s.finished(job) && s.runs(job).size() == 1,
              names[job] + " ran once, and to its end");
    s.check_places();
    s.check_laws();
    check(s.host().strays() == 0, "no run was taken for a stray");
    if (told.failed() != 0)
        std::printf("%s%s", text_of(journal).c_str(), rota::log::to_text(s.log()).c_str());
}

/// Slurm's controller goes away for a while, and comes back.
void restart_controller(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session{cluster, folder};
    for (auto i = 0; i != 5; ++i) s.submit("through" + std::to_string(i), 4, 40);
    s.wait("three run", 15,
           [&] { return s.count(kind::start, 0) + s.count(kind::start, 1) + s.count(kind::start, 2) == 3; });
    auto const pid = std::atoi(text_of(folder / "run" / "slurmctld.pid").c_str());
    check(pid > 1 && ::kill(pid, SIGTERM) == 0, "the controller stops");
    s.wait("nobody answers", 15, [&] { return s.blind() >= 2 && ::kill(pid, 0) != 0; });
    s.order({"slurmctld", "-f", (folder / "slurm.conf").string()});
    s.wait("all end", 40, [&] { return s.idle(); });
    for (auto job = std::size_t{0}; job != 5; ++job)
        check(s.count(kind::finish, job) == 1 && s.finished(job) && s.runs(job).size() == 1,
              "job " + std::to_string(job) + " ran once, and to its end");
    s.check_places();
    s.check_laws();
    check(s.host().strays() == 0, "nothing ran that was not ordered");
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

/// A thousand jobs wait; some run, and the rest is taken back.
void queue_a_thousand(rota::cluster::spec const& cluster, fs::path const& folder) {
    auto s = session{cluster, folder, {}, words(1'000)};
    auto const got = slurm::runner{}({"sbatch", "--hold", "--parsable", "--output=/dev/null", "--gpus=1",
                                      "--array=1-1000", "--chdir=" + folder.string(), "--wrap=sleep 0.3"});
    if (!check(got.code == 0, "sbatch of an array: " + got.err)) return;
    auto const id = got.out.substr(0, got.out.find_first_not_of("0123456789"));
    auto const ended = [&] {
        return std::count_if(s.log().records.begin(), s.log().records.end(),
                             [](auto const& r) { return r.kind == kind::finish; });
    };
    s.wait("some end", 40, [&] { return ended() >= 24; });
    check(s.host().specs().size() == 1'000, "all of them are known");
    s.order({"scancel", id});
    s.wait("the rest is gone", 30, [&] { return s.idle(); });
    s.check_laws();
    check(s.host().strays() == 0, "nothing ran that was not ordered");
    std::printf("1,000 jobs queued: %lld ended, the longest round took %lld ms\n",
                static_cast<long long>(ended()), static_cast<long long>(s.longest_ms()));
    if (told.failed() != 0) std::printf("%s", rota::log::to_text(s.log()).c_str());
}

} // namespace

int main() {
    if (auto const* const folder = std::getenv("MINI_CLUSTER"); folder != nullptr) {
        drive(folder);
        auto why = std::string{};
        if (auto const cluster = slurm::find_cluster("main", why); check(cluster.has_value(), why)) {
            kill_drivers(*cluster, folder);
            restart_controller(*cluster, folder);
            queue_a_thousand(*cluster, folder);
        }
        return told.end();
    }
    auto const* const source = std::getenv("ROTA_SOURCE");
    if (source == nullptr) {
        std::puts("skipped: ROTA_SOURCE, the folder of the sources, is not set");
        return 77;
    }
    auto const cluster = std::string{source} + "/property/slurm/mini_cluster";
    auto const self = fs::read_symlink("/proc/self/exe").string();
    ::execl("/usr/bin/env", "env", "bash", cluster.c_str(), "3", "4", self.c_str(),
            static_cast<char*>(nullptr));
    std::perror("env");
    return 1;
}
