// SPDX-License-Identifier: BSL-1.0
// What a scheduler would do, beside what Slurm does: nothing is said to Slurm, and its runs are facts.
#include <optional>
#include <string>
#include <vector>

#include "../tally.hpp"

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/shadow.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/priority_preemptive.hpp>

namespace {

namespace live = rota::live;
using live::job_state;

/// Shows what the test puts down, and counts the verbs.
struct scripted {
    std::optional<live::snapshot> shows;
    int verbs = 0;

    std::optional<live::snapshot> poll() { return shows; }
    live::reply start(std::string const&, rota::cluster::placement const&) { return verb(); }
    live::reply hold(std::string const&) { return verb(); }
    live::reply save(std::string const&) { return verb(); }
    live::reply requeue(std::string const&) { return verb(); }
    live::reply verb() {
        ++verbs;
        return live::reply::done;
    }
};

using host = live::shadow<scripted>;
using deed = host::deed;

live::job_status job(std::string id, job_state is, int gpus, std::vector<live::part> where = {}) {
    auto out = live::job_status{
        .id = std::move(id), .state = is, .where = std::move(where), .asked = {}, .unmapped = {}};
    out.asked.need = rota::job::gang(gpus, rota::job::span::one_node);
    return out;
}

} // namespace

int main() {
    auto t = tally{};
    auto const cluster = rota::cluster::uniform(1, 2, 4);
    auto const n = [](std::uint32_t i) { return rota::node_id{i}; };
    auto on = scripted{};
    auto one = host{cluster, rota::tenant_tree{}, on};
    auto now = rota::sim_time{};
    auto const fifo = [&] { return one.round(now = now + 1'000, rota::system::fifo<>{}); };
    using remarks = std::vector<host::remark>;
    auto const is = [&](std::optional<remarks> const& got, remarks const& want, char const* what) {
        t.check(got && *got == want, what);
    };

    t.check(!fifo(), "Slurm does not answer");
    on.shows = live::snapshot{{job("1", job_state::pending, 4), job("2", job_state::held, 2)}, {true, true}};
    is(fifo(), {{deed::would_start, "1", {{n(0), 4}}}, {deed::would_start, "2", {{n(1), 2}}}}, "both fit");
    is(fifo(), {{deed::would_start, "1", {{n(0), 4}}}, {deed::would_start, "2", {{n(1), 2}}}},
       "and do still");
    on.shows->jobs[1] = job("2", job_state::running, 2, {{n(0), 2}});
    is(fifo(), {{deed::started, "2", {{n(0), 2}}}, {deed::would_start, "1", {{n(1), 4}}}},
       "Slurm chose another job and another node");
    on.shows->up[1] = false;
    is(fifo(), {}, "the node closes");
    on.shows->up[1] = true;
    on.shows->jobs[1].state = job_state::completing;
    is(fifo(), {{deed::would_start, "1", {{n(1), 4}}}}, "completing, it has its devices still");
    on.shows->jobs[1] = job("2", job_state::pending, 2);
    on.shows->jobs[1].restarts = 1;
    is(fifo(),
       {{deed::requeued, "2"}, {deed::would_start, "1", {{n(0), 4}}}, {deed::would_start, "2", {{n(1), 2}}}},
       "requeued");
    on.shows->jobs[0] = job("1", job_state::completed, 4);
    on.shows->jobs[1] = job("2", job_state::running, 2, {{n(0), 1}, {n(1), 1}});
    on.shows->jobs[1].restarts = 1;
    is(fifo(), {{deed::ended, "1"}, {deed::started, "2", {{n(0), 1}, {n(1), 1}}}},
       "it lies as nobody would put it");
    t.check(one.state().held().free_milli(n(0)) == 3'000, "and its devices are taken");
    auto other = job("7", job_state::running, 1, {{n(1), 3}});
    other.unmapped = "it asks for no GPU";
    on.shows->jobs.push_back(other);
    on.shows->jobs.push_back(job("8", job_state::pending, 4));
    on.shows->jobs.back().asked.priority = 5;
    is(one.round(now = now + 1'000, rota::system::priority_preemptive<>{}),
       {{deed::started, "7", {{n(1), 3}}}, {deed::would_stop, "2"}, {deed::would_start, "8", {{n(0), 4}}}},
       "a job that is not understood holds what it holds; another one would yield");
    on.shows->jobs.push_back(job("9", job_state::held, 5)); // no node has five
    on.shows->jobs[1].state = job_state::completed;
    is(fifo(), {{deed::ended, "2"}, {deed::would_start, "8", {{n(0), 4}}}, {deed::would_reject, "9"}},
       "what no empty cluster holds");
    is(fifo(), {{deed::would_start, "8", {{n(0), 4}}}, {deed::would_reject, "9"}}, "is rejected still");
    on.shows->jobs.clear();
    is(fifo(), {{deed::ended, "8"}, {deed::ended, "7"}}, "all gone");
    t.check(on.verbs == 0, "no verb was said");
    return t.end();
}
