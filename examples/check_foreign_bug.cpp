// SPDX-License-Identifier: BSL-1.0
// Another scheduler that knows nothing of rota (examples/foreign/pool.hpp), and the bug that the suite finds in it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>

#include "foreign/idle_gpus.hpp"
#include "foreign/pool.hpp"

class adapter {
public:
    void on(rota::event const& what, rota::view const& v) {
        if (what.about_a_job() && told_) return note(v, what.job);
        pool_ = {.idle = static_cast<int>(v.free().open_gpus()), .count = 0, .task = {}};
        for (auto job : v.jobs())
            note(v, job); // a node went or came, or a new process takes over: learn all anew
        told_ = true;
    }
    void decide(rota::view const& v, rota::actions& may) {
        auto at = host{v, may};
        pool_plan(
            &pool_,
            [](void* to, int task) { static_cast<host*>(to)->may.preempt(static_cast<rota::job_id>(task)); },
            [](void* to, int task) { static_cast<host*>(to)->start(static_cast<rota::job_id>(task)); }, &at);
    }

private:
    struct host {
        rota::view const& v;
        rota::actions& may;

        void start(rota::job_id job) {
            auto where = rota::cluster::placement{};
            auto missing = int{v.need(job).gpus_max};
            for (auto n = std::size_t{0}; n != v.free().size(); ++n) {
                auto const part = foreign::idle_gpus(v, n, missing);
                if (!v.free().open(part.node) || part.count() == 0) continue;
                where.add(part);
                missing -= part.count();
            }
            static_cast<void>(may.start(job, where)); // where it is refused, law R7 says so
        }
    };

    void note(rota::view const& v, rota::job_id job) {
        auto const state = v.placed(job) ? POOL_RUNNING : v.waiting(job) ? POOL_QUEUED : POOL_ABSENT;
        pool_set(&pool_, static_cast<int>(index(job)), state, v.need(job).gpus_max, v.spec(job).priority);
    }

    pool pool_{};
    bool told_ = false;
};

int main() {
    namespace verify = rota::verify;
    using enum verify::feature;
    auto const run =
        verify::run_suite("pool", [](auto const&) { return adapter{}; }, rota::claim::justified_victims,
                          {.known = {.scatters = true, .head = verify::head_order::priority},
                           .jobs = gangs | priorities | limits | endings | infeasible,
                           .shrinks = 1});
    std::printf("the pool %s", verify::text(run).c_str());
    for (auto const& one : run.shrunk)
        std::printf("\ntrial %llu, shrunk from %zu jobs to %zu:\n%s\n%s",
                    static_cast<unsigned long long>(one.trial), one.jobs, one.smallest.what.jobs.size(),
                    verify::story(one.smallest.what, one.found).c_str(), to_text(one.smallest).c_str());
    return run.laws.broken() != verify::law::victims_justified;
}

// Output:
// the pool breaks P7 of rota suite 3: 10000 trials from seed 1, 52 failures, some features of jobs left out, 26 laws held
//
// trial 419, shrunk from 4 jobs to 2:
//   node gpus=1
//   job submit=2 limit=5 work=5
//   job submit=6 priority=3 limit=1
//   outage at=4 up=drained
//   outage at=40 up=yes
//   #rota-log 1
//   2 submit 0.0 #0 - 1
//   2 start 0.1 #1 - 0 n0:1@1000/0/0
//   4 node_down 0.0 #0 drained 0 n0:0@0/0/0
//   6 submit 1.0 #0 - 1
//   6 preempt 0.1 #2 checkpointed 0
//   40 node_up 0.0 #0 - 0 n0:0@0/0/0
//   40 start 1.1 #3 - 0 n0:1@1000/0/0
//   41 finish 1.1 #3 - 0
//   41 start 0.2 #4 - 0 n0:1@1000/0/0
//   42 finish 0.2 #4 - 0
//   ms           |2 |4  |6   |40 |41 |42
//   node 0 GPU 0 |0 |d0 |d   |1  |0  |.
//   waiting      |  |   |0+1 |0  |   |
// P7 broken: whoever is stopped makes room for a higher priority
//   line 6: 6 preempt 0.1 #2 checkpointed 0
//   nobody of a higher priority starts at that instant
//
// #rota-replay 1
// suite 3
// scheduler pool
// claims justified_victims
// known scatters=yes head=priority
// breaks P7
// node gpus=1
// job submit=2 limit=5 work=5
// job submit=6 priority=3 limit=1
// outage at=4 up=drained
// outage at=40 up=yes
