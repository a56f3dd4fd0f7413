// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SUITE_HPP
#define ROTA_VERIFY_SUITE_HPP

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/coverage.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/feature.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/shrink.hpp>
#include <rota/verify/suite_version.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/world.hpp>

namespace rota::verify {

/// How much of the suite is run. As it stands: what "passes rota suite N" means.
struct suite_options {
    std::uint64_t cases = 10'000;
    std::uint64_t seed = 1; ///< of the first trial, the others count on
    traits known{};
    feature jobs = feature::all;          ///< what jobs may be
    unsigned worlds = verify::worlds - 1; ///< bits of what may go wrong
    std::uint32_t shrinks = 3;            ///< so many failures are made small
    bool stops = false;                   ///< at the first failure
};

/// A failure as it was found and what is left of it.
struct suite_failure {
    std::uint64_t trial = 0; ///< 1-based
    std::size_t jobs = 0;    ///< of that trial
    std::uint32_t steps = 0; ///< trials run to make it small
    counter_example smallest;
    finding found; ///< in the smallest
};

/// What a run of the suite has seen.
struct suite_result {
    suite_options asked;
    claim claims = claim::none;
    report laws;
    coverage seen;
    std::array<coverage, world_names.size()> by_world; ///< of the trials in which that could go wrong
    std::uint64_t failures = 0;
    std::vector<suite_failure> shrunk;
};

/// The claim without which the law is not asked; none: it always is.
[[nodiscard]] constexpr claim claim_for(law one) noexcept {
    switch (one) {
    case law::non_preemptive: return claim::non_preemptive;
    case law::strict_fifo: return claim::strict_fifo;
    case law::head_never_waits: return claim::head_never_waits;
    case law::work_conserving: return claim::work_conserving;
    case law::promise_kept: return claim::easy_promise;
    case law::deadlines_met: return claim::meets_deadlines;
    case law::victims_justified: return claim::justified_victims;
    case law::victims_needed:
    case law::stopped_once:
    case law::victims_in_the_way: return claim::minimal_victims;
    case law::victims_worst: return claim::worst_victims;
    case law::in_turn: return all_orders;
    case law::order_kept: return claim::order_kept;
    case law::quota_kept: return claim::quota_kept;
    case law::cells_there:
    case law::cells_kept: return claim::cells_kept;
    case law::envy_free: return claim::envy_free;
    case law::sharing_incentive: return claim::sharing_incentive;
    case law::event_driven: return claim::event_driven;
    case law::bounded_wait: return claim::bounded_wait;
    default: return claim::none;
    }
}

/// The world of a trial: every other one is calm, where what policies promise is judged; each mix comes up.
[[nodiscard]] constexpr world world_of(std::uint64_t trial, unsigned allowed) noexcept {
    auto const i = static_cast<unsigned>(trial / 2);
    return static_cast<world>((trial % 2 == 0 ? i << 4 : i) % worlds & allowed);
}

/// Runs a scheduler through the trials of the suite, asks every law, and makes failures small.
///
/// make(simulator const&) builds the scheduler, as in run_and_check.
template <std::invocable<simulation::simulator const&> Make>
[[nodiscard]] suite_result run_suite(std::string const& scheduler, Make make, claim claims,
                                     suite_options const& asked = {}) {
    auto made = suite_result{};
    made.asked = asked;
    made.claims = claims;
    auto const run = [&](trial const& one) { return run_and_check(one, make, claims, asked.known); };
    for (auto i = std::uint64_t{0}; i != asked.cases; ++i) {
        auto const under = world_of(i, asked.worlds);
        auto const what = draw(asked.seed + i, under, asked.jobs);
        auto const found = run(what);
        made.laws.add(found.laws);
        made.seen.add(found.seen);
        for (auto w = std::size_t{0}; w != world_names.size(); ++w)
            if ((static_cast<unsigned>(under) >> w & 1u) != 0) made.by_world[w].add(found.seen);
        auto const broken = found.laws.broken();
        if (!broken) continue;
        if (made.failures++ < asked.shrinks) {
            auto shrunk = shrink(what, *broken, run);
            made.shrunk.push_back({i + 1,
                                   what.jobs.size(),
                                   shrunk.steps,
                                   {.scheduler = scheduler,
                                    .claims = claims,
                                    .known = asked.known,
                                    .broken = *broken,
                                    .what = std::move(shrunk.what)},
                                   std::move(shrunk.found)});
        }
        if (asked.stops) break;
    }
    return made;
}

/// One line: what was passed or broken, in how many trials, and which laws were never asked.
[[nodiscard]] inline std::string text(suite_result const& of) {
    auto const suite = "rota suite " + std::to_string(suite_version);
    auto const broken = of.laws.broken();
    auto out = broken ? "breaks " + std::string{text_of(*broken).code} + " of " + suite : "passes " + suite;
    out += ": " + std::to_string(of.seen.cases) + " trials from seed " + std::to_string(of.asked.seed);
    if (of.failures != 0) out += ", " + std::to_string(of.failures) + " failures";
    if (of.asked.worlds != worlds - 1) {
        auto const left_out = static_cast<world>(~of.asked.worlds & (worlds - 1));
        out += ", without worlds " + name_of(left_out);
    }
    if ((of.asked.jobs & feature::all) != feature::all) out += ", some features of jobs left out";
    if ((of.asked.jobs & feature::instances) != feature::none) out += ", with instances of split GPUs";
    auto holds = 0;
    auto holes = std::string{};
    for (auto i = std::size_t{0}; i != laws; ++i) {
        auto const one = static_cast<law>(i);
        auto const stands = of.laws.of(one).stands();
        holds += stands == standing::holds;
        auto const asked = claim_for(one) == claim::none || has(of.claims, claim_for(one));
        if (asked && stands == standing::not_exercised) (holes += ' ') += law_texts[i].code;
    }
    out += ", " + std::to_string(holds) + " laws held";
    if (!holes.empty()) out += ", not exercised:" + holes;
    return out + '\n';
}

} // namespace rota::verify

#endif
