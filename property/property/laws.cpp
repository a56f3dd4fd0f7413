// SPDX-License-Identifier: BSL-1.0
// The laws as properties of rapidcheck: a sound scheduler passes, a false promise is found and made small, and trials are
// what was asked for.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <variant>

#include <rapidcheck.h>

#include <rota/contract/claims.hpp>
#include <rota/property/keeps_laws.hpp>
#include <rota/property/trials.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_reader.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/trial.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

struct newest_first {
    [[nodiscard]] std::int64_t key(view const&, job_id j) const noexcept { return -std::int64_t{index(j)}; }
};
using backwards = scheduler<queueing::greedy<newest_first, queueing::skip_ahead>>;

void suites(tally& told) {
    told.check(rc::check("fifo",
                         [] {
                             property::keeps_laws(
                                 "fifo", [](auto const&) { return system::fifo<>{}; },
                                 claims_of<system::fifo<>>());
                         }),
               "fifo keeps its laws");
    told.check(rc::check("priorities",
                         [] {
                             using preemptive = system::priority_preemptive<>;
                             property::keeps_laws("priority_preemptive",
                                                  [](auto const&) { return preemptive{}; },
                                                  claims_of<preemptive>(), {.known = {.may_thrash = true}});
                         }),
               "a preemptive scheduler keeps its laws");
}

void a_lie(tally& told) {
    auto const got = rc::detail::checkTestable([] {
        property::keeps_laws("newest first", [](auto const&) { return backwards{}; }, claim::strict_fifo);
    });
    rc::detail::FailureResult failed;
    if (!told.check(got.match(failed), "a false promise is found")) return;
    auto const replay = failed.description.find("#rota-replay 1");
    told.check(replay != std::string::npos && failed.description.find("P2 broken") != std::string::npos,
               "it is told as a story with a replay file: " + failed.description);
    auto const read = verify::counter_example_of(failed.description.substr(replay));
    auto const* const one = std::get_if<verify::counter_example>(&read);
    told.check(one != nullptr && one->scheduler == "newest first" &&
                   one->broken == verify::law::strict_fifo && one->what.jobs.size() == 2 &&
                   one->what.cluster.nodes.size() == 1,
               "the file reads back, and is small");
}

void asked_for(tally& told) {
    auto mishaps = std::size_t{0};
    auto gangs = std::size_t{0};
    told.check(rc::check("trials",
                         [&] {
                             auto const any = *property::trials();
                             mishaps += !any.under.node_changes.empty();
                             for (auto const& job : any.jobs.specs) gangs += job.need.gpus_max > 1;
                             RC_ASSERT(any.jobs.size() != 0 && any.cluster.gpus() > 0);
                             auto shown = std::ostringstream{};
                             verify::showValue(any, shown);
                             RC_ASSERT(shown.str().find(verify::to_text(any)) != std::string::npos);
                         }),
               "trials are of some jobs on some GPUs, and are shown");
    told.check(mishaps != 0 && gangs != 0, "with mishaps and gangs");
    told.check(rc::check("ideal",
                         [] {
                             auto const plain = *property::trials(0, verify::feature::none);
                             RC_ASSERT(plain.under.node_changes.empty() &&
                                       plain.under.quota_changes.empty() && plain.under.crash_mean_ms == 0);
                             for (auto const& job : plain.jobs.specs) RC_ASSERT(job.need.gpus_max == 1);
                         }),
               "nothing goes wrong, and jobs are plain, where nothing else is asked for");
}

} // namespace

int main() {
    auto told = tally{};
    suites(told);
    a_lie(told);
    asked_for(told);
    return told.end();
}
