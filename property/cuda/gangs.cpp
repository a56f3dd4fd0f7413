// SPDX-License-Identifier: BSL-1.0
// What the kernels of gangs do, run on the host thread by thread for many shapes of the grid: queues of gangs lie where
// gang_planner puts them one by one.
#include <cstdint>
#include <cstdio>
#include <string>

#include <rota/core/random.hpp>
#include <rota/cuda/gangs_on_host.hpp>
#include <rota/cuda/host_blocks.hpp>

#include "../cases.hpp"
#include "../placement/worlds.hpp"
#include "../tally.hpp"
#include "gang_streams.hpp"

int main() {
    using namespace rota;
    auto told = tally{};
    auto all_seen = gang_streams::seen{};
    auto const cases = static_cast<std::uint32_t>(cases_wanted(3'000));
    for (auto seed = std::uint32_t{1}; seed <= cases; ++seed) {
        auto draw = rota::random{seed * 7919};
        auto const grid =
            cuda::host_blocks{worlds::one_of<unsigned>(draw, {1, 2, 7, 32, 33, 96, 256}),
                              worlds::one_of<unsigned>(draw, {1, 2, 3, 13}), draw.below(2) == 0};
        auto const nodes =
            draw.below(8) == 0 ? gang_streams::between(draw, 100, 500) : gang_streams::between(draw, 1, 40);
        auto const wrong = gang_streams::stream(draw, nodes, cuda::gangs_on_host<>{grid}, 12, all_seen);
        told.check(wrong.empty(),
                   std::to_string(nodes) + " nodes, seed " + std::to_string(seed) + ": " + wrong);
    }
    auto const& [one, many, busy, infeasible] = all_seen;
    auto const some = static_cast<int>(cases);
    told.check(one > some && many > some && busy > some && infeasible > some,
               "gangs lie on one node and on many, and are refused for now and for ever");
    std::printf("%d gangs on one node, %d on many, %d busy, %d infeasible\n", one, many, busy, infeasible);
    return told.end();
}
