// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_VERIFY_SUITE_HPP
#define ROTA_PROPERTY_VERIFY_SUITE_HPP

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
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
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/shrink.hpp>
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
    unsigned worlds = 0xff; ///< things that may go wrong
};

/// Any scheduler type, with its claims; build(simulator const&) makes one.
template <class Build>
[[nodiscard]] subject_under_test under_test(std::string name, Build build) {
    using scheduler = std::invoke_result_t<Build&, rota::simulation::simulator const&>;
    return {std::move(name), [build](auto const& host) { return any_scheduler{build(host)}; },
            rota::claims_of<scheduler>()};
}

/// Cases a scheduler, from the environment.
[[nodiscard]] inline std::uint64_t cases_wanted(std::uint64_t otherwise) {
    auto const* const asked = std::getenv("ROTA_CASES");
    return asked == nullptr ? otherwise : std::strtoull(asked, nullptr, 10);
}

[[nodiscard]] inline rota::verify::finding run_case(subject_under_test const& of,
                                                    rota::verify::trial const& what) {
    return rota::verify::run_and_check(what, of.make, of.claims, of.known);
}

/// The world of a case: every other one is calm, where what policies promise is judged; each combination comes up.
[[nodiscard]] inline rota::verify::world world_of(std::uint64_t number, unsigned allowed) {
    auto const i = static_cast<unsigned>(number / 2);
    return static_cast<rota::verify::world>((number % 2 == 0 ? (i % 16) << 4 : i % rota::verify::worlds) &
                                            allowed);
}

/// Runs the cases and prints what was seen. False where a law broke, or where nothing happened that could break it.
[[nodiscard]] inline bool check_scheduler(subject_under_test const& of, std::uint64_t cases,
                                          std::uint64_t seed) {
    namespace verify = rota::verify;
    auto all = verify::report{};
    auto seen = verify::coverage{};
    auto by_world = std::array<verify::coverage, verify::world_names.size()>{};
    auto broken = std::uint64_t{0};
    for (auto i = std::uint64_t{0}; i != cases; ++i) {
        auto const under = world_of(i, of.worlds);
        auto const what = verify::draw(seed + i, under, of.jobs);
        auto const found = run_case(of, what);
        all.add(found.laws);
        seen.add(found.seen);
        for (auto w = std::size_t{0}; w != by_world.size(); ++w)
            if ((static_cast<unsigned>(under) >> w & 1u) != 0) by_world[w].add(found.seen);
        auto const law = found.laws.broken();
        if (!law || ++broken > 3) continue;
        auto const small =
            verify::shrink(what, *law, [&](verify::trial const& t) { return run_case(of, t); });
        std::printf("%s, seed %llu, %s; shrunk from %zu jobs to %zu in %u steps\n%s\n", of.name.c_str(),
                    static_cast<unsigned long long>(seed + i), verify::name_of(under).c_str(),
                    what.jobs.size(), small.what.jobs.size(), small.steps,
                    verify::story(small.what, small.found).c_str());
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
        auto const stops = !has(of.claims, rota::claim::non_preemptive);
        expect(!stops || seen.preempted != 0, "claims no mercy and stopped nobody");
        expect(!stops || seen.blocked != 0, "no start had to wait for a release");
        for (auto i = std::size_t{0}; i != verify::laws; ++i) {
            auto const law = static_cast<verify::law>(i);
            auto const unclaimed =
                (law == verify::law::non_preemptive && !has(of.claims, rota::claim::non_preemptive)) ||
                (law == verify::law::strict_fifo && !has(of.claims, rota::claim::strict_fifo)) ||
                (law == verify::law::head_never_waits && !has(of.claims, rota::claim::head_never_waits)) ||
                (law == verify::law::work_conserving && !has(of.claims, rota::claim::work_conserving)) ||
                (law == verify::law::promise_kept && !has(of.claims, rota::claim::easy_promise)) ||
                (law == verify::law::deadlines_met && !has(of.claims, rota::claim::meets_deadlines)) ||
                (law == verify::law::victims_justified && !has(of.claims, rota::claim::justified_victims));
            expect(unclaimed || all.of(law).checked != 0,
                   "law " + std::string{verify::text_of(law).code} + " was never exercised");
        }
    }
    return broken == 0 && !idle;
}

#endif
