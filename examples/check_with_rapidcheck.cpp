// SPDX-License-Identifier: BSL-1.0
// The laws as a property of rapidcheck, and a property of one's own over the same trials.
#include <cstdint>
#include <cstdio>

#include <rapidcheck.h>

#include <rota/property/keeps_laws.hpp>
#include <rota/property/trials.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>

struct newest_first {
    [[nodiscard]] std::int64_t key(rota::view const&, rota::job_id j) const noexcept {
        return -std::int64_t{index(j)}; // ids grow in the order of submission
    }
};
using mine = rota::scheduler<rota::queueing::greedy<newest_first, rota::queueing::skip_ahead>>;

int main() {
    namespace property = rota::property;
    auto const make = [](auto const&) { return mine{}; };

    auto const lawful = rc::check("newest first keeps its laws",
                                  [&] { property::keeps_laws("newest first", make, mine::claims); });

    auto const calm = rc::check("where nothing goes wrong, every run is its job's only one", [] {
        auto const what = *property::trials(0); // no mishaps
        auto host = rota::simulation::simulator{what.cluster, what.jobs, what.under};
        host.run([] { return mine{}; });
        for (auto const& one : host.results()) RC_ASSERT(one.lost_ms == 0 && one.preemptions == 0);
    });

    std::puts(lawful && calm ? "both hold" : "rapidcheck has said what fails");
    return !(lawful && calm);
}

// Output:
// both hold
