// SPDX-License-Identifier: BSL-1.0
// GPUs split into instances: where they go, who gets what is left, and why a request waits.
#include <cstdio>
#include <variant>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/mig_explain.hpp>
#include <rota/placement/mig_gradient.hpp>
#include <rota/placement/mig_request.hpp>

using namespace rota;
using cluster::mig_a100;

int main() {
    auto const nodes = cluster::uniform(1, 2, 4, 64'000, 262'144); // outlives its ledger
    auto free = cluster::mig_ledger{nodes, {{cluster::mig_kind::a100, {}}}};
    free.split(node_id{0}, 0); // two GPUs of node 0 take instances, six are left for jobs
    free.split(node_id{0}, 1);

    auto const policy = placement::by_mig<placement::mig_gradient>{};
    auto const ask = [&](placement::mig_request const& need) {
        auto const& profile = cluster::mig_device_of(need.kind).of[need.profile];
        std::printf("%d x %s:", need.count, profile.name);
        auto const answer = policy.place(need, free);
        if (auto const* placed = std::get_if<std::vector<cluster::mig_instance>>(&answer)) {
            for (auto const& one : *placed) {
                free.take(one);
                std::printf("  GPU %d, slice %d", one.gpu, one.start);
            }
            std::printf("\n");
            return;
        }
        auto const why = placement::explain(need, free);
        std::printf("  %s; nodes without split GPUs %u, without slices %u, with some %u\n",
                    why.why == placement::refusal::busy ? "busy" : "infeasible", why.whole, why.slices,
                    why.usable);
    };
    ask({.profile = mig_a100::one, .count = 2});
    ask({.profile = mig_a100::three, .count = 2});
    ask({.profile = mig_a100::four});
    ask({.profile = mig_a100::two, .count = 2});
    ask({.profile = mig_a100::seven});

    auto const job = placement::best_fit{}.place(job::gang(4), free.whole());
    if (!job) return 1;
    std::printf("a job of 4 GPUs: node %u\n", index(job->front().node));
}

// Output:
// 2 x 1g.1/8:  GPU 0, slice 6  GPU 0, slice 5
// 2 x 3g.4/8:  GPU 0, slice 0  GPU 1, slice 4
// 1 x 4g.4/8:  GPU 1, slice 0
// 2 x 2g.2/8:  busy; nodes without split GPUs 1, without slices 1, with some 0
// 1 x 7g.8/8:  busy; nodes without split GPUs 1, without slices 1, with some 0
// a job of 4 GPUs: node 1
