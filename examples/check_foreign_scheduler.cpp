// SPDX-License-Identifier: BSL-1.0
// A scheduler that knows nothing of rota (examples/foreign/farm.hpp), judged as it is: through an adapter of two members.
#include <cstddef>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>

#include "foreign/farm.hpp"
#include "foreign/idle_gpus.hpp"

/// Tells the farm what happened, in its words, and turns what it wants into orders.
class adapter {
public:
    void on(rota::event const& what, rota::view const& v) {
        using enum rota::event_kind;
        if (!farm_ || what.kind == resync) return learn(v);
        if (what.kind == node_down || what.kind == node_up)
            farm_->setUp(index(what.node), what.kind == node_up);
        else if (what.about_a_job()) note(v, what.job);
    }
    void decide(rota::view const& v, rota::actions& may) {
        if (!farm_) learn(v);
        for (auto const& task : farm_->schedule()) {
            auto where = rota::cluster::placement{};
            for (auto const& [machine, slots] : task.shares) where.add(foreign::idle_gpus(v, machine, slots));
            auto const job = static_cast<rota::job_id>(task.ticket);
            if (may.start(job, where) != rota::answer::accepted) note(v, job);
        }
    }

private:
    /// Whatever happened to the job: the view says where it stands now.
    void note(rota::view const& v, rota::job_id job) {
        auto const ticket = static_cast<int>(index(job));
        farm_->gone(ticket);
        if (v.waiting(job)) farm_->submit(ticket, v.need(job).gpus_max);
        auto shares = std::vector<farm::Share>{};
        for (auto const& part : v.intent(job)) shares.push_back({index(part.node), part.count()});
        if (!shares.empty()) farm_->adopt(ticket, std::move(shares));
    }
    /// A new process takes over: a new farm, filled from the view.
    void learn(rota::view const& v) {
        auto machines = std::vector<farm::Machine>{};
        for (auto const& node : v.free().layout().nodes) machines.push_back({.slots = node.gpus});
        for (auto m = std::size_t{0}; m != machines.size(); ++m)
            machines[m].up = v.free().open(foreign::node(m));
        farm_.emplace(std::move(machines));
        for (auto job : v.jobs()) note(v, job);
    }

    std::optional<farm::Farm> farm_;
};

int main() {
    namespace verify = rota::verify;
    using enum verify::feature;
    auto const run = verify::run_suite(
        "farm", [](auto const&) { return adapter{}; },
        rota::claim::work_conserving | rota::claim::non_preemptive | rota::claim::head_never_waits,
        {.known = {.scatters = true, .head = verify::head_order::submission}, // any slots will do
         .jobs = gangs | priorities | limits | endings | infeasible});        // whole GPUs, all alike
    std::printf("the farm %s", verify::text(run).c_str());
    for (auto const& one : run.shrunk) std::printf("%s", verify::story(one.smallest.what, one.found).c_str());
    auto const& seen = run.seen;
    auto const met = seen.interrupted != 0 && seen.failed_starts != 0 && seen.replaced != 0;
    std::printf("nodes went away, starts failed, the scheduler was replaced: %s\n", met ? "yes" : "no");
    return run.failures != 0 || !met;
}

// Output:
// the farm passes rota suite 3: 10000 trials from seed 1, some features of jobs left out, 29 laws held
// nodes went away, starts failed, the scheduler was replaced: yes
