// SPDX-License-Identifier: BSL-1.0
// The driver of an emulated Slurm dies: once at every point of a run where it can, and often in one run, while its journal
// grows and while it is made short. Nothing is lost, nothing is started twice: every law holds on the joined log, and the
// log is what Slurm did.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "../cases.hpp"
#include "../tally.hpp"
#include "driven.hpp"

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/log/text.hpp>

namespace {

bool judge(tally& told, driven::scheduler_under_test const& one, std::uint64_t seed,
           driven::trouble const& asked, std::string const& when, driven::met& all) {
    auto const got = driven::run(one, seed, asked);
    all.add(got.seen);
    auto const law = got.laws.broken();
    return told.check(!law && got.fault.empty(),
                      one.name + ", seed " + std::to_string(seed) + ", " + when + ": " + got.fault +
                          (law ? explain(*law, got.laws.of(*law), got.log) : std::string{}));
}

} // namespace

/// ROTA_CASES / 100 cases each; arguments: a part of a scheduler's name, a seed, and a point of death.
int main(int argc, char** argv) {
    auto told = tally{};
    auto all = driven::met{};
    auto const cases = std::max<std::uint64_t>(cases_wanted(5'000) / 100, 1);
    for (auto const& one : driven::everybody()) {
        if (argc > 1 && one.name.find(argv[1]) == std::string::npos) continue;
        if (argc > 3) {
            auto const got =
                run(one, std::stoull(argv[2]), {[&](auto at) { return at == std::stoull(argv[3]); }});
            std::printf("%s%s%s\n", rota::log::to_text(got.log).c_str(), text(got.laws).c_str(),
                        got.fault.c_str());
            continue;
        }
        for (auto i = std::uint64_t{0}; i != cases; ++i) {
            auto const seed = argc > 2 ? std::stoull(argv[2]) : i * 37 + 1;
            // X4: told again, the journal gives the same books and the same log, at every moment
            auto const compacts = std::array<rota::millis, 4>{0, 35'000, 60'000, 200'000}[i % 4];
            if (!judge(told, one, seed, {[](auto) { return false; }, true, compacts}, "told again", all))
                break;
            // X1, X2, X3 where it dies every now and then
            auto random = rota::random{seed};
            auto const often = 0.02 + 0.1 * static_cast<double>(i % 4);
            if (!judge(told, one, seed,
                       {[&](auto) { return random.chance(often); }, false, i % 2 == 0 ? 0 : 40'000}, "often",
                       all))
                break;
        }
        // where nothing else goes wrong, and where everything does
        for (auto const seed : {std::uint64_t{0}, std::uint64_t{0b1'1001'0001}}) {
            if (argc > 2 && seed != std::stoull(argv[2])) continue;
            auto const before = all.points;
            constexpr auto compacts = rota::millis{40'000};
            judge(told, one, seed, {[](auto) { return false; }, false, compacts}, "never", all);
            auto const points = all.points - before;
            auto const step = std::max<std::uint64_t>(points * 50 / cases_wanted(5'000), 1);
            for (auto at = std::uint64_t{0}; at < points; at += step)
                if (!judge(told, one, seed, {[at](auto point) { return point == at; }, false, compacts},
                           "dies at point " + std::to_string(at), all))
                    break;
            std::printf("%-24s dies at %llu points of one run, one by one\n", one.name.c_str(),
                        static_cast<unsigned long long>(points / step));
        }
    }
    std::printf("%llu deaths, %llu compactions, %llu starts, %llu preemptions\n",
                static_cast<unsigned long long>(all.deaths), static_cast<unsigned long long>(all.compactions),
                static_cast<unsigned long long>(all.starts), static_cast<unsigned long long>(all.preempted));
    if (argc == 1)
        told.check(all.deaths > 50 && all.compactions > 100 && all.preempted != 0,
                   "the driver has died often enough");
    return told.end();
}
