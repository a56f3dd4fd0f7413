// SPDX-License-Identifier: BSL-1.0
// Queues of gangs on the device lie where gang_planner puts them one by one, for any shape of the blocks: streams with
// releases, shares and closings. Without a device: compiled, and reported as skipped.
#include <cstdint>
#include <cstdio>
#include <string>

#include <rota/core/random.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/gangs_on_device.cuh>

#include "../property/cuda/gang_streams.hpp"
#include "../property/tally.hpp"

int main() {
    if (rota::cuda::devices() == 0) {
        std::printf("skipped: no device\n");
        return 77;
    }
    auto told = tally{};
    auto all_seen = gang_streams::seen{};
    auto const run = [&](std::uint64_t seed, std::uint32_t nodes, int queues) {
        auto draw = rota::random{seed * 7919};
        unsigned const shapes[] = {1, 32, 33, 96, 256, 512};
        auto wrong = gang_streams::stream(draw, nodes, rota::cuda::gangs_on_device{shapes[draw.below(6)]},
                                          queues, all_seen);
        told.check(wrong.empty(),
                   std::to_string(nodes) + " nodes, seed " + std::to_string(seed) + ": " + wrong);
    };
    for (auto seed = std::uint32_t{1}; seed != 300; ++seed) run(seed, 1 + seed * 31 % 40, 12);
    for (auto seed = std::uint32_t{1}; seed != 20; ++seed)
        for (auto const nodes : {500u, 1'023u, 1'025u}) run(seed, nodes, 8);
    for (auto seed = std::uint32_t{1}; seed != 4; ++seed) run(seed, 12'500, 4);
    auto const& [one, many, busy, infeasible] = all_seen;
    told.check(one > 300 && many > 300 && busy > 300 && infeasible > 300,
               "gangs lie on one node and on many, and are refused for now and for ever");
    return told.end();
}
