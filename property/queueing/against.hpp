// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_AGAINST_HPP
#define ROTA_PROPERTY_QUEUEING_AGAINST_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include <rota/contract/recorder.hpp>
#include <rota/core/random.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>

#include "../tally.hpp"
#include "worlds.hpp"

namespace worlds {

/// Two schedulers give the same log, record by record: `cases` scenes, each in one of the eight worlds.
template <class Fast, class Slow>
void same(tally& told, char const* name, int cases, taste const& like, Fast fast, Slow slow) {
    auto jobs = std::size_t{0};
    auto records = std::size_t{0};
    for (auto i = 0; i != cases; ++i) {
        auto dice = rota::random(static_cast<std::uint64_t>(i));
        auto with = like;
        with.models = 1 + i / 8 % like.models;
        auto const scene = make_scene(dice, with);
        auto const under = make_world(dice, static_cast<std::size_t>(i) % names.size(), scene.cluster);
        auto const what = std::string(name) + " " + std::to_string(i);
        auto const log_of = [&](auto make) {
            auto log = rota::log::schedule{};
            auto world = simulation::simulator(scene.cluster, scene.jobs, under, recorder(log));
            run(told, world, what, make);
            records += log.records.size();
            return rota::log::to_text(log);
        };
        auto const a = log_of(fast);
        auto const b = log_of(slow);
        told.check(a == b, what + " differs");
        if (a != b) {
            std::printf("--- indexed\n%s--- by definition\n%s", a.c_str(), b.c_str());
            return;
        }
        jobs += scene.jobs.size();
    }
    told.check(cases < 1000 || records > 6 * jobs, std::string(name) + ": jobs run");
    std::printf("%-32s %d cases, %zu jobs: equal\n", name, cases, jobs);
}

} // namespace worlds

#endif
