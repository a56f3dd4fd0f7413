// SPDX-License-Identifier: BSL-1.0
// A manager that loses its memory, and jobs that come back after their end: what runs again without an order is another's,
// what is held again is a new job, and no device stays with a run that is no more.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
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
#include <rota/log/text.hpp>
#include <rota/system/best_effort_fifo.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;
using live::job_state;

/// A manager of two nodes of four GPUs that starts at once what it is told to, and shows what the test wants.
struct docile {
    live::snapshot now{{}, {true, true}};
    std::int64_t round = 0;
    std::int64_t started_at = 0;

    live::job_status& job(std::string const& id) {
        for (auto& one : now.jobs)
            if (one.id == id) return one;
        auto& fresh = now.jobs.emplace_back();
        fresh.id = id;
        fresh.state = job_state::held;
        fresh.asked.need = rota::job::gang(4, rota::job::span::one_node);
        return fresh;
    }
    void becomes(std::string const& id, job_state state, std::uint32_t restarts) {
        auto& one = job(id);
        one.state = state;
        one.restarts = restarts;
        one.idle = state == job_state::held || state == job_state::pending;
        if (state != job_state::running) one.where.clear();
    }
    std::optional<live::snapshot> poll() { return now; }
    live::reply start(std::string const& id, rota::cluster::placement const& where) {
        auto& one = job(id);
        one.state = job_state::running;
        one.idle = false;
        one.where.clear();
        for (auto const& part : where) one.where.push_back({part.node, part.count()});
        started_at = round;
        return live::reply::done;
    }
    live::reply hold(std::string const&) { return live::reply::done; }
    live::reply save(std::string const&) { return live::reply::done; }
    live::reply requeue(std::string const&) { return live::reply::done; }
};

struct driven {
    rota::cluster::spec cluster = rota::cluster::uniform(1, 2, 4);
    docile manager{};
    rota::log::schedule log{};
    live::host<docile> host{cluster, rota::tenant_tree{}, manager, {}, rota::recorder{log}};
    rota::system::best_effort_fifo<> scheduler{};

    void rounds(int count) {
        for (; count != 0; --count, ++manager.round)
            static_cast<void>(host.round(rota::sim_time{manager.round * 500}, scheduler));
    }
    [[nodiscard]] std::ptrdiff_t count(rota::log::kind what, std::uint32_t job = 0) const {
        return std::count_if(log.records.begin(), log.records.end(),
                             [&](auto const& one) { return one.kind == what && one.job == job; });
    }
    [[nodiscard]] bool holds(std::uint32_t job) const { return host.state().at(rota::job_id{job}).held != 0; }
};

using rota::log::kind;

/// Its memory ends before the start: the job is held once more, under the number that it had.
void a_run_that_is_forgotten(tally& told) {
    for (auto const state : {job_state::held, job_state::pending}) {
        auto d = driven{};
        d.manager.job("1");
        d.rounds(4);
        told.check(d.holds(0), "it runs");
        d.manager.becomes("1", state, 0);
        auto const from = d.manager.round;
        d.rounds(1);
        told.check(d.count(kind::interrupt) == 1 && !d.holds(0),
                   "a run that its manager has forgotten is over");
        d.rounds(12);
        told.check(d.count(kind::start) == 2 && d.holds(0), "it runs again");
        told.check(d.manager.started_at - from >= 4, "no sooner than 2 s later");
    }
}
/// The controller comes back without the requeue that it has shown.
void a_requeue_that_is_forgotten(tally& told) {
    auto d = driven{};
    d.manager.job("1");
    d.rounds(4);
    d.manager.becomes("1", job_state::held, 1);
    d.rounds(12);
    told.check(d.count(kind::start) == 2 && d.holds(0), "it runs again after a requeue");
    d.manager.becomes("1", job_state::held, 0);
    d.rounds(12);
    told.check(d.count(kind::interrupt) == 2 && d.count(kind::start) == 3 && d.holds(0),
               "and after that is forgotten");
}
/// The name of a job that is gone is given to another, or an operator has it run once more, held first.
void a_name_that_comes_again(tally& told) {
    auto const again = [&told](bool vanishes, std::uint32_t restarts) {
        auto d = driven{};
        d.manager.job("1");
        d.rounds(4);
        d.manager.becomes("1", job_state::failed, 0);
        if (vanishes) d.manager.now.jobs.clear();
        d.rounds(2);
        told.check(d.count(kind::fail) == 1 && !d.host.driven("1"), "it is over");
        d.manager.becomes("1", job_state::held, restarts);
        d.rounds(12);
        told.check(d.count(kind::submit, 1) == 1 && d.count(kind::start, 1) == 1 && d.holds(1),
                   "the next of that name runs, too");
        told.check(d.host.driven("1") == rota::job_id{1}, "and has the name");
        d.manager.becomes("1", job_state::completed, restarts);
        d.rounds(2);
        told.check(d.count(kind::finish, 1) == 1 && d.host.specs().size() == 2, "and ends");
    };
    again(true, 0);
    again(false, 1);
}
/// Not held, it is its manager's: its node is closed as long as it runs.
void one_that_its_manager_starts_again(tally& told) {
    auto d = driven{};
    d.manager.job("1");
    d.rounds(4);
    auto const where = d.manager.job("1").where;
    d.manager.becomes("1", job_state::completed, 0);
    d.rounds(2);
    d.manager.becomes("1", job_state::running, 1);
    d.manager.job("1").where = where;
    d.manager.job("2");
    d.manager.job("3");
    d.rounds(4);
    told.check(!d.host.state().want().free().open(where[0].node), "the node where it runs is closed");
    told.check(d.holds(1) && !d.holds(2), "others run where it does not");
    d.manager.becomes("1", job_state::completed, 1);
    d.rounds(4);
    told.check(d.holds(2), "and there when it is gone");
}
/// It stays held, and is not met anew every round; nor by a driver that comes back.
void one_that_is_rejected(tally& told) {
    auto d = driven{};
    auto journal = std::string{live::journal_header};
    d.host.keep_journal(d.log, [&journal](std::string_view group) { journal += group; });
    d.manager.job("1").asked.need = rota::job::gang(5, rota::job::span::one_node);
    d.rounds(6);
    told.check(d.count(kind::reject) == 1 && d.host.specs().size() == 1, "rejected once");
    auto next = driven{};
    told.check(std::holds_alternative<std::size_t>(next.host.recover(journal)), "the journal is one");
    next.manager = d.manager;
    next.rounds(6);
    told.check(next.host.specs().size() == 1, "and not again after a death");
    next.manager.job("2");
    next.rounds(4);
    next.manager.becomes("2", job_state::failed, 0);
    next.rounds(1);
    next.manager.becomes("2", job_state::held, 1);
    auto after = std::string{live::journal_header} + next.host.standing();
    auto third = driven{};
    told.check(std::holds_alternative<std::size_t>(third.host.recover(after)), "one that begins anew is one");
    third.manager = next.manager;
    third.rounds(12);
    told.check(third.host.driven("2") && third.holds(2) && !third.host.driven("1"),
               "what was requeued while no driver lived is a new job");
}

} // namespace

int main() {
    auto told = tally{};
    a_run_that_is_forgotten(told);
    a_requeue_that_is_forgotten(told);
    a_name_that_comes_again(told);
    one_that_its_manager_starts_again(told);
    one_that_is_rejected(told);
    return told.end();
}
