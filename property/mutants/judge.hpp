// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_MUTANTS_JUDGE_HPP
#define ROTA_PROPERTY_MUTANTS_JUDGE_HPP

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <type_traits>

#include <rota/contract/claims.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/suite.hpp>

#include "../cases.hpp"

namespace judging {

inline std::sig_atomic_t volatile trial = 0;

/// A contract that breaks ends the program; that is a find, too, and the trial is known.
inline void on_abort(int) {
    std::printf("killed contract %d\n", static_cast<int>(trial));
    std::fflush(stdout);
    std::_Exit(1);
}

} // namespace judging

/// Runs the trials of the suite until a law breaks and says in which: `killed LAW TRIAL`, or `survived TRIALS`.
template <class Build>
[[nodiscard]] int judge(Build build, rota::verify::suite_options asked = {}) {
    namespace verify = rota::verify;
    static constexpr auto claims =
        rota::claims_of<std::invoke_result_t<Build&, rota::simulation::simulator const&>>();
    asked.cases = cases_wanted(asked.cases);
    std::signal(SIGABRT, judging::on_abort);
    for (auto i = std::uint64_t{0}; i != asked.cases; ++i) {
        judging::trial = static_cast<std::sig_atomic_t>(i + 1);
        auto const what = verify::draw(asked.seed + i, verify::world_of(i, asked.worlds), asked.jobs);
        auto const found = verify::run_and_check(what, build, claims, asked.known);
        if (auto const broken = found.laws.broken()) {
            std::printf("killed %s %llu\n", verify::text_of(*broken).code.data(),
                        static_cast<unsigned long long>(i + 1));
            return 1;
        }
    }
    std::printf("survived %llu\n", static_cast<unsigned long long>(asked.cases));
    return 0;
}

#endif
