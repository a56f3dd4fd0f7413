// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_SLURM_SESSION_HPP
#define ROTA_PROPERTY_SLURM_SESSION_HPP

#include <algorithm>
#include <chrono>
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

#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/host.hpp>
#include <rota/live/journal_file.hpp>
#include <rota/log/schedule.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/hostlist.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/verify/changes_of.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

#include "../tally.hpp"
#include "this_program.hpp"

namespace on_slurm {

namespace fs = std::filesystem;
namespace live = rota::live;
namespace slurm = rota::slurm;
namespace verify = rota::verify;
using rota::log::kind;
using words = std::vector<std::string>;

inline auto told = tally{};

inline bool check(bool good, std::string_view what) { return told.check(good, what); }

/// Counts tenths of a second; saves the count when told to, and goes on from it after a restart.
inline constexpr auto script = R"(#!/bin/bash
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

/// Submits it held, as users of such a cluster do; `more` are further words for sbatch.
inline void submit_job(fs::path const& folder, std::string const& name, int gpus, int tenths, int nice,
                       words const& more = {}) {
    auto argv = words{"sbatch",
                      "--hold",
                      "--parsable",
                      "--requeue",
                      "--output=/dev/null",
                      "--chdir=" + folder.string(),
                      "--nice=" + std::to_string(nice),
                      "--gpus=" + std::to_string(gpus)};
    argv.insert(argv.end(), more.begin(), more.end());
    for (auto const& word : {(folder / "job").string(), name, std::to_string(tenths)}) argv.push_back(word);
    auto const got = slurm::runner{}(argv);
    check(got.code == 0, "sbatch of " + name + ": " + got.err);
}

/// A driver of that cluster, and what is to be seen of it. Way::open(cluster) makes its backend.
template <class Way, class Scheduler = rota::system::priority_preemptive<>>
class session {
public:
    /// With a journal it goes on from it, and is killed with what it holds; `names` were submitted before.
    session(rota::cluster::spec const& cluster, fs::path folder, std::string const& journal = {},
            words names = {})
        : folder_{std::move(folder)}, cluster_{&cluster}, backend_{Way::open(cluster)},
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

    /// What the manager says now; nothing where it does not answer.
    [[nodiscard]] std::optional<live::snapshot> look() { return backend_.poll(); }
    /// Its number in the log is that of its submission.
    void submit(std::string const& name, int gpus, int tenths, int nice = 0, words const& more = {}) {
        submit_job(folder_, name, gpus, tenths, nice, more);
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
    [[nodiscard]] std::size_t count_of(kind what) const {
        return static_cast<std::size_t>(std::count_if(log_.records.begin(), log_.records.end(),
                                                      [&](auto const& r) { return r.kind == what; }));
    }
    [[nodiscard]] bool has(kind what) const { return count_of(what) != 0; }
    /// The CPU and memory that others have of a node.
    [[nodiscard]] rota::cluster::slice others(std::uint32_t node) const {
        return host_.state().others(rota::node_id{node});
    }
    [[nodiscard]] bool open(std::uint32_t node) const {
        return host_.state().want().free().open(rota::node_id{node});
    }
    [[nodiscard]] bool idle() const {
        return host_.specs().size() == names_.size() && host_.state().jobs().active().empty();
    }

    /// The GPUs of its starts, one after the other.
    [[nodiscard]] std::vector<int> sizes(std::size_t job) const {
        auto all = std::vector<int>{};
        for (auto const& r : log_.records) {
            if (r.kind != kind::start || r.job != job) continue;
            all.push_back(0);
            for (auto const& part : log_.devices(r)) all.back() += part.count();
        }
        return all;
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
        auto const changes = verify::changes_of(log_);
        auto given = verify::premises{};
        given.late_ms_max = 5'000; // a lost node's job is COMPLETING for a while
        auto const found = verify::check_log(
            {*cluster_, jobs, changes.nodes, changes.quotas, rota::claims_of<Scheduler>(), given, log_});
        auto const broken = found.broken();
        check(!broken, broken ? explain(*broken, found.of(*broken), log_) : std::string{});
    }

    /// So many jobs ran once, to their end, where they were put, and the laws hold.
    void check_ran_once(std::size_t jobs) const {
        for (auto job = std::size_t{0}; job != jobs; ++job)
            check(count(kind::finish, job) == 1 && finished(job) && runs(job).size() == 1,
                  names_[job] + " ran once, and to its end");
        check_places();
        check_laws();
        check(host_.strays() == 0, "nothing ran that was not ordered");
    }

private:
    using client = decltype(Way::open(std::declval<rota::cluster::spec const&>()));
    using clock = std::chrono::steady_clock;

    fs::path folder_;
    rota::cluster::spec const* cluster_;
    slurm::runner run_;
    client backend_;
    rota::log::schedule log_;
    live::host<client> host_;
    Scheduler scheduler_;
    clock::time_point from_ = clock::now();
    words names_;
    std::optional<live::journal_file> journal_;
    rota::millis recovered_ms_ = 0;
    rota::millis longest_ms_ = 0;
    int blind_ = 0;
};

/// What `main` does: `body(folder)` on a Slurm of three nodes of four GPUs that this program starts for itself, in which it
/// runs again. `how` are words of its environment, as mini_cluster has them. Skipped where Slurm's packages are absent.
template <class Body>
int run_on_a_cluster(Body body, words const& how = {}) {
    if (auto const* const folder = std::getenv("MINI_CLUSTER"); folder != nullptr) {
        body(fs::path{folder});
        return told.end();
    }
    auto const* const source = std::getenv("ROTA_SOURCE");
    if (source == nullptr) {
        std::puts("skipped: ROTA_SOURCE, the folder of the sources, is not set");
        return 77;
    }
    auto const cluster = std::string{source} + "/property/slurm/mini_cluster";
    auto argv = words{"/usr/bin/env"};
    for (auto const& more : {how, words{"bash", cluster, "3", "4"}, this_program()})
        argv.insert(argv.end(), more.begin(), more.end());
    become(std::move(argv));
    return 1;
}

} // namespace on_slurm

#endif
