// SPDX-License-Identifier: BSL-1.0
// Every named scheduler through every combination of worlds, all laws on.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rota/estimate/empirical_law.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/first_fit.hpp>
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
#include <rota/system/gavel_max_min.hpp>
#include <rota/system/hived.hpp>
#include <rota/system/las.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/slurm_like.hpp>
#include <rota/system/srsf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_g.hpp>
#include <rota/system/tiresias_l.hpp>

#include "../cases.hpp"
#include "../tally.hpp"
#include "regressions.hpp"
#include "suite.hpp"

namespace {

namespace system = rota::system;
using rota::estimate::oracle;
using rota::verify::head_order;

std::vector<subject_under_test> everybody() {
    auto all = std::vector<subject_under_test>{};
    auto const add = [&all](std::string name, auto build) -> subject_under_test& {
        return all.emplace_back(under_test(std::move(name), build));
    };
    // calm worlds count in ms, the others in units of 4 s: whatever has a period comes twice
    static constexpr auto calm = rota::verify::calm_worlds;
    auto const first_submitted = [](subject_under_test& one) { one.known.head = head_order::submission; };

    add("fifo", [](auto const&) { return system::fifo<>{}; });
    add("fifo, first fit", [](auto const&) {
        return system::fifo<rota::placement::first_fit>{};
    }).known.scatters = true;
    add("best effort fifo", [](auto const&) { return system::best_effort_fifo<>{}; });
    add("sjf", [](auto const&) { return system::sjf<>{}; });
    add("sjf, clairvoyant", [](auto const& s) { return system::sjf<oracle>{s.clairvoyance()}; });
    first_submitted(add("easy", [](auto const&) { return system::easy<>{}; }));
    first_submitted(
        add("easy, clairvoyant", [](auto const& s) { return system::easy<oracle>{s.clairvoyance()}; }));
    // by default it looks again every ms while somebody outlives his limit
    add("conservative",
        [](auto const&) { return system::conservative<>{rota::estimate::user_limit{.overrun_ms = 1'000}}; });
    add("slurm-like", [](auto const&) { return system::slurm_like<>{}; });
    add("srtf", [](auto const&) { return system::srtf<>{}; });
    add("srtf, clairvoyant", [](auto const& s) { return system::srtf<oracle>{s.clairvoyance()}; });
    add("srsf", [](auto const&) { return system::srsf<>{}; });
    add("srsf, clairvoyant", [](auto const& s) { return system::srsf<oracle>{s.clairvoyance()}; });
    // in calm worlds, which count in ms, nobody gets that far
    add("las, 8 s", [](auto const&) { return system::las<>{8'000}; }).claims = rota::claim::none;
    auto& quanta = add("las, 2 ms", [](auto const&) { return system::las<>{2}; });
    quanta.worlds = calm;
    quanta.known.steps.quantum_ms = 2;
    add("tiresias-l, 12 s and 40 s", [](auto const&) {
        return system::tiresias_l<>{{12'000, 40'000}};
    }).claims = rota::claim::none;
    auto& levels = add("tiresias-l, 2 ms and 6 ms", [](auto const&) { return system::tiresias_l<>{{2, 6}}; });
    levels.worlds = calm;
    levels.known.steps.levels_ms = {2, 6};
    auto& promoting =
        add("tiresias-l, 3 ms and 9 ms", [](auto const&) { return system::tiresias_l<>{{3, 9}, 2}; });
    promoting.worlds = calm;
    promoting.claims = rota::claim::minimal_victims; // whoever is promoted goes before those of less service
    add("tiresias-g", [](auto const&) {
        return system::tiresias_g<>{
            rota::estimate::empirical_law{{1, 3, 8, 20, 4'000, 12'000, 32'000, 80'000, 320'000}}};
    });
    add("priority, preemptive", [](auto const&) { return system::priority_preemptive<>{}; });
    add("quota and drf", [](auto const&) { return system::quota_drf<>{}; });
    add("skip ahead, migrating", [](auto const&) {
        return rota::scheduler{rota::queueing::greedy<>{}, rota::placement::consolidated{},
                               rota::preemption::by_migration{rota::preemption::fixed_cost{}}};
    });
    add("hived", [](auto const&) { return system::hived<>{}; }).known.quota_cells = true;
    add("gang time slicing, 60 s", [](auto const&) {
        auto slicing = system::gang_time_slicing<>{};
        slicing.slices.quantum_ms = 60'000;
        return slicing;
    });
    add("gang time slicing, 4 ms", [](auto const&) {
        auto slicing = system::gang_time_slicing<>{};
        slicing.slices.quantum_ms = 4;
        return slicing;
    }).worlds = calm;
    add("gavel max-min, 60 s", [](auto const&) { return system::gavel_max_min<>{{}, {}, {}, 60'000}; });
    add("gavel max-min, 4 ms", [](auto const&) { return system::gavel_max_min<>{{}, {}, {}, 4}; }).worlds =
        calm;
    add("afs-l", [](auto const&) { return system::afs_l<>{}; });
    add("afs-l, clairvoyant", [](auto const& s) { return system::afs_l<oracle>{s.clairvoyance()}; });
    add("edf with admission", [](auto const&) { return system::edf_admission<>{}; });
    return all;
}

} // namespace

/// ROTA_CASES cases each; an argument selects the schedulers whose name contains it. `replay FILE...` runs such files
/// again instead.
int main(int argc, char** argv) {
    if (argc > 2 && std::string_view{argv[1]} == "replay") {
        auto const all = everybody();
        auto const keep = std::count_if(argv + 2, argv + argc,
                                        [&](char const* path) { return replay_keeps_laws(path, all); });
        std::printf("%d passed, %d failed\n", static_cast<int>(keep), argc - 2 - static_cast<int>(keep));
        return keep != argc - 2;
    }
#ifdef NDEBUG
    auto const cases = cases_wanted(10'000);
#else
    auto const cases = cases_wanted(1'000);
#endif
    auto result = tally{};
    for (auto one : everybody()) {
        if (argc >= 2 && one.name.find(argv[1]) == std::string::npos) continue;
        result.check(check_scheduler(one, cases, 1), one.name);
        one.name += ", instances";
        one.jobs = one.jobs | rota::verify::feature::instances;
        result.check(check_scheduler(one, cases / 4, 1'000'001), one.name);
    }
    return result.end();
}
