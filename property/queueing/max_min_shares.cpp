// SPDX-License-Identifier: BSL-1.0
// Max-min time shares: known answers, an independent solver for two models, invariances, and every world.
#include <cstdio>
#if !__has_include(<coin/Clp_C_Interface.h>)
int main() {
    std::puts("skipped: CLP is not installed (coinor-libclp-dev)");
    return 77;
}
#else
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <rota/queueing/clp.hpp>
#include <rota/queueing/max_min_shares.hpp>
#include <rota/system/gavel_max_min.hpp>

#include "../tally.hpp"
#include "worlds.hpp"

using namespace rota;
using queueing::rate_table;

namespace {

auto solve(rate_table const& table) { return queueing::max_min_shares(table, queueing::clp{}); }

// --- two models without a linear program: a job that needs a rate moves along one segment between "as little
// of model 0 as possible" and "as little of model 1 as possible"; the fill is a fractional knapsack
struct two_models {
    rate_table const& table;

    double relative(std::size_t j, std::size_t k) const {
        auto const m0 = static_cast<double>(table.capacity[0]);
        auto const m1 = static_cast<double>(table.capacity[1]);
        auto const equal =
            (static_cast<double>(table.rate[j][0]) * m0 + static_cast<double>(table.rate[j][1]) * m1) /
            (m0 + m1);
        return static_cast<double>(table.rate[j][k]) / equal;
    }
    bool feasible(std::vector<double> const& level) const {
        struct trade {
            double price; // of one more unit of model 1 given up, in units of model 0
            double units; // of model 1 that can be given up
        };
        auto used = std::array{0.0, 0.0};
        auto trades = std::vector<trade>{};
        for (auto j = std::size_t{0}; j != level.size(); ++j) {
            auto const t0 = relative(j, 0);
            auto const t1 = relative(j, 1);
            auto const g = static_cast<double>(table.gang[j]);
            if (level[j] > std::max(t0, t1) * (1 + 1e-12)) return false;
            if (level[j] <= 0) continue;
            // x0 t0 + x1 t1 = level, x0 + x1 <= 1: the range of x1
            auto most = t1 > 0 ? std::min(1.0, level[j] / t1) : 0.0;
            auto least = t0 > 0 ? 0.0 : most;
            if (t0 > t1) most = std::min(most, (t0 - level[j]) / (t0 - t1));
            if (t1 > t0 && t0 > 0) least = std::max(0.0, (level[j] - t0) / (t1 - t0));
            most = std::max(most, least);
            auto const x0 = t0 > 0 ? std::max(0.0, (level[j] - most * t1) / t0) : 0.0;
            used[0] += g * x0;
            used[1] += g * most;
            if (t0 > 0 && most > least) trades.push_back({t1 / t0, g * (most - least)});
        }
        std::sort(trades.begin(), trades.end(),
                  [](auto const& a, auto const& b) { return a.price < b.price; });
        auto over = used[1] - static_cast<double>(table.capacity[1]);
        for (auto const& one : trades) {
            if (over <= 0) break;
            auto const units = std::min(over, one.units);
            over -= units;
            used[0] += units * one.price;
        }
        return over <= 1e-7 && used[0] <= static_cast<double>(table.capacity[0]) + 1e-7;
    }
    /// The lexicographic optimum: all rise together; whoever cannot rise alone stays.
    std::vector<double> levels() const {
        auto const jobs = table.gang.size();
        auto level = std::vector<double>(jobs, 0.0);
        auto rising = std::vector<bool>(jobs, true);
        auto const search = [&](auto with) { // the largest l for which with(l) is feasible
            auto low = 0.0;
            auto high = 64.0;
            for (auto i = 0; i != 60; ++i) (feasible(with((low + high) / 2)) ? low : high) = (low + high) / 2;
            return low;
        };
        while (std::find(rising.begin(), rising.end(), true) != rising.end()) {
            auto const all = search([&](double l) {
                auto with = level;
                for (auto j = std::size_t{0}; j != jobs; ++j)
                    if (rising[j]) with[j] = l;
                return with;
            });
            for (auto j = std::size_t{0}; j != jobs; ++j)
                if (rising[j]) level[j] = all;
            auto stays = std::vector<std::size_t>{};
            auto tightest = std::size_t{0}; // somebody stays, whatever the rounding says
            auto least = 1e300;
            for (auto j = std::size_t{0}; j != jobs; ++j) {
                if (!rising[j]) continue;
                auto relaxed = level;
                for (auto& one : relaxed) one *= 1 - 1e-7;
                auto const alone = search([&](double l) {
                    auto with = relaxed;
                    with[j] = l;
                    return with;
                });
                if (alone < all * (1 + 1e-4)) stays.push_back(j);
                if (alone < least) tightest = j;
                least = std::min(least, alone);
            }
            if (stays.empty()) stays.push_back(tightest);
            for (auto j : stays) {
                rising[j] = false;
                level[j] *= 1 - 1e-9; // what was just feasible stays so in spite of rounding
            }
        }
        return level;
    }
};

rate_table random_table(rota::random& dice, int models) {
    auto table = rate_table{};
    for (auto k = 0; k != models; ++k) table.capacity.push_back(1000 * worlds::draw(dice, 1, 8));
    for (auto j = worlds::draw(dice, 1, 5); j-- != 0;) {
        table.gang.push_back(1000 * worlds::draw(dice, 1, 3));
        auto& rates = table.rate.emplace_back();
        for (auto k = 0; k != models; ++k)
            rates.push_back(dice.chance(0.15) ? 0 : 250 * worlds::draw(dice, 1, 16));
        if (*std::max_element(rates.begin(), rates.end()) == 0) rates[0] = 1000;
    }
    return table;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-4 * std::max(1.0, std::abs(b)); }

void by_hand(tally& told) {
    using shares = std::vector<std::vector<std::int64_t>>;
    // N equal jobs of one GPU on M GPUs: M/N each, with one model (closed form) and with two (a program)
    told.check(
        queueing::max_min_shares({{1000, 1000, 1000}, {{1000}, {1000}, {1000}}, {2000}}, queueing::no_lp{})
                .share == shares{{666}, {666}, {666}},
        "two thirds each");
    told.check(queueing::max_min_shares({{1000, 2000}, {{1000}, {500}}, {4000}}, queueing::no_lp{}).share ==
                   shares{{1000}, {1000}},
               "room for all");
    {
        auto const got = solve({{1000, 1000, 1000, 1000},
                                {{1000, 1000}, {1000, 1000}, {1000, 1000}, {1000, 1000}},
                                {1000, 1000}});
        for (auto const& x : got.share) told.check(x[0] + x[1] == 500, "M/N each on two equal models");
        for (auto l : got.level) told.check(near(l, 0.5), "level M/N");
    }
    // any share of the fast model from one half on is max-min optimal for A; water filling takes all of it
    {
        auto const got = solve({{1000, 1000}, {{4000, 1000}, {1000, 1000}}, {1000, 1000}});
        told.check(got.share == shares{{1000, 0}, {0, 1000}}, "A fast, B slow");
        told.check(near(got.level[0], 1.6) && near(got.level[1], 1.0), "levels 1.6 and 1");
    }
    // one of each model, A twice as fast on the first: each is better off on its own model
    {
        auto const got = solve({{1000, 1000}, {{2000, 1000}, {1000, 2000}}, {1000, 1000}});
        told.check(got.share == shares{{1000, 0}, {0, 1000}}, "each where it is faster");
    }
    // what is not optimal is a value, and nothing else
    auto const none = queueing::max_min_shares({{1000}, {{1, 1}}, {1000, 1000}}, queueing::no_lp{});
    told.check(none.status == queueing::lp_status::no_solver && none.share.empty() && none.level.empty(),
               "no solver");
    auto program = queueing::linear_program{};
    program.gain = {1.0};
    told.check(queueing::clp{}.solve(program).status == queueing::lp_status::unbounded, "unbounded");
    program.rows = {{{{0, 1.0}}, -1.0}};
    told.check(queueing::clp{}.solve(program).status == queueing::lp_status::infeasible, "infeasible");
    program.gain = {3.0, 2.0};
    program.rows = {{{{0, 1.0}, {1, 1.0}}, 4.0}, {{{0, 1.0}, {1, 3.0}}, 6.0}, {{{0, 1.0}}, 2.0}};
    auto const best = queueing::clp{}.solve(program);
    told.check(best.status == queueing::lp_status::optimal && near(best.x[0], 2.0) &&
                   near(best.x[1], 4.0 / 3),
               "a program");
    told.check(near(best.price[0], 0.0) && near(best.price[1], 2.0 / 3) && near(best.price[2], 7.0 / 3),
               "its prices");
    // nobody, nowhere
    told.check(solve({{}, {}, {1000, 1000}}).share.empty(), "no jobs");
    told.check(solve({{1000}, {{0, 0}}, {1000, 1000}}).share == shares{{0, 0}}, "a job that can run nowhere");
}

void random_case(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto const what = "seed " + std::to_string(seed);
    auto const models = seed % 4 == 0 ? 3 : 2;
    auto const table = random_table(dice, models);
    auto const got = solve(table);
    told.check(got.status == queueing::lp_status::optimal, what + " optimal");
    if (got.status != queueing::lp_status::optimal) return;
    auto used = std::vector<std::int64_t>(table.capacity.size());
    for (auto j = std::size_t{0}; j != table.gang.size(); ++j) {
        auto time = std::int64_t{0};
        auto rate = 0.0;
        auto equal = 0.0;
        auto total = 0.0;
        for (auto k = std::size_t{0}; k != used.size(); ++k) {
            auto const x = got.share[j][k];
            told.check(x >= 0 && (x == 0 || table.rate[j][k] > 0), what + " runs where it can");
            time += x;
            used[k] += x * table.gang[j];
            rate += static_cast<double>(x * table.rate[j][k]) / 1000.0;
            equal += static_cast<double>(table.rate[j][k] * table.capacity[k]);
            total += static_cast<double>(table.capacity[k]);
        }
        told.check(time <= 1000, what + " no more than all the time");
        auto const level = rate / (equal / total);
        auto best = 0.0;
        for (auto r : table.rate[j]) best = std::max(best, static_cast<double>(r));
        // rounding down by a thousandth a model costs at most that much of the fastest rate
        told.check(level <= got.level[j] * (1 + 1e-6) + 1e-4 + 0.002 * best / (equal / total) &&
                       level >=
                           got.level[j] - 0.001 * static_cast<double>(models) * best / (equal / total) - 1e-4,
                   what + " the shares are those of the levels");
    }
    for (auto k = std::size_t{0}; k != used.size(); ++k)
        told.check(used[k] <= 1000 * table.capacity[k], what + " no more than the capacity");
    if (models == 2) {
        auto const expected = two_models{table}.levels();
        for (auto j = std::size_t{0}; j != expected.size(); ++j)
            told.check(std::abs(got.level[j] - expected[j]) <= 1e-3 * std::max(1.0, expected[j]),
                       what + " level " + std::to_string(got.level[j]) + " instead of " +
                           std::to_string(expected[j]));
    }
    // the units of a job's rate do not matter, and neither does the order of the jobs
    auto scaled = table;
    for (auto& r : scaled.rate.front()) r *= 7;
    std::reverse(scaled.rate.begin(), scaled.rate.end());
    std::reverse(scaled.gang.begin(), scaled.gang.end());
    auto const again = solve(scaled);
    for (auto j = std::size_t{0}; j != got.level.size() && again.level.size() == got.level.size(); ++j)
        told.check(near(again.level[got.level.size() - 1 - j], got.level[j]),
                   what + " scaled and turned round");
    told.check(solve(table).share == got.share, what + " the same twice");
}

/// The slicer makes the shares come true: A fast and B slow from the start, neither ever stopped.
void realised(tally& told) {
    auto on = cluster::uniform(1, 2, 1);
    on.models = {"fast", "slow"};
    on.nodes[1].model = gpu_model{1};
    auto jobs = job::workload{};
    for (auto j = 0; j != 2; ++j) {
        jobs.specs.push_back({.need = job::gang(1)});
        jobs.works.push_back({.duration_ms = 40'000'000});
    }
    jobs.works[0].model_rate = {4000, 1000, 1000, 1000};
    using scheduler = system::gavel_max_min<estimate::oracle, queueing::clp>;
    auto world = simulation::simulator(on, jobs);
    told.check(world.run([&] { return scheduler(world.clairvoyance()); }) ==
                   simulation::simulator::ending::complete,
               "completes");
    told.check(index(world.results()[0].finish) == 10'000'000 && world.results()[0].preemptions == 0,
               "A on the fast one all the time");
    told.check(index(world.results()[1].finish) == 40'000'000, "B has the same rate on both");
}

} // namespace

int main() {
    auto told = tally{};
    by_hand(told);
    realised(told);
    auto const n = worlds::cases(10'000);
    for (auto i = 0; i != n; ++i) random_case(told, static_cast<std::uint64_t>(i));
    for (auto i = 0; i != (n + 15) / 16; ++i)
        for (auto w = std::size_t{0}; w != worlds::names.size(); ++w) {
            auto dice = rota::random(static_cast<std::uint64_t>(i) * 64 + w);
            auto const scene = worlds::make_scene(dice, {.models = 1 + i % 2, .elastic = i % 5 == 0});
            auto world =
                simulation::simulator(scene.cluster, scene.jobs, worlds::make_world(dice, w, scene.cluster));
            auto const what = std::string(worlds::names[w]) + " " + std::to_string(i);
            using sees_all = system::gavel_max_min<estimate::oracle, queueing::clp>;
            using honest = system::gavel_max_min<estimate::user_limit, queueing::clp>;
            if (i % 4 < 2)
                worlds::run(told, world, what,
                            [&] { return sees_all(world.clairvoyance(), {}, {}, 60'000); });
            else worlds::run(told, world, what, [] { return honest({}, {}, {}, 60'000); });
        }
    return told.end();
}
#endif
