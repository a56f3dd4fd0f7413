// SPDX-License-Identifier: BSL-1.0
// Defragmentation under everything that may go wrong: gangs, shares, elastic jobs, closed nodes, lost orders. The laws
// of scheduling hold, every plan is sound, and moves never take a job more than half of its time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/placement/worst_fit.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/preemption/concepts.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/suite.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

/// What plans have shown, all worlds together.
struct account {
    std::int64_t plans = 0;
    std::int64_t moves = 0;
    std::int64_t moves_of_small = 0; ///< of jobs that hold less than they asked for
    std::int64_t moves_of_shares = 0;
    std::int64_t unsound = 0;
};

/// by_migration whose plans are judged when they are carried out.
struct judged_migration : preemption::by_migration {
    account* seen = nullptr;

    template <placement::policy Placement, class Order>
    [[nodiscard]] bool start(view const& v, actions& a, Placement const& place, Order const& by,
                             job_id j) const {
        auto const found = may_start(v, place, by, j, 0) ? planned(v, place, j) : std::nullopt;
        auto const worth = found && found->cost_gpu_ms() <= worth_ms * v.need(j).gpus_max;
        if (worth) judge(v, *found);
        auto const started = by_migration::start(v, a, place, by, j);
        seen->unsound += started != worth;
        return started;
    }

private:
    void judge(view const& v, plan const& found) const {
        ++seen->plans;
        auto good = !found.gang.empty();
        auto left = v.free();
        for (auto const& one : found.moves) {
            ++seen->moves;
            auto const& held = v.intent(one.job);
            auto const& now = v.state(one.job);
            seen->moves_of_small += held.gpus() < v.need(one.job).gpus_max;
            seen->moves_of_shares += !v.need(one.job).whole();
            good = good && left.fits(one.to) && left.open(one.to); // free before any other move
            if (!good) break;
            left.take(one.to);
            good = one.to.gpus() == held.gpus() && one.to.front().milli == held.front().milli;
            good = good && now.accrues_from <= v.now() &&
                   v.now() - now.accrues_from >= now.accrues_from - now.since;
        }
        if (good)
            for (auto const& one : found.moves) left.give(v.intent(one.job));
        good = good && left.fits(found.gang) && left.open(found.gang);
        if (good)
            for (auto const& one : found.moves) { // whoever moves stood in the way
                left.take(found.gang);
                good = good && !left.fits(v.intent(one.job));
                left.give(found.gang);
            }
        seen->unsound += !good;
    }
};
static_assert(preemption::victim_policy<judged_migration>);

/// Starts every job as small as it may be, and asks for the whole size only where nothing else fits.
template <class Placement>
struct small_starts {
    static constexpr claim claims = claim::none;
    judged_migration moves;
    Placement place{};
    queueing::fifo by{};

    void on(event const&, view const&) noexcept {}
    void decide(view const& v, actions& a) {
        auto waiting = std::vector<job_id>{};
        for (auto j : v.jobs())
            if (v.waiting(j)) waiting.push_back(j);
        std::sort(waiting.begin(), waiting.end());
        for (auto j : waiting) {
            auto small = v.need(j);
            small.gpus_max = small.gpus_min;
            small.milli = small.milli_min;
            auto const where = place.place(small, v.free());
            if (where ? a.start(j, *where) != answer::accepted : !moves.start(v, a, place, by, j)) continue;
        }
    }
};

template <class Make>
void laws(tally& told, std::string const& name, account& seen, Make make) {
    auto const before = seen;
    auto const found =
        verify::run_suite(name, [&](auto const&) { return make(); }, claim::none,
                          {.cases = std::max(in_proportion<std::uint64_t>(1'000), std::uint64_t{500})});
    told.check(found.failures == 0 && !found.laws.broken(), name + ": " + verify::text(found));
    told.check(seen.unsound == 0, name + ": a plan is not sound");
    told.check(seen.plans > before.plans + 10, name + ": plans were made");
}

template <class Placement>
void attack(tally& told, std::string const& name, account& seen) {
    auto const moves = [&](preemption::transition_cost cost) {
        auto made = judged_migration{};
        made.cost = cost;
        made.seen = &seen;
        return made;
    };
    laws(told, name, seen,
         [&] { return scheduler{queueing::greedy<>{}, Placement{}, moves(preemption::no_cost{})}; });
    laws(told, name + ", strict", seen, [&] {
        return scheduler{queueing::greedy<queueing::fifo, queueing::strict>{}, Placement{},
                         moves(preemption::fixed_cost{})};
    });
    laws(told, name + ", small", seen, [&] { return small_starts<Placement>{moves(preemption::no_cost{})}; });
}

/// A stream of short gangs each of which wants a node for itself, beside jobs that run long: whoever is moved works at
/// least half of its time, and what moves cost is what they were said to cost.
void pauses(tally& told, account& seen) {
    auto planned = std::int64_t{0};
    auto paid = std::int64_t{0};
    auto slowest = 0.0;
    for (auto seed = std::uint64_t{1}; seed != 9; ++seed) {
        auto draw = rota::random{seed};
        auto const cluster = cluster::uniform(1, 3, 8);
        auto jobs = job::workload{};
        auto const add = [&](millis submit, int gpus, millis runs) {
            jobs.specs.push_back({.submit = sim_time{submit}, .need = job::gang(gpus, job::span::one_node)});
            jobs.works.push_back({.duration_ms = runs});
        };
        for (auto i = 0; i != 3; ++i) add(0, 4, 600'000);
        for (auto i = 0; i != 600;
             ++i) { // the first makes two nodes half empty, the second wants one of them
            auto const at = 1'000 + 4'000 * i;
            add(at, 4, 1'500 + static_cast<millis>(draw.below(1'000)));
            add(at + 1'000, 8, 500 + static_cast<millis>(draw.below(1'000)));
        }
        auto under = simulation::conditions{};
        under.cost = preemption::fixed_cost{.save_ms = 0, .restore_ms = 30'000};
        auto const before = seen.moves;
        auto sim = simulation::simulator{cluster, jobs, under};
        auto const ended = sim.run([&] {
            auto moves = judged_migration{};
            moves.cost = under.cost;
            moves.seen = &seen;
            return scheduler{queueing::greedy<>{}, placement::worst_fit{}, moves};
        });
        told.check(ended == simulation::simulator::ending::complete, "every job ends");
        planned += (seen.moves - before) * 30'000;
        for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
            auto const& got = sim.results()[j];
            paid += got.overhead_ms;
            if (j < 3)
                slowest = std::max(slowest, static_cast<double>(got.finish - got.first_start) /
                                                static_cast<double>(2 * jobs.works[j].duration_ms + 30'000));
        }
    }
    told.check(seen.unsound == 0, "streams: a plan is not sound");
    told.check(planned == paid && planned != 0, "what is paid is what was planned");
    told.check(slowest <= 1.0, "no job loses more than half of its time to moves");
    std::printf("slowest: %.3f of the bound; %lld moves\n", slowest,
                static_cast<long long>(planned / 30'000));
}

} // namespace

int main() {
    auto told = tally{};
    auto seen = account{};
    attack<placement::worst_fit>(told, "worst fit", seen);
    attack<placement::best_fit>(told, "best fit", seen);
    attack<placement::consolidated>(told, "consolidated", seen);
    attack<placement::spread_out>(told, "spread out", seen);
    told.check(seen.moves_of_small > 10 && seen.moves_of_shares > 100, "elastic jobs and shares moved");
    pauses(told, seen);
    std::printf("%lld plans, %lld moves: %lld of shrunken jobs, %lld of shares\n",
                static_cast<long long>(seen.plans), static_cast<long long>(seen.moves),
                static_cast<long long>(seen.moves_of_small), static_cast<long long>(seen.moves_of_shares));
    return told.end();
}
