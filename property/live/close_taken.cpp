// SPDX-License-Identifier: BSL-1.0
// Where others have GPUs a host gives out nothing, and what of its own runs there goes on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/host.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/system/best_effort_fifo.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;

/// Does what it is told, at once.
struct obedient {
    live::snapshot now{{}, {true, true}};

    std::optional<live::snapshot> poll() { return now; }
    live::reply start(std::string const& name, rota::cluster::placement const& where) {
        auto& job = now.jobs[std::stoul(name)];
        job.state = live::job_state::running;
        job.where.clear();
        for (auto const& part : where) job.where.push_back({part.node, part.count()});
        return live::reply::done;
    }
    live::reply hold(std::string const&) { return live::reply::done; }
    live::reply save(std::string const&) { return live::reply::done; }
    live::reply requeue(std::string const&) { return live::reply::done; }
    live::job_status& add(live::job_state state, int gpus) {
        auto& job = now.jobs.emplace_back();
        job.id = std::to_string(now.jobs.size() - 1);
        job.state = state;
        job.asked.need = rota::job::gang(gpus, rota::job::span::one_node);
        return job;
    }
};

} // namespace

int main() {
    using live::job_state;
    using parts = std::vector<live::part>;
    auto told = tally{};
    auto const cluster = rota::cluster::uniform(1, 2, 4);
    auto manager = obedient{};
    auto log = rota::log::schedule{};
    auto host = live::host<obedient>{cluster, rota::tenant_tree{}, manager, {}, rota::recorder{log}};
    auto scheduler = rota::system::best_effort_fifo<>{};
    auto at = rota::sim_time{};
    auto const rounds = [&](int many) {
        for (auto i = 0; i != many; ++i) (void)host.round(at = at + 1'000, scheduler);
    };
    auto const open = [&](std::uint32_t n) { return host.state().want().free().open(rota::node_id{n}); };
    auto const on = [&](std::size_t job) { return manager.now.jobs[job].where; };

    manager.add(job_state::held, 2);
    rounds(2);
    told.check(on(0) == parts{{rota::node_id{0}, 2}}, "it runs on the first node");
    manager.add(job_state::running, 1).where = {{rota::node_id{0}, 1}};
    manager.add(job_state::held, 2);
    rounds(2);
    told.check(!open(0) && open(1), "somebody else has a GPU there");
    told.check(on(2) == parts{{rota::node_id{1}, 2}}, "so that the next runs on the second");
    told.check(host.state().at(rota::job_id{0}).held != 0 &&
                   log.records.back().kind == rota::log::kind::start,
               "and the first runs on");
    auto const closes = std::find_if(log.records.begin(), log.records.end(),
                                     [](auto const& r) { return r.kind == rota::log::kind::node_down; });
    told.check(closes != log.records.end() && closes->why == rota::log::cause::drained, "the log says why");

    manager.add(job_state::completing, 1).where = {{rota::node_id{1}, 0}};
    manager.now.jobs[1].state = job_state::completed;
    manager.add(job_state::held, 2);
    rounds(2);
    told.check(open(0) && !open(1) && on(4) == parts{{rota::node_id{0}, 2}},
               "until it ends; how many it has need not be known");
    manager.now.jobs[3].state = job_state::failed;
    manager.add(job_state::pending, 1);
    rounds(1);
    told.check(open(0) && open(1), "who waits takes nothing");
    return told.end();
}
