// SPDX-License-Identifier: BSL-1.0
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <rota/estimate/empirical_law.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/log/schedule.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
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
#include <rota/verify/counter_example.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/shrink.hpp>
#include <rota/verify/story.hpp>

#include "twice.hpp"

#include "../property/verify/suite.hpp"

namespace {

namespace system = rota::system;
namespace verify = rota::verify;
using rota::estimate::oracle;

/// The first byte of an input counts so many of them, whatever its value; those behind, from 255 down.
constexpr auto counted = std::size_t{19};

/// Named as `rota replay` names them. New ones go to the end.
std::vector<subject_under_test> everybody() {
    auto all = std::vector<subject_under_test>{};
    auto const add = [&all](std::string name, auto build) {
        all.push_back(under_test(std::move(name), build));
    };
    add("fifo", [](auto const&) { return system::fifo<>{}; });
    add("easy", [](auto const&) { return system::easy<>{}; });
    add("srtf:estimate=oracle", [](auto const& s) { return system::srtf<oracle>{s.clairvoyance()}; });
    add("las:quantum_s=8", [](auto const&) { return system::las<>{8'000}; });
    add("priority_preemptive", [](auto const&) { return system::priority_preemptive<>{}; });
    add("quota_drf", [](auto const&) { return system::quota_drf<>{}; });
    add("afs_l:estimate=oracle", [](auto const& s) { return system::afs_l<oracle>{s.clairvoyance()}; });
    add("edf_admission", [](auto const&) { return system::edf_admission<>{}; });
    add("gang_time_slicing:quantum_s=60", [](auto const&) {
        auto slicing = system::gang_time_slicing<>{};
        slicing.slices.quantum_ms = 60'000;
        return slicing;
    });
    add("best_effort_fifo", [](auto const&) { return system::best_effort_fifo<>{}; });
    add("sjf", [](auto const&) { return system::sjf<>{}; });
    // by default it looks again every ms while somebody outlives his limit
    add("conservative",
        [](auto const&) { return system::conservative<>{rota::estimate::user_limit{.overrun_ms = 1'000}}; });
    add("slurm_like", [](auto const&) { return system::slurm_like<>{}; });
    add("srtf", [](auto const&) { return system::srtf<>{}; });
    add("srsf:estimate=oracle", [](auto const& s) { return system::srsf<oracle>{s.clairvoyance()}; });
    add("tiresias_l:thresholds_s=12/40", [](auto const&) { return system::tiresias_l<>{{12'000, 40'000}}; });
    add("tiresias_g", [](auto const&) {
        return system::tiresias_g<>{
            rota::estimate::empirical_law{{1, 3, 8, 20, 4'000, 12'000, 32'000, 80'000, 320'000}}};
    });
    add("gavel_max_min:quantum_s=60",
        [](auto const&) { return system::gavel_max_min<>{{}, {}, {}, 60'000}; });
    add("afs_l:estimate=limit", [](auto const&) { return system::afs_l<>{}; });
    add("hived", [](auto const&) { return system::hived<>{}; });
    all.back().known.quota_cells = true;
    add("best_effort_fifo:migrate=on", [](auto const&) {
        return rota::scheduler{rota::queueing::greedy<>{}, rota::placement::consolidated{},
                               rota::preemption::by_migration{}};
    });
    return all;
}

void add(rota::log::schedule const& log, outcome& told) {
    for (auto const& one : log.records) {
        told.add(index(one.at));
        told.add(one.value);
        told.add(std::uint64_t{one.job} << 32 | one.incarnation);
        told.add(std::uint64_t{one.op} << 32 | std::uint64_t{one.count} << 16 |
                 static_cast<unsigned>(one.kind) << 8 | static_cast<unsigned>(one.why));
        for (auto const& part : log.devices(one)) {
            told.add(std::uint64_t{index(part.node)} << 32 | std::uint64_t{part.gpus} << 16 | part.milli);
            told.add(std::uint64_t{part.cpu_milli} << 32 | part.mem_mib);
        }
    }
}
void add(verify::report const& laws, outcome& told) {
    for (auto i = std::size_t{0}; i != verify::laws; ++i) {
        auto const& one = laws.of(static_cast<verify::law>(i));
        told.add(one.checked);
        told.add(one.record);
        told.add(one.story);
    }
}

/// The first byte selects the scheduler, the rest is a trial: any bytes are one. What breaks a law is printed as a
/// story and as a replay file.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    static auto const all = everybody();
    if (size == 0) return;
    auto const what = verify::decode(std::span{data + 1, size - 1});
    auto const behind = counted + (255u - data[0]);
    auto const& who = all[behind < all.size() ? behind : data[0] % counted];
    auto const found = run_case(who, what);
    add(found.log, told);
    add(found.laws, told);
    auto const broken = found.laws.broken();
    if (!broken) return;
    auto small = verify::shrink(what, *broken, [&](verify::trial const& one) { return run_case(who, one); });
    std::fprintf(stderr, "%s", verify::story(small.what, small.found).c_str());
    auto const file = verify::counter_example{.scheduler = who.name,
                                              .claims = who.claims,
                                              .known = who.known,
                                              .broken = *broken,
                                              .what = std::move(small.what)};
    std::fprintf(stderr, "\n%s\n", to_text(file).c_str());
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
