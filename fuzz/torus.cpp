// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/placement/torus.hpp>

#include "../property/placement/torus_world.hpp"
#include "bytes.hpp"
#include "require.hpp"
#include "twice.hpp"

namespace {

using rota::placement::extent;

/// Three bytes for the torus, one for each of up to four shapes, then steps: a block is taken where it is best, one is
/// given back, or a node fails or returns.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    auto in = bytes{data, size};
    auto const all = extent{1 + in.next() % 5, 1 + in.next() % 4, 1 + in.next() % 3};
    auto const volume = [](extent const& of) { return of[0] * of[1] * of[2]; };
    auto shapes = std::vector<extent>(1 + in.next() % 4);
    for (auto& one : shapes) {
        auto const what = in.next();
        one = {1 + what % all[0], 1 + what / 5 % all[1], 1 + what / 20 % all[2]};
    }
    std::sort(shapes.begin(), shapes.end(),
              [&](auto const& a, auto const& b) { return volume(a) < volume(b); });
    auto on = torus_world{all, shapes};
    for (auto steps = 0; !in.empty() && steps != 40; ++steps) {
        auto const step = in.next();
        auto const shape = step / 4 % shapes.size();
        auto const [best, recounted] = on.try_all(shape);
        require(recounted, "what a block breaks is a recount");
        auto const got = on.net().best(shape);
        require(got == best, "the free block that breaks least, the first of equals");
        told.add(got ? std::int64_t{*got} : -1);
        if (step % 4 == 0) {
            auto const node = in.next() % on.net().nodes();
            on.set_in_use(node, !on.in_use(node));
        } else if (step % 4 != 3 && got) {
            for (auto node : on.net().block(shape, *got)) on.set_in_use(node, true);
        } else {
            for (auto node : on.net().block(shape, in.next() % on.net().anchors_of(shape)))
                on.set_in_use(node, false);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
