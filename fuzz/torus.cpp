// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/placement/torus.hpp>

#include "require.hpp"
#include "twice.hpp"

namespace {

using rota::placement::extent;

struct net {
    rota::placement::torus blocks;
    std::vector<char> in_use;

    [[nodiscard]] bool free(std::size_t shape, std::uint32_t anchor) const {
        auto const block = blocks.block(shape, anchor);
        return std::all_of(block.begin(), block.end(), [&](auto node) { return in_use[node] == 0; });
    }
    void set(std::uint32_t node, bool used) {
        in_use[node] = used;
        blocks.set_in_use(node, used);
    }
};

/// Free blocks of the next larger shape, if there is one, that share a node with this.
std::uint32_t broken(net const& on, std::size_t shape, std::size_t shapes, std::uint32_t anchor) {
    auto const block = on.blocks.block(shape, anchor);
    auto cost = std::uint32_t{0};
    for (auto larger = std::uint32_t{0}; shape + 1 != shapes && larger != on.blocks.anchors_of(shape + 1);
         ++larger) {
        auto const other = on.blocks.block(shape + 1, larger);
        cost += on.free(shape + 1, larger) &&
                std::find_first_of(block.begin(), block.end(), other.begin(), other.end()) != block.end();
    }
    return cost;
}

/// Three bytes for the torus, one for each of up to four shapes, then steps: a block is taken where it is best, one is
/// given back, or a node fails or returns.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    auto at = std::size_t{0};
    auto const next = [&] { return at < size ? std::uint32_t{data[at++]} : 0u; };
    auto const all = extent{1 + next() % 5, 1 + next() % 4, 1 + next() % 3};
    auto const volume = [](extent const& of) { return of[0] * of[1] * of[2]; };
    auto shapes = std::vector<extent>(1 + next() % 4);
    for (auto& one : shapes) {
        auto const what = next();
        one = {1 + what % all[0], 1 + what / 5 % all[1], 1 + what / 20 % all[2]};
    }
    std::sort(shapes.begin(), shapes.end(),
              [&](auto const& a, auto const& b) { return volume(a) < volume(b); });
    auto on = net{{all, shapes}, std::vector<char>(volume(all))};
    for (auto steps = 0; at < size && steps != 40; ++steps) {
        auto const step = next();
        auto const shape = step / 4 % shapes.size();
        auto wanted = std::optional<std::uint32_t>{};
        for (auto anchor = std::uint32_t{0}; anchor != on.blocks.anchors_of(shape); ++anchor) {
            auto const cost = broken(on, shape, shapes.size(), anchor);
            require(on.blocks.broken(shape, anchor) == cost, "what a block breaks is a recount");
            if (on.free(shape, anchor) && (!wanted || cost < on.blocks.broken(shape, *wanted)))
                wanted = anchor;
        }
        auto const got = on.blocks.best(shape);
        require(got == wanted, "the free block that breaks least, the first of equals");
        told.add(got ? std::int64_t{*got} : -1);
        if (step % 4 == 0) {
            auto const node = next() % on.blocks.nodes();
            on.set(node, on.in_use[node] == 0);
        } else if (step % 4 != 3 && got) {
            for (auto node : on.blocks.block(shape, *got)) on.set(node, true);
        } else {
            for (auto node : on.blocks.block(shape, next() % on.blocks.anchors_of(shape)))
                on.set(node, false);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
