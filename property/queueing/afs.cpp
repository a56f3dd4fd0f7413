// SPDX-License-Identifier: BSL-1.0
// AFS-L: the sizes are those of the rule, step by step; they are realised exactly; every world holds.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/books.hpp>
#include <rota/contract/view.hpp>
#include <rota/queueing/afs.hpp>
#include <rota/system/afs_l.hpp>

#include "../tally.hpp"
#include "worlds.hpp"

using namespace rota;

namespace {

/// Lengths and rates as given: rates[job][gpus - 1].
struct table {
    std::vector<millis> left;
    std::vector<std::vector<std::int64_t>> rates;
    millis remaining_ms(view const&, job_id j) const { return left[index(j)]; }
    std::int64_t rate(view const&, job_id j, int gpus, gpu_model) const {
        return rates[index(j)][static_cast<std::size_t>(gpus) - 1];
    }
};

struct bounds {
    int least;
    int most;
};

std::vector<int> sizes(table const& what, std::vector<bounds> const& jobs, int gpus) {
    auto const on = cluster::uniform(1, 1, 16);
    auto state = books(on);
    auto specs = std::vector<job::spec>(jobs.size());
    auto ids = std::vector<job_id>{};
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        specs[j].need.gpus_min = static_cast<std::uint16_t>(jobs[j].least);
        specs[j].need.gpus_max = static_cast<std::uint16_t>(jobs[j].most);
        ids.push_back(state.submit(specs[j]));
    }
    return queueing::afs_sizes(view(state.want()), what, ids, gpu_model{}, 1000 * std::int64_t{gpus});
}

// --- the rule once more, as plain fractions and one question at a time
struct fraction { // over / under; under 0: infinite
    std::int64_t over;
    std::int64_t under;
};
bool less(fraction a, fraction b) {
    if (a.under == 0 || b.under == 0) return a.under != 0 && b.under == 0;
    __extension__ using wide = __int128;
    return wide{a.over} * b.under < wide{b.over} * a.under;
}

std::vector<int> by_rule(table const& what, std::vector<bounds> const& jobs, int gpus) {
    auto k = std::vector<int>(jobs.size(), 0);
    auto const rate = [&](std::size_t j, int g) {
        return g == 0 ? 0 : what.rates[j][static_cast<std::size_t>(g) - 1];
    };
    auto const step = [&](std::size_t j) { return k[j] == 0 ? jobs[j].least : 1; };
    auto const ends = [&](std::size_t j, int g) { return fraction{what.left[j], rate(j, g)}; };
    auto const gain = [&](std::size_t j, int relative_to) {
        return fraction{rate(j, k[j] + step(j)) - rate(j, k[j]), rate(j, relative_to) * step(j)};
    };
    for (;;) {
        auto winner = std::optional<std::size_t>{};
        for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
            if (k[j] + step(j) > jobs[j].most || step(j) > gpus) continue;
            if (!winner) {
                winner = j;
                continue;
            }
            auto const i = *winner;
            if (k[i] == 0 && k[j] == 0) {
                if (less(ends(j, step(j)), ends(i, step(i)))) winner = j;
                continue;
            }
            auto const end_i = k[i] == 0 ? fraction{1, 0} : ends(i, k[i]);
            auto const end_j = k[j] == 0 ? fraction{1, 0} : ends(j, k[j]);
            auto const a = less(end_j, end_i) ? j : i; // sooner; ties to the one met first
            auto const b = a == i ? j : i;
            winner = less(gain(a, k[a]), gain(b, k[b] + step(b))) ? b : a;
        }
        if (!winner) return k;
        auto const taken = step(*winner);
        k[*winner] += taken;
        gpus -= taken;
    }
}

std::vector<std::int64_t> linear(int most) {
    auto made = std::vector<std::int64_t>{};
    for (auto g = 1; g <= most; ++g) made.push_back(1000 * g);
    return made;
}

void by_hand(tally& told) {
    // two linear jobs, the first shorter: it leads by one or two
    auto const two = table{{10'000, 20'000}, {linear(16), linear(16)}};
    auto const expected = std::vector<std::vector<int>>{{1, 0}, {2, 0}, {2, 1}, {3, 1}, {3, 2}, {4, 2},
                                                        {4, 3}, {5, 3}, {5, 4}, {6, 4}, {6, 5}, {7, 5}};
    for (auto m = std::size_t{0}; m != expected.size(); ++m)
        told.check(sizes(two, {{1, 16}, {1, 16}}, static_cast<int>(m) + 1) == expected[m],
                   "two linear jobs on " + std::to_string(m + 1));
    // the flat one has one GPU while the other gains, however short it is
    auto const flat = table{{10, 20'000}, {std::vector<std::int64_t>(16, 1000), linear(16)}};
    for (auto m = 2; m <= 9; ++m)
        told.check(sizes(flat, {{1, 16}, {1, 8}}, m) == std::vector{1, m - 1},
                   "a flat curve never gets a second");
    told.check(sizes(flat, {{1, 16}, {1, 8}}, 12) == std::vector{4, 8}, "until nobody else gains");
    // rigid jobs: the shorter first, and no half gang
    auto const rigid = table{{10, 20, 30}, {linear(16), linear(16), linear(16)}};
    told.check(sizes(rigid, {{4, 4}, {4, 4}, {2, 2}}, 7) == std::vector{4, 0, 2},
               "a step that does not fit is not offered");
    told.check(sizes(rigid, {{4, 4}, {4, 4}, {2, 2}}, 0) == std::vector{0, 0, 0}, "nothing to give");
}

void random_rule(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto what = table{};
    auto jobs = std::vector<bounds>{};
    auto const alike = dice.chance(0.2);
    for (auto j = worlds::draw(dice, 1, 8); j-- != 0;) {
        auto rates = std::vector<std::int64_t>{1000};
        auto const concave = dice.chance(0.5);
        auto gain = 1000;
        for (auto g = 2; g <= 16; ++g) {
            gain = concave ? worlds::draw(dice, 0, gain) : worlds::draw(dice, 0, 4) * 250;
            rates.push_back(rates.back() + gain);
        }
        auto const least = dice.chance(0.6) ? 1 : worlds::draw(dice, 1, 4);
        auto const most = dice.chance(0.4) ? least : worlds::draw(dice, least, 16); // four tenths rigid
        what.left.push_back(1000 * worlds::draw(dice, 1, dice.chance(0.3) ? 3 : 100));
        what.rates.push_back(rates);
        jobs.push_back({least, most});
        if (alike && jobs.size() > 1) {
            what.left.back() = what.left.front();
            what.rates.back() = what.rates.front();
            jobs.back() = jobs.front();
        }
    }
    auto const gpus = worlds::draw(dice, 1, 16);
    auto const got = sizes(what, jobs, gpus);
    told.check(got == by_rule(what, jobs, gpus), "the rule, seed " + std::to_string(seed));
    auto given = 0;
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        given += got[j];
        told.check(got[j] == 0 || (got[j] >= jobs[j].least && got[j] <= jobs[j].most), "sizes are legal");
    }
    told.check(given <= gpus, "no more than there is");
}

/// Identical jobs of linear speed-up: no two differ by more than two GPUs.
void alike(tally& told) {
    for (auto n = std::size_t{2}; n <= 6; ++n)
        for (auto m = static_cast<int>(n); m <= 16; ++m) {
            auto const got = sizes({std::vector<millis>(n, 5000), std::vector(n, linear(16))},
                                   std::vector<bounds>(n, {1, 16}), m);
            auto const [least, most] = std::minmax_element(got.begin(), got.end());
            told.check(*most - *least <= 2 && std::accumulate(got.begin(), got.end(), 0) == m,
                       "identical jobs are within two");
        }
}

/// 3 and 1 of 4 GPUs until the shorter one ends, then all four: to the millisecond.
void realised(tally& told) {
    auto jobs = job::workload{};
    for (auto duration : {4'000, 12'000}) {
        auto need = job::request{};
        need.gpus_max = 4;
        jobs.specs.push_back({.need = need});
        jobs.works.push_back({.duration_ms = duration, .knee = 4});
    }
    auto const on = cluster::uniform(1, 2, 2);
    auto world = simulation::simulator(on, jobs);
    auto const ending = world.run([&] { return system::afs_l<estimate::oracle>(world.clairvoyance()); });
    told.check(ending == simulation::simulator::ending::complete, "completes");
    told.check(index(world.results()[0].finish) == 1334, "the shorter on three GPUs");
    told.check(index(world.results()[1].finish) == 1334 + 2667, "the longer on one, then on four");
    told.check(world.results()[0].preemptions == 0 && world.results()[1].preemptions == 0,
               "nobody is stopped to be resized");
}

/// A job goes to a model that can hold it, though another that it accepts has more GPUs.
void a_model_that_can_hold_it(tally& told) {
    auto on = cluster::spec{};
    on.models = {"many small", "one large"};
    for (auto n = 0; n != 4; ++n) on.nodes.push_back({.gpus = 4, .cpu_milli = 64'000, .mem_mib = 1'000});
    on.nodes.push_back({.gpus = 8, .model = gpu_model{1}, .cpu_milli = 64'000, .mem_mib = 64'000});
    auto jobs = job::workload{};
    auto wide = job::gang(8);
    wide.span = job::span::one_node;
    auto hungry = job::gang(1);
    hungry.mem_mib = 2'000;
    for (auto const& need : {wide, hungry, job::gang(16)}) {
        jobs.specs.push_back({.need = need});
        jobs.works.push_back({.duration_ms = 1'000});
    }
    auto world = simulation::simulator(on, jobs);
    auto const ending = world.run([&] { return system::afs_l<estimate::oracle>(world.clairvoyance()); });
    told.check(ending == simulation::simulator::ending::complete, "every job has a model that can hold it");
    told.check(index(world.results()[2].finish) == 1'000, "who fits the model with most GPUs starts there");
}

} // namespace

int main() {
    auto told = tally{};
    by_hand(told);
    alike(told);
    realised(told);
    a_model_that_can_hold_it(told);
    auto const n = worlds::cases(10'000);
    for (auto i = 0; i != n; ++i) random_rule(told, static_cast<std::uint64_t>(i));
    for (auto i = 0; i != (n + 7) / 8; ++i)
        for (auto w = std::size_t{0}; w != worlds::names.size(); ++w) {
            auto dice = rota::random(static_cast<std::uint64_t>(i) * 64 + w);
            auto const scene = worlds::make_scene(dice, {.models = 1 + i % 2, .elastic = i % 5 != 0});
            auto world =
                simulation::simulator(scene.cluster, scene.jobs, worlds::make_world(dice, w, scene.cluster));
            auto const what = std::string(worlds::names[w]) + " " + std::to_string(i);
            if (i % 2 == 0)
                worlds::run(told, world, what,
                            [&] { return system::afs_l<estimate::oracle>(world.clairvoyance()); });
            else worlds::run(told, world, what, [] { return system::afs_l<>{}; });
        }
    return told.end();
}
