// SPDX-License-Identifier: BSL-1.0
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include <rota/contract/claims.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/afs_l.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/edf_admission.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/gang_time_slicing.hpp>
#include <rota/system/las.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/shrink.hpp>
#include <rota/verify/story.hpp>

namespace {

namespace system = rota::system;
namespace verify = rota::verify;
using rota::estimate::oracle;

template <class Build>
void judge(verify::trial const& what, Build build) {
    static constexpr auto claims =
        rota::claims_of<std::invoke_result_t<Build&, rota::simulation::simulator const&>>();
    auto const run = [&](verify::trial const& one) { return verify::run_and_check(one, build, claims); };
    auto const broken = run(what).laws.broken();
    if (!broken) return;
    auto const small = verify::shrink(what, *broken, run);
    std::fprintf(stderr, "%s", verify::story(small.what, small.found).c_str());
    std::abort();
}

} // namespace

/// The first byte selects the scheduler, the rest is a trial: any bytes are one.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    auto const what = verify::decode(std::span{data + 1, size - 1});
    switch (data[0] % 9) {
    case 0: judge(what, [](auto const&) { return system::fifo<>{}; }); break;
    case 1: judge(what, [](auto const&) { return system::easy<>{}; }); break;
    case 2: judge(what, [](auto const& s) { return system::srtf<oracle>{s.clairvoyance()}; }); break;
    case 3: judge(what, [](auto const&) { return system::las<>{8'000}; }); break;
    case 4: judge(what, [](auto const&) { return system::priority_preemptive<>{}; }); break;
    case 5: judge(what, [](auto const&) { return system::quota_drf<>{}; }); break;
    case 6: judge(what, [](auto const& s) { return system::afs_l<oracle>{s.clairvoyance()}; }); break;
    case 7: judge(what, [](auto const&) { return system::edf_admission<>{}; }); break;
    default:
        judge(what, [](auto const&) {
            auto slicing = system::gang_time_slicing<>{};
            slicing.slices.quantum_ms = 60'000;
            return slicing;
        });
    }
    return 0;
}
