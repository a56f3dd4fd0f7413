// SPDX-License-Identifier: BSL-1.0
// Results are kept narrow, and read like a vector of wide ones.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <string>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/simulation/result.hpp>
#include <rota/simulation/results.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

static_assert(std::ranges::random_access_range<simulation::results const>);
static_assert(std::ranges::sized_range<simulation::results const>);

bool same(simulation::result const& a, simulation::result const& b) {
    return a.first_start == b.first_start && a.finish == b.finish && a.run_ms == b.run_ms &&
           a.overhead_ms == b.overhead_ms && a.lost_ms == b.lost_ms && a.preemptions == b.preemptions &&
           a.interruptions == b.interruptions && a.outcome == b.outcome;
}

bool agrees(std::uint64_t seed) {
    auto r = rota::random(seed);
    auto const jobs = static_cast<std::size_t>(r.below(9));
    auto kept = simulation::results(jobs);
    auto wide = std::vector<simulation::result>(jobs);
    for (auto steps = jobs == 0 ? 0 : r.below(30); steps != 0; --steps) {
        auto const at = static_cast<std::size_t>(r.below(jobs));
        auto const j = static_cast<job_id>(at);
        auto const ms = static_cast<millis>(r.below(1'000));
        auto& one = wide[at];
        switch (r.below(5)) {
        case 0:
            kept.starts(j, sim_time{ms});
            if (one.first_start == never) one.first_start = sim_time{ms};
            break;
        case 1: {
            auto const overhead = r.below(2) == 0 ? ms : 0;
            auto const lost = r.below(2) == 0 ? ms + 1 : 0;
            kept.add(j, ms, overhead, lost);
            one.run_ms += ms, one.overhead_ms += overhead, one.lost_ms += lost;
            break;
        }
        case 2: kept.preempt(j), ++one.preemptions; break;
        case 3: kept.interrupt(j), ++one.interruptions; break;
        default: {
            auto const how = static_cast<job::outcome>(r.below(5));
            kept.conclude(j, sim_time{ms}, how);
            one.finish = sim_time{ms}, one.outcome = how;
        }
        }
    }
    if (kept.empty() != wide.empty() || kept.size() != wide.size()) return false;
    if (!std::ranges::equal(kept, wide, same)) return false;
    if (!std::ranges::equal(std::vector<simulation::result>(kept), wide, same)) return false;
    if (!std::ranges::equal(kept | std::views::reverse, wide | std::views::reverse, same)) return false;
    if (jobs == 0) return true;
    auto const from = static_cast<std::ptrdiff_t>(r.below(jobs + 1));
    auto const at = static_cast<std::size_t>(r.below(jobs));
    auto const i = kept.begin() + from;
    return same(kept.front(), wide.front()) && same(kept.back(), wide.back()) &&
           same(i[static_cast<std::ptrdiff_t>(at) - from], wide[at]) &&
           kept.end() - i == std::ssize(wide) - from && (i < kept.end()) == (from < std::ssize(wide));
}

} // namespace

int main() {
    auto told = tally{};
    auto const cases = cases_wanted(1'000);
    for (auto seed = std::uint64_t{1}; seed <= cases; ++seed)
        told.check(agrees(seed), "seed " + std::to_string(seed));
    return told.end();
}
