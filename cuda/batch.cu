// SPDX-License-Identifier: BSL-1.0
// A batch on the device has the answers of `scan` on the host, for any shape of the grid: streams with releases,
// closings and predicates, lists of the best few, and waves. Without a device: compiled, and reported as skipped.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/cuda/buffer.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/on_device.cuh>
#include <rota/job/pod.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/target_view.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tiers.hpp>

#include "../property/cuda/streams.hpp"
#include "../property/tally.hpp"

namespace {

using namespace rota;

auto told = tally{};
auto all_seen = streams::seen{};

/// The scorer over the host's tables, and the same over the device's.
template <class Scorer>
void try_both(worlds::world const& in, Scorer const& here, Scorer const& there, std::uint64_t seed, int steps,
              std::string const& name) {
    auto draw = rota::random{seed};
    auto const grid = [&] { // of its own choice one time in four
        auto const shape = streams::some_shape(draw).shape;
        return cuda::on_device<Scorer>{there, draw.below(4) == 0 ? std::nullopt : std::optional{shape}};
    };
    auto const what =
        name + ", " + std::to_string(in.nodes.size()) + " nodes, seed " + std::to_string(seed) + ": ";
    auto wrong = streams::stream(in, here, grid(), seed, steps, all_seen);
    told.check(wrong.empty(), what + wrong);
    wrong = streams::waves(in, here, grid(), seed, steps, all_seen);
    told.check(wrong.empty(), what + wrong);
}

void try_scorers(std::uint64_t seed, std::size_t nodes, int steps) {
    using namespace placement;
    auto draw = rota::random{seed};
    auto const in = worlds::some_world(draw, nodes);
    auto const kinds = target_workload({{.cpu_milli = 4'000, .gpus = 1, .milli = 460},
                                        {.cpu_milli = 1'000, .gpus = 2, .milli = 1'000},
                                        {.cpu_milli = 16'000}});
    auto const device_steps = cuda::buffer<target_step>{kinds.steps()};
    auto device_view = kinds.view();
    device_view.steps = device_steps.data();
    auto paces = std::vector<std::uint16_t>(3u * cluster::gpus_per_node_max);
    for (auto& milli : paces) milli = worlds::one_of<std::uint16_t>(draw, {900, 1000, 1000, 1400});
    auto const device_paces = cuda::buffer<std::uint16_t>{paces};
    using worlds::indifferent, worlds::scattered;
    using both = tiers<most_allocated, balanced_allocation>;
    switch (seed % 7) {
    case 0: return try_both(in, fgd{kinds.view()}, fgd{device_view}, seed, steps, "fgd");
    case 1: return try_both(in, pal{{paces.data()}}, pal{{device_paces.data()}}, seed, steps, "pal");
    case 2: return try_both(in, fgd_exact{kinds.view()}, fgd_exact{device_view}, seed, steps, "fgd exact");
    case 3: return try_both(in, indifferent{}, indifferent{}, seed, steps, "indifferent");
    case 4: return try_both(in, scattered{}, scattered{}, seed, steps, "scattered");
    case 5: return try_both(in, gpu_clustering{}, gpu_clustering{}, seed, steps, "gpu clustering");
    default: return try_both(in, both{}, both{}, seed, steps, "tiers");
    }
}

/// What the driver refuses says so, and does no harm to what comes next.
void refusals() {
    auto said = std::string{};
    try {
        cuda::buffer<std::uint8_t>{}.reserve(std::size_t{1} << 50);
    } catch (cuda::error const& wrong) {
        if (wrong.out_of_memory()) said = wrong.what();
    }
    told.check(said.find("cudaMalloc of 1125899906842624 bytes: out of memory") == 0,
               "too much memory: " + said);
    auto const numbers = std::vector<int>{1, 2, 3};
    told.check(cuda::buffer<int>{numbers}.download(3) == numbers, "and the next call is none the worse");
}

} // namespace

int main() {
    if (cuda::devices() == 0) {
        std::printf("skipped: no device\n");
        return 77;
    }
    refusals();
    for (auto seed = std::uint64_t{1}; seed != 100; ++seed) {
        auto draw = rota::random{seed * 7919};
        try_scorers(seed, draw.below(6), 60);
    }
    for (auto seed = std::uint64_t{1}; seed != 15; ++seed)
        for (auto const nodes : {0, 1, 31, 32, 33, 1023, 1024, 1025, 10'007})
            try_scorers(seed, static_cast<std::size_t>(nodes), 200);
    for (auto seed = std::uint64_t{1}; seed != 8; ++seed) try_scorers(seed, 125'000, 40);
    told.check(all_seen.placed > 1'000 && all_seen.refused > 100 && all_seen.full > 100 &&
                   all_seen.rounds > 10,
               "pods were placed and refused, lists full, rounds ended early");
    return told.end();
}
