// SPDX-License-Identifier: BSL-1.0
// A scheduler that uses none of rota's policies: own books, own search, last come first served. All it needs is
// on(event, view) and decide(view, actions); the same object would run on any other host.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>

namespace {

/// Whole GPUs on one node each; the newest job first, older ones where it does not fit.
class newest_first {
public:
    void on(rota::event const& what, rota::view const& v) {
        using enum rota::event_kind;
        if (!ready_ || what.kind == resync || what.kind == node_down || what.kind == node_up) return learn(v);
        if (!what.about_a_job()) return;
        note(v, what.job); // whatever happened: what it holds and whether it waits are in the view
    }
    void decide(rota::view const& v, rota::actions& may) {
        for (auto i = waiting_.size(); i-- != 0;) {
            auto const job = waiting_[i];
            auto const wanted = std::size_t{v.need(job).gpus_max};
            for (auto n = std::size_t{0}; n != owners_.size(); ++n) {
                auto const idle = std::count(owners_[n].begin(), owners_[n].end(), nobody);
                if (!v.free().open(node_at(n)) || static_cast<std::size_t>(idle) < wanted) continue;
                auto mine = rota::cluster::slice{.node = node_at(n)};
                for (auto g = std::size_t{0}; static_cast<std::size_t>(mine.count()) != wanted; ++g)
                    if (owners_[n][g] == nobody) mine.gpus = static_cast<std::uint16_t>(mine.gpus | 1u << g);
                if (may.start(job, rota::cluster::placement(mine)) == rota::answer::accepted) note(v, job);
                break;
            }
        }
    }

private:
    static constexpr auto nobody = rota::job_id{0xffffffffu};

    static rota::node_id node_at(std::size_t n) { return static_cast<rota::node_id>(n); }

    /// The view is the truth: everything can be rebuilt from it.
    void learn(rota::view const& v) {
        owners_.clear();
        waiting_.clear();
        for (auto const& node : v.free().layout().nodes) owners_.emplace_back(node.gpus, nobody);
        auto jobs = std::vector<rota::job_id>(v.jobs().begin(), v.jobs().end());
        std::sort(jobs.begin(), jobs.end());
        for (auto job : jobs) note(v, job);
        ready_ = true;
    }
    void note(rota::view const& v, rota::job_id job) {
        for (auto& node : owners_) std::replace(node.begin(), node.end(), job, nobody);
        std::erase(waiting_, job);
        if (v.waiting(job)) waiting_.push_back(job);
        for (auto const& part : v.intent(job))
            for (auto g = std::size_t{0}; g != owners_[index(part.node)].size(); ++g)
                if ((part.gpus >> g & 1u) != 0) owners_[index(part.node)][g] = job;
    }

    std::vector<std::vector<rota::job_id>> owners_; ///< [nodes][GPUs]
    std::vector<rota::job_id> waiting_;             ///< the newest last
    bool ready_ = false;
};

static_assert(rota::explain_scheduling_policy<newest_first>());

} // namespace

int main() {
    auto const cluster = rota::cluster::uniform(1, 2, 4); // two nodes of four GPUs
    auto jobs = rota::job::workload{};
    auto const add = [&](int at_s, int gpus, int run_s) {
        jobs.specs.push_back({.submit = rota::sim_time{1000 * at_s}, .need = rota::job::gang(gpus)});
        jobs.works.push_back({.duration_ms = 1000 * run_s});
    };
    add(0, 4, 100);
    add(0, 4, 60);
    add(10, 2, 50);
    add(20, 3, 30);
    add(30, 1, 20);

    auto calm = rota::simulation::simulator(cluster, jobs);
    auto const ended = calm.run([] { return newest_first{}; });
    std::printf("%s\n", ended == rota::simulation::simulator::ending::complete ? "complete" : "not complete");
    std::printf("job  start  finish\n");
    for (auto j = std::size_t{0}; j != jobs.size(); ++j)
        std::printf("%3zu %5lld s %5lld s\n", j,
                    static_cast<long long>(index(calm.results()[j].first_start) / 1000),
                    static_cast<long long>(index(calm.results()[j].finish) / 1000));

    // the same scheduler where orders take time, starts fail, news repeats, a node goes and the scheduler is replaced
    auto hard = rota::simulation::conditions{};
    hard.latency_ms_max = 3'000;
    hard.start_failure = 0.2;
    hard.late_ms_max = 5'000;
    hard.repeat = 0.5;
    hard.node_changes = {{rota::sim_time{40'000}, rota::node_id{0}, rota::cluster::node_state::down},
                         {rota::sim_time{70'000}, rota::node_id{0}, rota::cluster::node_state::up}};
    hard.new_scheduler = {rota::sim_time{25'000}, rota::sim_time{90'000}};
    hard.spurious_pass = true;
    auto rough = rota::simulation::simulator(cluster, jobs, hard);
    auto const survived = rough.run([] { return newest_first{}; });
    std::printf("in a rough world: %s, %u refused, %u restless\n",
                survived == rota::simulation::simulator::ending::complete ? "complete" : "not complete",
                rough.state().want().refused(), rough.instants().restless());
    return 0;
}

// Output:
// complete
// job  start  finish
//   0     0 s   100 s
//   1     0 s    60 s
//   2    90 s   140 s
//   3    60 s    90 s
//   4    60 s    80 s
// in a rough world: complete, 0 refused, 0 restless
