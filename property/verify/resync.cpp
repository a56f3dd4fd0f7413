// SPDX-License-Identifier: BSL-1.0
// A scheduler that is told to forget what it knows and to read the view decides as a new one, though jobs, shapes and what
// is free are others by then.
#include <cstdint>
#include <string>
#include <utility>

#include <rota/contract/recorder.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/afs_l.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/edf_admission.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/gang_time_slicing.hpp>
#include <rota/system/hived.hpp>
#include <rota/system/las.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/slurm_like.hpp>
#include <rota/system/srsf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/serve_others.hpp>
#include <rota/verify/trial.hpp>
#include <rota/verify/world.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

template <class Make>
log::schedule log_of(verify::trial const& what, Make const& make) {
    auto log = log::schedule{};
    auto world = simulation::simulator{what.cluster, what.jobs, what.under, recorder{log}};
    static_cast<void>(world.run(make)); // some worlds have no end; so far both are alike
    return log;
}

template <class Build>
void as_new(tally& told, std::string const& name, Build build) {
    using scheduler = decltype(build());
    auto const cases = in_proportion(400);
    for (auto seed = std::uint64_t{0}; seed != static_cast<std::uint64_t>(cases); ++seed) {
        auto const under = seed % 2 == 0 ? verify::world::ideal : verify::world::late;
        auto what = verify::draw(seed, under);
        if (what.jobs.size() == 0) continue;
        auto used = build();
        verify::serve_others(what, used);
        what.under.new_scheduler = {what.jobs.specs[what.jobs.size() / 2].submit};
        auto const with = [&](scheduler& second) {
            auto first = build();
            auto next = &first;
            return log_of(what,
                          [&] { return verify::detail::lent<scheduler>{std::exchange(next, &second)}; });
        };
        auto fresh = build();
        auto const wanted = with(fresh);
        auto const got = with(used);
        if (!told.check(got == wanted, name + ", seed " + std::to_string(seed) + ": it remembers\n" +
                                           log::to_text(got) + "but a new one\n" + log::to_text(wanted)))
            return;
    }
}

} // namespace

int main() {
    auto told = tally{};
    as_new(told, "fifo", [] { return system::fifo<>{}; });
    as_new(told, "best effort fifo", [] { return system::best_effort_fifo<>{}; });
    as_new(told, "sjf", [] { return system::sjf<>{}; });
    as_new(told, "easy", [] { return system::easy<>{}; });
    as_new(told, "conservative",
           [] { return system::conservative<>{estimate::user_limit{.overrun_ms = 1'000}}; });
    as_new(told, "slurm-like", [] { return system::slurm_like<>{}; });
    as_new(told, "srtf", [] { return system::srtf<>{}; });
    as_new(told, "srsf", [] { return system::srsf<>{}; });
    as_new(told, "las", [] { return system::las<>{8'000}; });
    as_new(told, "tiresias-l", [] { return system::tiresias_l<>{{12'000, 40'000}}; });
    as_new(told, "priority, preemptive", [] { return system::priority_preemptive<>{}; });
    as_new(told, "quota and drf", [] { return system::quota_drf<>{}; });
    as_new(told, "skip ahead, migrating", [] {
        return scheduler{queueing::greedy<>{}, placement::consolidated{}, preemption::by_migration{}};
    });
    as_new(told, "hived", [] { return system::hived<>{}; });
    as_new(told, "gang time slicing", [] {
        auto slicing = system::gang_time_slicing<>{};
        slicing.slices.quantum_ms = 60'000;
        return slicing;
    });
    as_new(told, "afs-l", [] { return system::afs_l<>{}; });
    as_new(told, "edf with admission", [] { return system::edf_admission<>{}; });
    return told.end();
}
