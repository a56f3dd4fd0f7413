// SPDX-License-Identifier: BSL-1.0
// The tree of prices and its list of the largest, against sorting, through random changes and questions.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/queueing/price_tree.hpp>

#include "../tally.hpp"

namespace {

using rota::queueing::price_tree;
using price = price_tree::price;

/// Few values, so that many are equal; the largest and none among them.
price drawn(rota::random& r) {
    auto const x = r.below(12);
    return x == 0 ? price_tree::none : x < 3 ? price_tree::highest : static_cast<price>(r.below(20)) - 10;
}

bool agrees(price_tree& tree, std::vector<price> const& prices, rota::random& r) {
    auto sorted = std::vector<price_tree::entry>{};
    for (auto i = std::size_t{0}; i != prices.size(); ++i)
        if (prices[i] != price_tree::none) sorted.push_back({prices[i], i});
    std::sort(sorted.begin(), sorted.end());
    auto const m = static_cast<std::uint32_t>(1 + r.below(prices.size() < 30 ? 8 : 40));
    auto const bound = drawn(r);
    switch (r.below(4)) {
    case 0: {
        auto const best = tree.best(m);
        if (best.size() != std::min<std::size_t>(m, sorted.size())) return false;
        return std::equal(best.begin(), best.end(), sorted.begin(),
                          [](auto const& a, auto const& b) { return a.value == b.value && a.at == b.at; });
    }
    case 1: return tree.above(m, bound) == (sorted.size() >= m && sorted[m - 1].value > bound);
    case 2: {
        auto found = std::vector<std::size_t>{};
        auto expected = std::vector<std::size_t>{};
        tree.each_at_least(bound, [&](std::size_t at) { found.push_back(at); });
        for (auto const& one : sorted)
            if (one.value >= bound) expected.push_back(one.at);
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
        return found == expected;
    }
    default:
        if (sorted.empty()) return tree.largest() == price_tree::none;
        return tree.largest() == sorted.front().value && tree.first() == sorted.front().at;
    }
}

} // namespace

int main() {
    auto told = tally{};
    auto r = rota::random(7);
    for (auto tried = 0; tried != 400; ++tried) {
        auto prices = std::vector<price>(1 + r.below(tried % 4 == 0 ? 300 : 20));
        for (auto& one : prices) one = drawn(r);
        auto tree = price_tree{};
        tree.assign(prices);
        auto holds = true;
        for (auto step = 0; holds && step != 500; ++step) {
            for (auto changes = r.below(4); changes != 0; --changes) {
                auto const at = r.below(prices.size());
                tree.set(at, prices[at] = drawn(r));
            }
            holds = agrees(tree, prices, r);
        }
        told.check(holds, "the tree answers as sorting does");
    }
    return told.end();
}
