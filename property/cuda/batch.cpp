// SPDX-License-Identifier: BSL-1.0
// What the kernels do, run on the host thread by thread for many shapes of the grid: the least keys are those of
// a sort, every question has the answer of `scan`, and waves are those of placing one by one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/cuda/host_block.hpp>
#include <rota/cuda/key.hpp>
#include <rota/cuda/on_host.hpp>
#include <rota/cuda/question.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tiers.hpp>

#include "../cases.hpp"
#include "../placement/worlds.hpp"
#include "../tally.hpp"
#include "streams.hpp"

namespace {

using namespace rota;
using namespace worlds;

auto told = tally{};
auto all_seen = streams::seen{};

/// A key has the order of (higher score, lower id), and gives both back.
template <std::int64_t Least, std::int64_t Most>
void keys() {
    using packed = cuda::packed_key<Least, Most>;
    auto draw = rota::random{1};
    auto const score = [&] {
        auto const range = static_cast<std::uint64_t>(Most) - static_cast<std::uint64_t>(Least) + 1;
        auto const above = one_of<std::uint64_t>(draw, {0, range - 1, draw.below(range)});
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(Least) + above);
    };
    auto const node = [&] {
        auto const last = packed::nodes_max - 1;
        return one_of<std::uint32_t>(draw, {0, last, static_cast<std::uint32_t>(draw.below(last))});
    };
    auto good = true;
    for (auto i = 0; i != 1'000; ++i) {
        auto const a = score(), b = score();
        auto const m = node(), n = node();
        auto const before = a > b || (a == b && m < n);
        good = good && (packed::of(a, m) < packed::of(b, n)) == before &&
               (cuda::wide_key::of(a, m) < cuda::wide_key::of(b, n)) == before &&
               packed::of(a, m) < packed::none() && packed::of(a, m).node() == m &&
               packed::of(a, m).key() == ~a && cuda::wide_key::of(a, m).key() == ~a;
    }
    told.check(good, "keys from " + std::to_string(Least) + " to " + std::to_string(Most));
}

/// The least keys of lists that ascend, descend, hold nothing, or are drawn, as a sort finds them.
void least_keys() {
    using key = cuda::packed_key<0, 9'999>;
    auto draw = rota::random{2};
    for (auto i = 0, all = in_proportion(1'500); i != all; ++i) {
        auto const [shape, backwards] = streams::some_shape(draw);
        auto const size = static_cast<std::uint32_t>(draw.below(i % 10 == 0 ? 3'000 : 300));
        auto const keep = one_of<unsigned>(draw, {1, 2, 3, 16, 64, 100});
        auto const requests = static_cast<std::uint32_t>(1 + draw.below(6));
        auto lists = std::vector<key>{};
        for (auto r = 0u; r != requests; ++r) {
            auto const how = draw.below(5);
            for (auto n = 0u; n != size; ++n) {
                auto const score = how == 0 ? 10'000 - n : how == 1 ? n : how == 2 ? 5 : draw.below(10'000);
                lists.push_back(how == 3 ? key::none() : key::of(static_cast<std::int64_t>(score), n));
            }
        }
        auto got = std::vector<key>(std::size_t{requests} * shape.parts * keep);
        using from = cuda::listed_keys<key>;
        auto const asked = cuda::question<from, key>{{lists.data(), size}, requests, keep, shape, got.data()};
        auto memory = std::vector<unsigned char>(asked.bytes());
        auto block = cuda::host_block{shape.threads, backwards};
        auto good = true;
        for (auto part = 0u; part != shape.parts; ++part)
            for (auto tile = 0u; tile != asked.tiles(); ++tile)
                asked.answer(block, memory.data(), part, tile);
        for (auto r = 0u; r != requests; ++r)
            for (auto part = 0u; part != shape.parts; ++part) {
                auto const at = [&](unsigned p) {
                    return lists.begin() + static_cast<std::ptrdiff_t>(std::size_t{r} * size +
                                                                       std::uint64_t{size} * p / shape.parts);
                };
                auto want = std::vector<key>(at(part), at(part + 1));
                std::sort(want.begin(), want.end());
                want.resize(keep, key::none());
                for (auto k = 0u; k != keep; ++k)
                    good = good && got[(std::size_t{r} * shape.parts + part) * keep + k].bits == want[k].bits;
            }
        told.check(good, "least keys, case " + std::to_string(i));
    }
}

template <class Scorer>
void try_both(world const& in, Scorer const& score, std::uint64_t seed, int steps, std::string const& name) {
    auto const what =
        name + ", " + std::to_string(in.nodes.size()) + " nodes, seed " + std::to_string(seed) + ": ";
    auto draw = rota::random{seed};
    auto const grid = [&] {
        auto const [shape, backwards] = streams::some_shape(draw);
        return cuda::on_host<Scorer>{score, shape, backwards};
    };
    auto wrong = streams::stream(in, score, grid(), seed, steps, all_seen);
    told.check(wrong.empty(), what + wrong);
    wrong = streams::waves(in, score, grid(), seed, steps, all_seen);
    told.check(wrong.empty(), what + wrong);
}

void try_scorers(std::uint64_t seed, std::size_t nodes, int steps) {
    using namespace placement;
    auto draw = rota::random{seed};
    auto in = some_world(draw, nodes);
    if (draw.below(6) == 0) // nothing fits anywhere
        for (auto& need : in.requests) need.cpu_milli = 4'000'000'000u;
    auto const kinds = target_workload({{.cpu_milli = 4'000, .gpus = 1, .milli = 460},
                                        {.cpu_milli = 1'000, .gpus = 2, .milli = 1'000},
                                        {.cpu_milli = 16'000}});
    auto paces = std::vector<std::uint16_t>(3u * 2 * cluster::gpus_per_node_max);
    for (auto& milli : paces) milli = one_of<std::uint16_t>(draw, {900, 1000, 1000, 1400});
    switch (seed % 8) {
    case 0: return try_both(in, fgd{kinds.view()}, seed, steps, "fgd");
    case 1: return try_both(in, pal{{paces.data(), 2}, 1}, seed, steps, "pal");
    case 2: return try_both(in, fgd_exact{kinds.view()}, seed, steps, "fgd exact");
    case 3: return try_both(in, indifferent{}, seed, steps, "indifferent");
    case 4: return try_both(in, scattered{}, seed, steps, "scattered");
    case 5: return try_both(in, least_allocated{}, seed, steps, "least allocated");
    case 6: return try_both(in, gpu_clustering{}, seed, steps, "gpu clustering");
    default: return try_both(in, tiers{most_allocated{}, balanced_allocation{}}, seed, steps, "tiers");
    }
}

} // namespace

int main() {
    static_assert(sizeof(cuda::key<placement::fgd>) == 8 && sizeof(cuda::key<placement::pal>) == 8);
    static_assert(sizeof(cuda::key<scattered>) == 16);
    keys<0, 0>();
    keys<0, 99>();
    keys<-0xffff, 0>();
    keys<-(std::int64_t{1} << 43), (std::int64_t{1} << 43) - 3>();
    least_keys();
    auto const count = static_cast<int>(std::max<std::uint64_t>(cases_wanted(10'000) / 5, 100));
    for (auto seed = std::uint64_t{1}; seed != static_cast<std::uint64_t>(count); ++seed) {
        auto draw = rota::random{seed * 7919};
        try_scorers(seed, draw.below(8) == 0 ? one_of<std::size_t>(draw, {31, 32, 33}) : draw.below(6), 60);
    }
    for (auto seed = std::uint64_t{1}; seed != 17; ++seed)
        for (auto const nodes : {0, 1, 31, 32, 33, 1023, 1024, 1025})
            try_scorers(seed, static_cast<std::size_t>(nodes), in_proportion(nodes < 1000 ? 200 : 40));
    for (auto seed = std::uint64_t{1}; seed != 9; ++seed) try_scorers(seed, 10'007, 12);
    auto const& [placed, refused, full, rounds] = all_seen;
    told.check(placed > count && refused > count && full > count, "pods were placed and refused, lists full");
    told.check(rounds > 20, "rounds ended early");
    std::printf("%d pods placed and %d refused, %d full lists, %llu rounds beyond one a wave\n", placed,
                refused, full, static_cast<unsigned long long>(rounds));
    return told.end();
}
