// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_VERIFY_SUITE_HPP
#define ROTA_PROPERTY_VERIFY_SUITE_HPP

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/coverage.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/world.hpp>

/// Any scheduler behind one type, so that the verifier is compiled once for all of them.
class any_scheduler {
public:
    template <rota::scheduling_policy S>
    explicit any_scheduler(S scheduler) : held_{std::make_unique<model<S>>(std::move(scheduler))} {}

    void on(rota::event const& happened, rota::view const& v) { held_->on(happened, v); }
    void decide(rota::view const& v, rota::actions& a) { held_->decide(v, a); }

private:
    struct base {
        base() = default;
        base(base const&) = delete;
        base& operator=(base const&) = delete;
        virtual ~base() = default;
        virtual void on(rota::event const& happened, rota::view const& v) = 0;
        virtual void decide(rota::view const& v, rota::actions& a) = 0;
    };
    template <class S>
    struct model final : base {
        explicit model(S scheduler) : one{std::move(scheduler)} {}
        void on(rota::event const& happened, rota::view const& v) override { one.on(happened, v); }
        void decide(rota::view const& v, rota::actions& a) override { one.decide(v, a); }
        S one;
    };

    std::unique_ptr<base> held_;
};

/// A scheduler under test: how to make one, what it claims, and where it may be judged.
struct subject_under_test {
    std::string name;
    std::function<any_scheduler(rota::simulation::simulator const&)> make;
    rota::claim claims = rota::claim::none;
    rota::verify::traits known{};
    rota::verify::feature jobs = rota::verify::feature::all;
    unsigned worlds = rota::verify::worlds - 1; ///< things that may go wrong
};

/// Any scheduler type, with its claims; build(simulator const&) makes one.
template <class Build>
[[nodiscard]] subject_under_test under_test(std::string name, Build build) {
    using scheduler = std::invoke_result_t<Build&, rota::simulation::simulator const&>;
    return {std::move(name), [build](auto const& host) { return any_scheduler{build(host)}; },
            rota::claims_of<scheduler>()};
}

[[nodiscard]] inline rota::verify::finding run_case(subject_under_test const& of,
                                                    rota::verify::trial const& what) {
    return rota::verify::run_and_check(what, of.make, of.claims, of.known);
}

using rota::verify::world_of;

/// Writes the failure to a file from which it can be run again, and says where.
inline void save(rota::verify::suite_failure const& one) {
    auto name = "fail-" + std::string{rota::verify::text_of(one.smallest.broken).code} + '-';
    for (auto c : one.smallest.scheduler) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    name += '-' + std::to_string(one.trial) + ".replay";
    if (auto out = std::ofstream(name); out << to_text(one.smallest))
        std::printf("replay %s\n", name.c_str());
    else std::printf("%s: could not be written\n", name.c_str());
}

/// Runs the cases and prints what was seen. False where a law broke, or where nothing happened that could break it.
[[nodiscard]] inline bool check_scheduler(subject_under_test const& of, std::uint64_t cases,
                                          std::uint64_t seed) {
    namespace verify = rota::verify;
    auto const run = verify::run_suite(
        of.name, of.make, of.claims,
        {.cases = cases, .seed = seed, .known = of.known, .jobs = of.jobs, .worlds = of.worlds});
    auto const& all = run.laws;
    auto const& seen = run.seen;
    auto const& by_world = run.by_world;
    auto const broken = run.failures;
    for (auto const& one : run.shrunk) {
        std::printf("%s, trial %llu, shrunk from %zu jobs to %zu in %u steps\n%s", of.name.c_str(),
                    static_cast<unsigned long long>(one.trial), one.jobs, one.smallest.what.jobs.size(),
                    one.steps, verify::story(one.smallest.what, one.found).c_str());
        save(one);
    }
    std::printf(
        "%-28s %6llu cases: preempted %llu, moved %llu, interrupted %llu, failed starts %llu, blocked %llu, "
        "stale %llu, displaced %llu, lost %llu, rejected %llu, endless %llu; broken %llu\n",
        of.name.c_str(), static_cast<unsigned long long>(seen.cases),
        static_cast<unsigned long long>(seen.preempted), static_cast<unsigned long long>(seen.moved),
        static_cast<unsigned long long>(seen.interrupted),
        static_cast<unsigned long long>(seen.failed_starts), static_cast<unsigned long long>(seen.blocked),
        static_cast<unsigned long long>(seen.stale), static_cast<unsigned long long>(seen.displaced),
        static_cast<unsigned long long>(seen.lost), static_cast<unsigned long long>(seen.rejected),
        static_cast<unsigned long long>(seen.endless), static_cast<unsigned long long>(broken));
    std::printf("%-28s %s", "", verify::text(run).c_str());
    auto idle = false;
    auto const expect = [&](bool happened, std::string const& what) {
        if (happened) return;
        std::printf("%s: %s\n", of.name.c_str(), what.c_str());
        idle = true;
    };
    if (cases >= 1'000) { // fewer need not meet everything
        auto const met = [&](verify::world one, std::uint64_t count, char const* what) {
            if ((of.worlds & static_cast<unsigned>(one)) != 0)
                expect(count != 0, verify::name_of(one) + " worlds without " + what);
        };
        auto const in = [&](std::size_t bit) -> verify::coverage const& { return by_world[bit]; };
        met(verify::world::costly, in(0).overhead, "overhead");
        met(verify::world::slow, in(1).overhead, "overhead");
        met(verify::world::failing, in(2).failed_starts, "a failed start");
        met(verify::world::late, in(3).stale, "stale news");
        met(verify::world::outages, in(4).outages * in(4).interrupted, "an interruption");
        met(verify::world::crashes, in(5).lost, "lost work");
        met(verify::world::replaced, in(6).replaced, "a new scheduler");
        met(verify::world::capacity, in(8).drained, "a node that is drained");
        met(verify::world::capacity, in(8).shared, "others on a node");
        met(verify::world::capacity, in(8).quotas, "another quota");
        auto const stops = !has(of.claims, rota::claim::non_preemptive);
        expect(!stops || seen.preempted != 0, "claims no mercy and stopped nobody");
        expect(!stops || seen.blocked != 0, "no start had to wait for a release");
        for (auto i = std::size_t{0}; i != verify::laws; ++i) {
            auto const law = static_cast<verify::law>(i);
            auto const claim = verify::claim_for(law);
            auto const unclaimed = claim != rota::claim::none && !has(of.claims, claim);
            expect(unclaimed || all.of(law).checked != 0,
                   "law " + std::string{verify::text_of(law).code} + " was never exercised");
        }
    }
    return broken == 0 && !idle;
}

#endif
