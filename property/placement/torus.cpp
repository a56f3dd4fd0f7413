// SPDX-License-Identifier: BSL-1.0
// Blocks of a torus over random streams of changes: every answer against a recount of all blocks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/placement/torus.hpp>

#include "../tally.hpp"
#include "torus_world.hpp"

namespace {

using namespace rota::placement;

void stream(tally& told, extent size, std::vector<extent> const& shapes, std::uint64_t seed) {
    auto on = torus_world{size, shapes};
    auto const& net = on.net();
    auto in_use = std::vector<char>(net.nodes());
    auto down = std::vector<char>(net.nodes());
    auto draw = rota::random{seed};
    auto const set = [&](std::uint32_t node) { on.set_in_use(node, in_use[node] != 0 || down[node] != 0); };
    auto right = true;
    for (auto step = 0; step != 300; ++step) {
        auto const shape = static_cast<std::size_t>(draw.below(shapes.size()));
        auto const [wanted, recounted] = on.try_all(shape);
        right &= recounted && net.best(shape) == wanted;
        auto const node = static_cast<std::uint32_t>(draw.below(net.nodes()));
        switch (wanted ? draw.below(6) : 4) {
        case 0:
            down[node] ^= 1;
            set(node);
            break;
        case 4: // whoever holds the node gives back what it holds: a block of some shape around it, say
            for (auto other :
                 net.block(shape, static_cast<std::uint32_t>(draw.below(net.anchors_of(shape))))) {
                in_use[other] = 0;
                set(other);
            }
            break;
        case 5:
            in_use[node] ^= 1;
            set(node);
            break;
        default:
            for (auto taken : net.block(shape, *wanted)) {
                in_use[taken] = 1;
                set(taken);
            }
        }
    }
    told.check(right, "the best anchor is that of a recount");
}

} // namespace

int main() {
    auto told = tally{};
    for (auto seed = std::uint64_t{1}; seed != 8; ++seed) {
        stream(told, {1, 1, 1}, {{1, 1, 1}}, seed);
        stream(told, {1, 1, 1}, {{1, 1, 1}, {1, 1, 1}}, seed); // a shape may be named twice
        stream(told, {2, 2, 2}, {{1, 1, 1}, {1, 1, 2}, {1, 2, 1}, {2, 1, 1}, {2, 2, 2}}, seed);
        stream(told, {2, 1, 3}, {{2, 1, 1}, {1, 1, 2}, {2, 1, 2}, {2, 1, 3}}, seed);
        stream(told, {6, 5, 1}, {{1, 4, 1}, {4, 1, 1}, {5, 1, 1}, {1, 5, 1}}, seed); // turned
        stream(told, {5, 5, 5}, {{3, 2, 4}, {4, 3, 2}, {2, 4, 3}, {5, 5, 5}}, seed); // all wrap
        stream(told, {4, 4, 4}, {{1, 1, 1}, {2, 2, 1}, {2, 2, 2}, {4, 4, 2}}, seed);
        stream(told, {5, 3, 2}, {{1, 2, 1}, {2, 2, 2}, {4, 3, 2}}, seed);
        stream(told, {3, 1, 7}, {{2, 1, 2}, {2, 1, 3}}, seed);
    }
    for (auto seed = std::uint64_t{1}; seed != 40; ++seed) { // whatever fits
        auto draw = rota::random{seed};
        auto const up_to = [&](std::uint32_t most) {
            return 1 + static_cast<std::uint32_t>(draw.below(most));
        };
        auto const size = extent{up_to(6), up_to(5), up_to(4)};
        auto shapes = std::vector<extent>{};
        for (auto count = up_to(4); count != 0; --count)
            shapes.push_back({up_to(size[0]), up_to(size[1]), up_to(size[2])});
        std::sort(shapes.begin(), shapes.end(),
                  [](auto const& a, auto const& b) { return a[0] * a[1] * a[2] < b[0] * b[1] * b[2]; });
        stream(told, size, shapes, seed);
    }
    // a block that wraps around: x 4 and 0 of a ring of five
    auto const ring = torus{{5, 1, 1}, {{2, 1, 1}}};
    told.check(ring.block(0, 2) == std::vector<std::uint32_t>{4, 0}, "the last block wraps around");
    auto last = torus{{4, 4, 1}, {{2, 2, 1}, {4, 2, 1}}};
    last.set_in_use(0, true);
    told.check(last.best(0) == 1u, "a gang goes where the larger block is broken already");
    return told.end();
}
