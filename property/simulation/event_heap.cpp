// SPDX-License-Identifier: BSL-1.0
// The heap of events against a sorted set: pushes, pops and sweeps in any order.
#include <cstdint>
#include <set>
#include <string>

#include <rota/core/random.hpp>
#include <rota/simulation/event_heap.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

struct entry {
    std::uint64_t value;
    [[nodiscard]] bool before(entry const& b) const noexcept { return value < b.value; }
};

bool agrees(std::uint64_t seed) {
    auto r = rota::random(seed);
    auto heap = rota::simulation::event_heap<entry>{};
    auto all = std::multiset<std::uint64_t>{};
    auto const values = 1 + r.below(200); // often equal ones
    for (auto step = 0; step != 400; ++step) {
        if (auto const what = r.below(20); what < 12) {
            auto const fresh = r.below(values);
            heap.push({fresh});
            all.insert(fresh);
        } else if (what < 19) {
            if (all.empty()) continue;
            heap.pop();
            all.erase(all.begin());
        } else {
            auto const void_ones = r.below(3);
            heap.sweep([&](entry const& one) { return one.value % 3 != void_ones; });
            std::erase_if(all, [&](std::uint64_t one) { return one % 3 == void_ones; });
        }
        if (heap.size() != all.size() || heap.empty() != all.empty()) return false;
        if (!all.empty() && heap.top().value != *all.begin()) return false;
    }
    return true;
}

} // namespace

int main() {
    auto told = tally{};
    auto const cases = cases_wanted(1'000);
    for (auto seed = std::uint64_t{1}; seed <= cases; ++seed)
        told.check(agrees(seed), "seed " + std::to_string(seed));
    return told.end();
}
