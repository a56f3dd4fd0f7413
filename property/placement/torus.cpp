// SPDX-License-Identifier: BSL-1.0
// Blocks of a torus over random streams of changes: every answer against a recount of all blocks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/placement/torus.hpp>

#include "../tally.hpp"

namespace {

using namespace rota::placement;

void stream(tally& told, extent size, std::vector<extent> const& shapes, std::uint64_t seed) {
    auto net = torus{size, shapes};
    auto in_use = std::vector<char>(net.nodes());
    auto draw = rota::random{seed};
    auto const is_free = [&](std::size_t shape, std::uint32_t anchor) {
        auto const block = net.block(shape, anchor);
        return std::none_of(block.begin(), block.end(), [&](auto node) { return in_use[node] != 0; });
    };
    auto right = true;
    for (auto step = 0; step != 300; ++step) {
        auto const shape = static_cast<std::size_t>(draw.below(shapes.size()));
        auto wanted = std::optional<std::uint32_t>{};
        auto least = std::size_t{0};
        for (auto anchor = std::uint32_t{0}; anchor != net.anchors_of(shape); ++anchor) {
            if (!is_free(shape, anchor)) continue;
            auto const block = net.block(shape, anchor);
            auto cost = std::size_t{0};
            if (shape + 1 != shapes.size())
                for (auto larger = std::uint32_t{0}; larger != net.anchors_of(shape + 1); ++larger) {
                    auto const other = net.block(shape + 1, larger);
                    cost += is_free(shape + 1, larger) &&
                            std::find_first_of(block.begin(), block.end(), other.begin(), other.end()) !=
                                block.end();
                }
            if (!wanted || cost < least) {
                wanted = anchor;
                least = cost;
            }
        }
        right &= net.best(shape) == wanted;
        if (wanted && draw.below(3) != 0) {
            for (auto node : net.block(shape, *wanted)) {
                in_use[node] = 1;
                net.set_in_use(node, true);
            }
        } else {
            auto const node = static_cast<std::uint32_t>(draw.below(net.nodes()));
            in_use[node] ^= 1;
            net.set_in_use(node, in_use[node] != 0);
        }
    }
    told.check(right, "the best anchor is that of a recount");
}

} // namespace

int main() {
    auto told = tally{};
    for (auto seed = std::uint64_t{1}; seed != 8; ++seed) {
        stream(told, {4, 4, 4}, {{1, 1, 1}, {2, 2, 1}, {2, 2, 2}, {4, 4, 2}}, seed);
        stream(told, {5, 3, 2}, {{1, 2, 1}, {2, 2, 2}, {4, 3, 2}}, seed);
        stream(told, {3, 1, 7}, {{2, 1, 2}, {2, 1, 3}}, seed);
    }
    // a block that wraps around: x 4 and 0 of a ring of five
    auto const ring = torus{{5, 1, 1}, {{2, 1, 1}}};
    told.check(ring.block(0, 2) == std::vector<std::uint32_t>{4, 0}, "the last block wraps around");
    auto last = torus{{4, 4, 1}, {{2, 2, 1}, {4, 2, 1}}};
    last.set_in_use(0, true);
    told.check(last.best(0) == 1u, "a gang goes where the larger block is broken already");
    return told.end();
}
