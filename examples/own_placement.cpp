// SPDX-License-Identifier: BSL-1.0
// A placement of your own: score the nodes, and by_score does the rest. It needs no scheduler and no simulator.
#include <cstdint>
#include <cstdio>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>

/// Empty nodes stay empty for large gangs; among the others the load is balanced.
struct spare_empty_nodes {
    [[nodiscard]] std::int64_t operator()(rota::job::request const&, rota::cluster::ledger const& free,
                                          rota::node_id n, int) const noexcept {
        auto const whole = free.whole_count(n);
        return whole == free.of(n).gpus ? -1 : whole;
    }
};
using spare = rota::placement::by_score<spare_empty_nodes>;
static_assert(rota::placement::explain_policy<spare>());

template <rota::placement::policy Placement>
void fill(char const* name, Placement const& place) {
    auto const cluster = rota::cluster::uniform(1, 4, 8); // outlives its ledger
    auto free = rota::cluster::ledger{cluster};
    std::printf("%-8s", name);
    for (auto const gpus : {5, 4, 1, 1, 8, 16, 64}) {
        auto const found = place.place(rota::job::gang(gpus), free);
        if (!found) {
            std::printf("  %d:%s", gpus,
                        found.why() == rota::placement::refusal::busy ? "busy" : "infeasible");
            continue;
        }
        free.take(*found);
        std::printf("  %d:", gpus);
        for (auto const& part : *found) std::printf("n%d", static_cast<int>(index(part.node)));
    }
    std::puts("");
}

int main() {
    std::puts("GPUs:nodes, in the order of arrival");
    fill("best_fit", rota::placement::best_fit{});
    fill("spare", spare{});
}

// Output:
// GPUs:nodes, in the order of arrival
// best_fit  5:n0  4:n1  1:n0  1:n0  8:n2  16:busy  64:infeasible
// spare     5:n0  4:n1  1:n1  1:n0  8:n2  16:busy  64:infeasible
