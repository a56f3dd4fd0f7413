// SPDX-License-Identifier: BSL-1.0
// Prints one hash of schedule logs a scheduler. The gate `compilers` compares what several compilers make of it.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>

#include <rota/contract/actions.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/view.hpp>
#include <rota/estimate/empirical_law.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/afs_l.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/gavel_max_min.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/slurm_like.hpp>
#include <rota/system/tiresias_g.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/world.hpp>

namespace {

/// A scheduler of any type behind one: the simulator is compiled once.
struct told {
    std::shared_ptr<void> one;
    void (*tell)(void*, rota::event const&, rota::view const&);
    void (*ask)(void*, rota::view const&, rota::actions&);

    void on(rota::event const& happened, rota::view const& v) { tell(one.get(), happened, v); }
    void decide(rota::view const& v, rota::actions& a) { ask(one.get(), v, a); }
};

template <rota::scheduling_policy S>
told any(S scheduler) {
    return {std::make_shared<S>(std::move(scheduler)),
            [](void* s, auto const& e, auto const& v) { static_cast<S*>(s)->on(e, v); },
            [](void* s, auto const& v, auto& a) { static_cast<S*>(s)->decide(v, a); }};
}

void print(char const* name, told (*make)()) {
    namespace verify = rota::verify;
    auto hash = std::uint64_t{0xcbf29ce484222325}; // FNV-1a
    for (auto i = std::uint64_t{0}; i != 128; ++i) {
        auto const what = verify::draw(1 + i, static_cast<verify::world>(i * 37 % verify::worlds));
        auto log = rota::log::schedule{};
        auto host = rota::simulation::simulator{what.cluster, what.jobs, what.under, rota::recorder{log}};
        auto turns = 0;
        host.run(make, [&](auto const&) { return ++turns < 4; }); // of 4096 instants: some worlds have no end
        for (auto const c : rota::log::to_text(log))
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    std::printf("%016llx %s\n", static_cast<unsigned long long>(hash), name);
}
} // namespace

int main() {
    namespace system = rota::system;
    print("easy", [] { return any(system::easy<>{}); });
    print("slurm_like", [] { return any(system::slurm_like<>{}); });
    print("priority_preemptive", [] { return any(system::priority_preemptive<>{}); });
    print("afs_l", [] { return any(system::afs_l<>{}); });
    print("tiresias_g", [] {
        auto const law = rota::estimate::empirical_law{{1, 3, 8, 20, 4'000, 12'000, 32'000, 80'000}};
        return any(system::tiresias_g<>{law});
    });
    print("gavel_max_min", [] { return any(system::gavel_max_min<>{{}, {}, {}, 60'000}); });
    return 0;
}
