// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KEEPS_LAWS_HPP
#define ROTA_PROPERTY_KEEPS_LAWS_HPP

#include <concepts>
#include <string>
#include <utility>

#include <rapidcheck.h>

#include <rota/contract/claims.hpp>
#include <rota/property/trials.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/shrink.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>

namespace rota::property {

/// Within a property of rapidcheck: draws a trial, and fails where a scheduler breaks a law in it.
///
/// Syntax    rc::check([] { keeps_laws("mine", [](auto const&) { return mine{}; }, mine::claims); });
/// Meaning   as verify::run_suite, one trial of it; of `asked` count the traits, the features of jobs and the worlds. The
///           failure is a story and a replay file, made small by the verifier: rapidcheck has nothing left to shrink.
template <std::invocable<simulation::simulator const&> Make>
void keeps_laws(std::string const& scheduler, Make make, claim claims,
                verify::suite_options const& asked = {}) {
    auto const run = [&](verify::trial const& one) {
        return verify::run_and_check(one, make, claims, asked.known);
    };
    auto const what = *rc::gen::noShrink(trials(asked.worlds, asked.jobs));
    auto const found = run(what);
    auto const broken = found.laws.broken();
    if (!broken) return;
    auto small = verify::shrink(what, *broken, run);
    auto const text = verify::story(small.what, small.found);
    RC_FAIL(text + '\n' +
            to_text(verify::counter_example{.scheduler = scheduler,
                                            .claims = claims,
                                            .known = asked.known,
                                            .broken = *broken,
                                            .what = std::move(small.what)}));
}

} // namespace rota::property

#endif
