// SPDX-License-Identifier: BSL-1.0
// A job that does not know the word to save dies of it: it is requeued all the same, as one that does, and nobody is told to
// save where no time is given for that.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

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
#include <rota/system/priority_preemptive.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;
using live::job_state;
using rota::log::kind;

/// A manager of one node of four GPUs, whose jobs die of the word to save.
struct deadly {
    live::snapshot now{{}, {true}};
    bool may_requeue = true; ///< what is over
    int saves = 0;
    int requeues = 0;

    live::job_status& job(std::string const& id) {
        return *std::find_if(now.jobs.begin(), now.jobs.end(), [&](auto const& one) { return one.id == id; });
    }
    void submit(std::string const& id, std::int32_t priority) {
        auto& fresh = now.jobs.emplace_back();
        fresh.id = id;
        fresh.state = job_state::held;
        fresh.asked.priority = priority;
        fresh.asked.need = rota::job::gang(4, rota::job::span::one_node);
    }
    std::optional<live::snapshot> poll() { return now; }
    live::reply start(std::string const& id, rota::cluster::placement const& where) {
        job(id).state = job_state::running;
        for (auto const& part : where) job(id).where = {{part.node, part.count()}};
        return live::reply::done;
    }
    live::reply hold(std::string const&) { return live::reply::done; }
    live::reply save(std::string const& id) {
        ++saves;
        job(id).state = job_state::failed;
        return live::reply::done;
    }
    live::reply requeue(std::string const& id) {
        ++requeues;
        if (!may_requeue && is_over(job(id).state)) return live::reply::refused;
        job(id).state = job_state::held;
        job(id).where.clear();
        ++job(id).restarts;
        return live::reply::done;
    }
};

/// One of low priority runs, one of high priority comes; some time after that.
void preempt(tally& told, live::pace pace, bool may_requeue, std::string const& what, int saves) {
    auto const cluster = rota::cluster::uniform(1, 1, 4);
    auto manager = deadly{};
    manager.may_requeue = may_requeue;
    manager.submit("low", 0);
    auto log = rota::log::schedule{};
    auto host = live::host<deadly>{cluster, rota::tenant_tree{}, manager, pace, rota::recorder{log}};
    auto scheduler = rota::system::priority_preemptive<>{};
    for (auto round = 0; round != 40; ++round) {
        if (round == 10) manager.submit("high", 1);
        static_cast<void>(host.round(rota::sim_time{round * 500}, scheduler));
    }
    auto const of = [&log](kind which, std::uint32_t job) {
        return std::count_if(log.records.begin(), log.records.end(),
                             [&](auto const& one) { return one.kind == which && one.job == job; });
    };
    told.check(of(kind::preempt, 0) == may_requeue && of(kind::fail, 0) == !may_requeue, what);
    told.check(of(kind::start, 1) == 1, what + ": the other one runs");
    told.check(manager.saves == saves && manager.requeues == 1, what + ": each word is said once");
    told.check(!may_requeue || host.driven("low"), what + ": it waits for its next run");
}

} // namespace

int main() {
    auto told = tally{};
    preempt(told, {.save_ms = 1'000}, true, "who dies of the word to save is requeued", 1);
    preempt(told, {.save_ms = 1'000}, false, "unless that is refused: he has failed", 1);
    preempt(told, {.save_ms = 0}, true, "where no time is given nobody is told to save", 0);
    return told.end();
}
