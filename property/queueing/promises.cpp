// SPDX-License-Identifier: BSL-1.0
// The EASY promise on real traces: nobody starts later than first promised, with exact limits or loose.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <rota/contract/claims.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/log/schedule.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/easy.hpp>
#include <rota/trace/formats.hpp>
#include <rota/verify/policy_laws.hpp>

#include "../tally.hpp"
#include "real_loads.hpp"

namespace {

using namespace rota;

auto told = tally{};

bool check(bool good, std::string_view what) { return told.check(good, what); }

struct judged {
    bool complete = false;
    real_loads::promises promises;
    verify::verdict law;
};

judged run(cluster::spec const& cluster, job::workload const& jobs) {
    auto log = log::schedule{};
    auto world = simulation::simulator(cluster, jobs, {}, recorder(log));
    auto out = judged{};
    out.complete =
        world.run([] { return rota::system::easy<>{}; }) == simulation::simulator::ending::complete;
    out.promises = real_loads::promises_of(log, jobs.size());
    auto report = verify::report{};
    auto const claims = claims_of<rota::system::easy<>>();
    check_promises({cluster, jobs, {}, {}, claims, verify::premises_of(cluster, jobs, {}), log}, report);
    out.law = report.of(verify::law::promise_kept);
    return out;
}

} // namespace

int main() {
    auto const folder = real_loads::folder(std::getenv("ROTA_TRACES"));
    if (!folder) {
        std::puts("skipped: the folder of the traces is not there");
        return 77;
    }
    for (auto const& one : real_loads::all) {
        auto const read = trace::read_file(one.format, (*folder / one.file).string());
        auto const name = std::string{one.name} + " on " + std::to_string(one.nodes) + " nodes";
        if (!check(read.ok(), name + ": reads")) continue;
        auto const cluster = real_loads::cluster(one);
        for (auto const exact : {true, false}) {
            auto const what = name + (exact ? ", exact limits" : ", loose limits");
            auto const got = run(cluster, exact ? real_loads::workload(read, real_loads::exact)
                                                : real_loads::workload(read, real_loads::loose));
            std::printf("%s: %llu promised, %llu late\n", what.c_str(),
                        static_cast<unsigned long long>(got.promises.jobs),
                        static_cast<unsigned long long>(got.promises.late));
            check(got.complete, what + ": completes");
            check(got.promises.late == 0, what + ": nobody starts later than first promised");
            check(got.law.stands() ==
                      (one.queues ? verify::standing::holds : verify::standing::not_exercised),
                  what + ": " + got.law.story);
        }
        if (&one != &real_loads::all.front()) continue;
        // users who name half of what their jobs will take: the count must see what that does to the promises
        auto const lied = run(cluster, real_loads::workload(read, std::array{0.5}));
        check(lied.complete && lied.promises.late > 0, name + ": limits that lie break promises");
    }
    return told.end();
}
