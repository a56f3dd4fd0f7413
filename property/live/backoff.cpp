// SPDX-License-Identifier: BSL-1.0
// A job that its manager never starts, for a reason of its own, does not keep the devices from others.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/host.hpp>
#include <rota/live/pace.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/system/best_effort_fifo.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;

/// A manager that starts nothing as long as it is stubborn. One that refuses puts it back on hold at once.
struct stubborn {
    live::snapshot now{{}, {true}};
    bool starts_it = false;
    bool refuses = false;
    bool waits = false;                 ///< what it refuses pends until it is held
    std::vector<std::int64_t> asked_at; ///< rounds
    std::int64_t round = 0;

    std::optional<live::snapshot> poll() { return now; }
    live::reply start(std::string const&, rota::cluster::placement const&) {
        asked_at.push_back(round);
        now.jobs[0].state = starts_it ? live::job_state::running : live::job_state::pending;
        if (starts_it) now.jobs[0].where = {{rota::node_id{0}, 4}};
        if (refuses && !waits) hold({});
        now.jobs[0].refused = refuses;
        return live::reply::done;
    }
    live::reply hold(std::string const&) {
        now.jobs[0].state = live::job_state::held;
        now.jobs[0].refused = now.jobs[0].refused && !waits;
        return live::reply::done;
    }
    live::reply save(std::string const&) { return live::reply::done; }
    live::reply requeue(std::string const&) { return live::reply::done; }
};

/// A manager that starts nothing behind a job that it cannot start, and its first never can be.
struct strict {
    live::snapshot now{{}, {true}};

    std::optional<live::snapshot> poll() {
        auto first = true;
        for (auto& job : now.jobs) {
            if (job.state != live::job_state::pending) continue;
            job.behind = !first;
            if (first && job.id != "1") {
                job.state = live::job_state::running;
                job.where = {{rota::node_id{0}, 2}};
            }
            first = false;
        }
        return now;
    }
    live::reply put(std::string const& id, live::job_state where) {
        for (auto& job : now.jobs)
            if (job.id == id) job.state = where;
        return live::reply::done;
    }
    live::reply start(std::string const& id, rota::cluster::placement const&) {
        return put(id, live::job_state::pending);
    }
    live::reply hold(std::string const& id) { return put(id, live::job_state::held); }
    live::reply save(std::string const&) { return live::reply::done; }
    live::reply requeue(std::string const&) { return live::reply::done; }
};

void who_is_behind_is_not_withdrawn(tally& told) {
    auto const cluster = rota::cluster::uniform(1, 1, 4);
    auto manager = strict{};
    for (auto const* id : {"1", "2"}) {
        auto& job = manager.now.jobs.emplace_back();
        job.id = id;
        job.state = live::job_state::held;
        job.asked.need = rota::job::gang(2, rota::job::span::one_node);
    }
    auto log = rota::log::schedule{};
    auto host =
        live::host<strict>{cluster, rota::tenant_tree{}, manager, {.start_ms = 5'000}, rota::recorder{log}};
    auto scheduler = rota::system::best_effort_fifo<>{};
    auto settles = true;
    for (auto i = 0; i != 60; ++i)
        settles =
            host.round(rota::sim_time{i * 1'000}, scheduler) == live::host<strict>::outcome::ran && settles;
    auto const of = [&log](rota::log::kind what, std::uint32_t job) {
        return std::count_if(log.records.begin(), log.records.end(),
                             [&](auto const& one) { return one.kind == what && one.job == job; });
    };
    told.check(settles && of(rota::log::kind::start_failed, 0) >= 2,
               "the first is withdrawn again and again");
    told.check(of(rota::log::kind::start_failed, 1) == 0 && of(rota::log::kind::start, 1) == 1,
               "the other one starts when the first is withdrawn");
}

void what_is_refused_keeps_no_devices(tally& told, bool waits) {
    auto const cluster = rota::cluster::uniform(1, 1, 4);
    auto manager = stubborn{};
    manager.refuses = true;
    manager.waits = waits;
    auto& job = manager.now.jobs.emplace_back();
    job.id = "1";
    job.state = live::job_state::held;
    job.asked.need = rota::job::gang(4, rota::job::span::one_node);
    auto log = rota::log::schedule{};
    auto host = live::host<stubborn>{
        cluster, rota::tenant_tree{}, manager, {.start_ms = 30'000}, rota::recorder{log}};
    auto scheduler = rota::system::best_effort_fifo<>{};
    auto kept = 0;
    for (; manager.round != 3'600; ++manager.round) {
        static_cast<void>(host.round(rota::sim_time{manager.round * 1'000}, scheduler));
        kept += host.state().in_flight() != 0;
    }
    auto const failed = std::count_if(log.records.begin(), log.records.end(), [waits](auto const& one) {
        return one.kind == rota::log::kind::start_failed &&
               one.why == (waits ? rota::log::cause::lost : rota::log::cause::launch_error);
    });
    auto const asked = static_cast<std::ptrdiff_t>(manager.asked_at.size());
    told.check(asked >= 8 && failed >= asked - 1 && kept <= (waits ? 5 : 1) * asked,
               "each start is over when it is refused: " + std::to_string(failed) + " of " +
                   std::to_string(asked) + ", " + std::to_string(kept) + " rounds");
}

} // namespace

int main() {
    auto told = tally{};
    who_is_behind_is_not_withdrawn(told);
    what_is_refused_keeps_no_devices(told, false);
    what_is_refused_keeps_no_devices(told, true);
    auto const cluster = rota::cluster::uniform(1, 1, 4);
    auto manager = stubborn{};
    auto& job = manager.now.jobs.emplace_back();
    job.id = "1";
    job.state = live::job_state::held;
    job.asked.need = rota::job::gang(4, rota::job::span::one_node);
    auto const pace = live::pace{.start_ms = 5'000, .backoff_ms = 10'000};
    auto host = live::host<stubborn>{cluster, rota::tenant_tree{}, manager, pace};
    auto scheduler = rota::system::best_effort_fifo<>{};
    auto kept = 0;
    auto const rounds = [&](std::int64_t until) {
        for (; manager.round != until; ++manager.round) {
            told.check(host.round(rota::sim_time{manager.round * 1'000}, scheduler) ==
                           live::host<stubborn>::outcome::ran,
                       "it settles");
            kept += host.state().in_flight() != 0;
        }
    };
    rounds(3'600);
    auto const& at = manager.asked_at;
    told.check(at.size() >= 8 && at[1] - at[0] < 20 && at[2] - at[1] > 20 && at[7] - at[6] > 600,
               "tried less and less often");
    told.check(at.size() > 10 && at.back() - at[at.size() - 2] < 700, "but never given up");
    told.check(kept < 200, "its devices were kept for " + std::to_string(kept) + " s of an hour");
    manager.starts_it = true;
    rounds(4'300);
    told.check(host.state().at(rota::job_id{0}).held != 0, "it runs in the end");
    job.restarts = 1; // an operator requeues it
    job.state = live::job_state::held;
    job.where.clear();
    manager.starts_it = false;
    auto const before = at.size();
    rounds(4'340);
    told.check(at.size() >= before + 2, "and is tried as often as a new one after that");
    return told.end();
}
