// SPDX-License-Identifier: BSL-1.0
// The bitmap against a set, at the borders of its words and of their blocks.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include <rota/cluster/bitmap.hpp>
#include <rota/core/random.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using rota::cluster::bitmap;

std::uint32_t least(std::set<std::uint32_t> const& members, std::uint32_t from) {
    auto const found = members.lower_bound(from);
    return found == members.end() ? bitmap::none : *found;
}

void walk(std::uint32_t size, tally& tests) {
    auto draw = rota::random{size};
    auto bits = bitmap(size);
    auto members = std::set<std::uint32_t>{};
    auto same =
        bits.first() == bitmap::none && bits.next(0) == bitmap::none && bits.next(size) == bitmap::none;
    for (auto i = in_proportion(20'000); i != 0; --i) {
        // at first it fills, then it empties; half of the numbers are few, so that they come again
        auto const fills = draw.below(8) < (i % 1'000 < 500 ? 1u : 6u);
        auto const n = static_cast<std::uint32_t>(draw.below(2) == 0 || members.empty() ? draw.below(size)
                                                  : fills                               ? *members.begin()
                                                                                        : *members.rbegin());
        if (fills) {
            bits.insert(n);
            members.insert(n);
        } else {
            bits.erase(n);
            members.erase(n);
        }
        auto const from = static_cast<std::uint32_t>(draw.below(size));
        same = same && bits.contains(n) == fills && bits.first() == least(members, 0) &&
               bits.next(0) == least(members, 0) && bits.next(from) == least(members, from) &&
               bits.next(n) == least(members, n) && bits.next(n + 1) == least(members, n + 1);
    }
    tests.check(same, "it is a set of numbers below " + std::to_string(size));
    for (auto const n : members) bits.erase(n);
    tests.check(bits == bitmap(size), "what was taken out leaves nothing, below " + std::to_string(size));
}

} // namespace

int main() {
    auto tests = tally{};
    tests.check(bitmap{}.first() == bitmap::none && bitmap{}.next(0) == bitmap::none,
                "of nothing it is empty");
    for (auto const size : {1u, 63u, 64u, 65u, 4'095u, 4'096u, 4'097u, 8'192u, 125'000u, 300'000u})
        walk(size, tests);
    return tests.end();
}
