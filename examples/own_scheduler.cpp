// SPDX-License-Identifier: BSL-1.0
// A whole scheduler of your own: two members, none of rota's policies needed. This one serves the newest job first.
#include <cstdio>
#include <functional>
#include <set>

#include <rota/cluster/spec.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/simulation/simulator.hpp>

class newest_first {
public:
    void on(rota::event const& happened, rota::view const& v) {
        if (happened.kind == rota::event_kind::resync) { // forget everything, read the view
            waiting_.clear();
            for (auto j : v.jobs())
                if (v.waiting(j)) waiting_.insert(j);
        } else if (happened.about_a_job()) {
            if (v.waiting(happened.job)) waiting_.insert(happened.job);
            else waiting_.erase(happened.job);
        }
    }
    void decide(rota::view const& v, rota::actions& may) {
        for (auto j = waiting_.begin(); j != waiting_.end();) {
            auto const where = place_.place(v.need(*j), v.free());
            auto const started = where && may.start(*j, *where) == rota::answer::accepted;
            j = started ? waiting_.erase(j) : std::next(j);
        }
    }

private:
    rota::placement::best_fit place_;
    std::set<rota::job_id, std::greater<>> waiting_; // ids grow in the order of submission
};
static_assert(rota::explain_scheduling_policy<newest_first>());

int main() {
    auto jobs = rota::job::workload{};
    for (auto const gpus : {8, 8, 4, 4, 8}) {
        jobs.specs.push_back({.need = rota::job::gang(gpus)});
        jobs.works.push_back({.duration_ms = 1'000});
    }
    auto const cluster = rota::cluster::uniform(1, 1, 8);
    auto host = rota::simulation::simulator{cluster, jobs};
    host.run([] { return newest_first{}; });
    for (auto j = std::size_t{0}; j != jobs.size(); ++j)
        std::printf("job %zu starts at %d ms\n", j, static_cast<int>(index(host.results()[j].first_start)));
}

// Output:
// job 0 starts at 3000 ms
// job 1 starts at 2000 ms
// job 2 starts at 1000 ms
// job 3 starts at 1000 ms
// job 4 starts at 0 ms
