// SPDX-License-Identifier: BSL-1.0
// Cells by buddies over long random streams: promises are kept at once, nothing is held twice, and all merges back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/placement/buddy_cells.hpp>

#include "../tally.hpp"

namespace {

using rota::placement::buddy_cells;
using numbers = std::vector<std::uint32_t>;
constexpr auto bad = std::uint64_t{1} << 32;

/// What was promised can be cut out of the cluster, from the largest cells down.
bool legal(std::uint32_t tops, numbers const& fanouts, numbers const& promised) {
    auto left = std::int64_t{tops};
    for (auto l = promised.size(); l-- != 0;) {
        left -= promised[l];
        if (left < 0) return false;
        if (l != 0) left *= fanouts[l - 1];
    }
    return true;
}

struct held {
    std::uint32_t tenant;
    std::uint32_t level;
    std::uint32_t cell;
};

void stream(tally& result, std::uint32_t tops, numbers const& fanouts, std::uint64_t seed, int steps) {
    auto cells = buddy_cells{tops, fanouts};
    auto draw = rota::random{seed};
    auto const below = [&](std::size_t n) { return static_cast<std::uint32_t>(draw.below(n)); };
    constexpr auto tenants = 3u;
    auto const levels = cells.top() + 1;
    auto promised = numbers(levels);
    auto owned = std::vector<numbers>(tenants, numbers(levels)); // unbound
    auto honest = true;
    for (auto i = 0; i != 200; ++i) {
        auto const l = below(levels);
        ++promised[l];
        auto const may = legal(tops, fanouts, promised);
        honest &= cells.promise(l) == may;
        if (may) ++owned[below(tenants)][l];
        else --promised[l];
    }
    result.check(honest, "what cannot be kept is not promised, and all else is");

    auto const leaves = tops * cells.size(cells.top());
    auto user = std::vector<std::int32_t>(leaves, -1); // whose GPU it is
    auto failed = std::vector<char>(leaves, 0);
    auto all = std::vector<held>{};
    auto safe = true;
    auto exclusive = true;
    auto best_placed = true;
    auto accounted = true;
    auto const mark = [&](held const& one, std::int32_t from, std::int32_t to) {
        for (auto g = one.cell * cells.size(one.level); g != (one.cell + 1) * cells.size(one.level); ++g)
            exclusive &= std::exchange(user[g], to) == from;
    };
    auto const failures = [&](std::uint32_t level, std::uint32_t cell) {
        auto sum = std::uint64_t{0};
        for (auto g = cell * cells.size(level); g != (cell + 1) * cells.size(level); ++g)
            sum += failed[g] != 0 ? bad : 0;
        return sum;
    };
    for (auto step = 0; step != steps; ++step) {
        auto const what = below(16);
        if (what == 0) failed[below(leaves)] ^= 1;
        if (what < 9) {
            auto one = held{below(tenants), below(levels), 0};
            if (owned[one.tenant][one.level] == 0) continue;
            if (what == 1) { // a place of somebody's choosing
                one.cell = below(leaves / cells.size(one.level));
                if (!cells.take_at(one.level, one.cell)) continue;
            } else {
                one.cell = cells.take(one.level, bad, failures);
                // of the same level's free cells none is better
                for (auto c = std::uint32_t{0}; c != leaves / cells.size(one.level); ++c)
                    if (failures(one.level, one.cell) >= bad && failures(one.level, c) == 0 &&
                        cells.take_at(one.level, c)) {
                        best_placed = false; // a sound cell was to be had
                        cells.give(one.level, c);
                    }
            }
            --owned[one.tenant][one.level];
            mark(one, -1, static_cast<std::int32_t>(one.tenant));
            all.push_back(one);
        } else if (!all.empty()) {
            auto const i = below(all.size());
            mark(all[i], static_cast<std::int32_t>(all[i].tenant), -1);
            cells.give(all[i].level, all[i].cell);
            ++owned[all[i].tenant][all[i].level];
            all[i] = all.back();
            all.pop_back();
        }
        safe &= cells.safe();
        for (auto l = std::uint32_t{0}; l != levels; ++l) {
            auto unbound = std::uint32_t{0};
            for (auto const& one : owned) unbound += one[l];
            accounted &= cells.promised(l) == unbound;
        }
    }
    result.check(safe, "the surplus is never negative");
    result.check(exclusive, "no GPU is in two cells");
    result.check(accounted, "nobody holds more cells than it was promised");
    result.check(best_placed, "a failed GPU is avoided where a promise allows it");
    for (auto const& one : all) cells.give(one.level, one.cell);
    auto whole = cells.free(cells.top()) == tops;
    for (auto l = std::uint32_t{0}; l != cells.top(); ++l) whole &= cells.free(l) == 0;
    result.check(whole, "all cells merge back");
}

} // namespace

int main() {
    auto result = tally{};
    auto const shapes = std::vector<std::pair<std::uint32_t, numbers>>{
        {4, {2, 2, 2}}, {3, {4, 2}}, {2, {8, 2}}, {5, {2, 4, 2}}, {1, {3, 2, 4}}, {7, {}}, {2, {2, 2, 2, 3}}};
    for (auto seed = std::uint64_t{1}; seed != 6; ++seed)
        for (auto const& [tops, fanouts] : shapes) stream(result, tops, fanouts, seed, 30'000);
    return result.end();
}
