// SPDX-License-Identifier: BSL-1.0
// Sweeps on a device: the answers and the end of every job are those of the host's run of the same source, and those of
// the simulator, whatever the shape of the blocks and however many members run at once.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_device.cuh>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_policy.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>

#include "../property/tally.hpp"

// In a namespace of its own: what nvcc puts after this file says `log` and means the logarithm.
namespace sweeps {

using namespace rota;

job::workload some_jobs(std::uint64_t seed, std::size_t jobs) {
    auto draw = rota::random{seed};
    auto made = job::workload{};
    auto at = std::int64_t{0};
    for (std::size_t i = 0; i != jobs; ++i) {
        if (draw.below(3) != 0) at += static_cast<std::int64_t>(draw.below(60));
        int const gangs[] = {1, 1, 1, 2, 4, 8, 12, 16};
        made.specs.push_back({.submit = sim_time{at}, .need = job::gang(gangs[draw.below(8)])});
        made.works.push_back({.duration_ms = static_cast<std::int64_t>(draw.below(400))});
    }
    return made;
}

cuda::sweep_policy const policies[] = {cuda::sweep_policy::fifo(), cuda::sweep_policy::sjf(),
                                       cuda::sweep_policy::srtf(), cuda::sweep_policy::las(50),
                                       cuda::sweep_policy::tiresias_l({100, 900})};

void same(tally& told, cuda::sweep const& all, cuda::sweep_results const& got,
          cuda::sweep_results const& want, std::string const& what) {
    told.check(got.answers() == want.answers(), what + ": answers");
    auto equal = true;
    for (std::size_t m = 0; m != all.members().size(); ++m) {
        if (want.answers()[m].refused != cuda::sweep_refusal::none) continue;
        for (std::size_t j = 0; j != all.loads()[all.members()[m].load].jobs().size(); ++j)
            equal = equal && got.finish(m, j) == want.finish(m, j);
    }
    told.check(equal, what + ": ends");
}

template <class Make>
void as_simulated(tally& told, cuda::sweep_results const& got, std::size_t member, job::workload const& jobs,
                  Make make, char const* what) {
    auto const cluster = cluster::uniform(1, 4, 8);
    auto host = simulation::simulator{cluster, jobs};
    told.check(host.run([&] { return make(host); }) == simulation::simulator::ending::complete, what);
    auto equal = true;
    for (std::size_t j = 0; auto const& wanted : host.results())
        equal = equal && got.finish(member, j++) == wanted.finish;
    told.check(equal && host.results().size() == jobs.size(), what);
}

int all_of_them() {
    if (cuda::devices() == 0) {
        std::puts("skipped: no device");
        return 77;
    }
    auto told = tally{};
    auto all = cuda::sweep{};
    auto loads = std::vector<job::workload>{};
    for (auto seed = std::uint64_t{1}; seed != 9; ++seed) {
        loads.push_back(some_jobs(seed, 50 * seed));
        all.add(*cuda::sweep_jobs::from(loads.back()));
    }
    for (auto load = std::uint32_t{0}; load != 8; ++load)
        for (auto const& policy : policies) {
            all.add({.policy = policy, .load = load, .nodes = 4, .gpus_a_node = 8});
            all.add({.policy = policy, .load = load, .nodes = 32, .gpus_a_node = 1, .restore_ms = 20});
            all.add({.policy = policy, .load = load, .nodes = 9, .gpus_a_node = 3});
        }
    all.add(cuda::sweep_member{.load = 8}); // refused
    auto const want = all.on_host();
    auto device = cuda::sweep_device{};
    for (auto threads : {1u, 32u, 64u, 256u}) {
        device.threads = threads;
        same(told, all, device.run(all), want, std::to_string(threads) + " threads a block");
    }
    device.memory_bytes = 10 * cuda::sweep_memory::bytes(all.room(), 1);
    same(told, all, device.run(all), want, "a few at once");
    device.memory_bytes = 1;
    same(told, all, device.run(all), want, "one after the other");

    device.memory_bytes = 0;
    auto const got = device.run(all);
    auto const at = [](std::uint32_t load, std::uint32_t policy) { return (load * 5 + policy) * 3; };
    for (auto load = std::uint32_t{0}; load != 8; ++load) {
        auto const& jobs = loads[load];
        as_simulated(told, got, at(load, 0), jobs, [](auto&) { return system::fifo<>{}; }, "fifo");
        as_simulated(
            told, got, at(load, 1), jobs, [](auto& host) { return system::sjf{host.clairvoyance()}; }, "sjf");
        as_simulated(
            told, got, at(load, 2), jobs, [](auto& host) { return system::srtf{host.clairvoyance()}; },
            "srtf");
        as_simulated(
            told, got, at(load, 4), jobs, [](auto&) { return system::tiresias_l<>{{100, 900}}; },
            "tiresias_l");
    }
    return told.end();
}

} // namespace sweeps

int main() try { return sweeps::all_of_them(); } catch (rota::cuda::error const& failed) {
    std::printf("FAILED: %s\n0 passed, 1 failed\n", failed.what());
    return 1;
}
