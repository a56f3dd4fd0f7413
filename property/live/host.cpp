// SPDX-License-Identifier: BSL-1.0
// Named schedulers drive an emulated Slurm whose verbs get lost, come late and are refused, whose nodes fail and
// whose users and operators interfere. Every law holds on the log, and the log is what Slurm did.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "../cases.hpp"
#include "../tally.hpp"
#include "driven.hpp"

#include <rota/log/text.hpp>

/// ROTA_CASES / 20 cases each; arguments: a part of a scheduler's name, and one seed whose log is printed.
int main(int argc, char** argv) {
    auto const cases = std::max<std::uint64_t>(cases_wanted(5'000) / 20, 1);
    auto told = tally{};
    auto all = driven::met{};
    for (auto const& one : driven::everybody()) {
        if (argc > 1 && one.name.find(argv[1]) == std::string::npos) continue;
        if (argc > 2) {
            auto const got = driven::run(one, std::stoull(argv[2]));
            std::printf("%s%s%s\n", rota::log::to_text(got.log).c_str(), text(got.laws).c_str(),
                        got.fault.c_str());
            continue;
        }
        auto seen = driven::met{};
        auto bad = 0;
        for (auto i = std::uint64_t{0}; i != cases; ++i) {
            auto const seed = i * 37 + 1; // walks through every weather
            auto const got = driven::run(one, seed);
            seen.add(got.seen);
            auto const law = got.laws.broken();
            if (!law && got.fault.empty()) continue;
            if (++bad > 3) continue;
            std::printf("%s, seed %llu: %s\n%s", one.name.c_str(), static_cast<unsigned long long>(seed),
                        got.fault.c_str(), law ? explain(*law, got.laws.of(*law), got.log).c_str() : "");
        }
        auto const count = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
        std::printf(
            "%-24s %5llu cases: starts %llu, preempted %llu, interrupted %llu, withdrawn %llu, refused %llu, "
            "elsewhere %llu, strays %llu, cancelled %llu, blind %llu, outages %llu, others %llu; broken %d\n",
            one.name.c_str(), count(cases), count(seen.starts), count(seen.preempted),
            count(seen.interrupted), count(seen.lost), count(seen.refused), count(seen.elsewhere),
            count(seen.strays), count(seen.cancelled), count(seen.blind), count(seen.outages),
            count(seen.others), bad);
        all.add(seen);
        told.check(bad == 0 && seen.starts != 0, one.name);
    }
    if (argc == 1 && cases >= 50) // fewer need not meet everything
        for (auto const count : {all.preempted, all.interrupted, all.lost, all.refused, all.elsewhere,
                                 all.strays, all.cancelled, all.blind, all.outages, all.others})
            told.check(count != 0, "every kind of mishap is met");
    return argc > 2 ? 0 : told.end();
}
