// SPDX-License-Identifier: BSL-1.0
// Where should the threshold of discretised LAS lie? Four workloads times seven policies, as one sweep; `on_host` runs it on this
// core, cuda::sweep_device on a GPU.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include <rota/core/random.hpp>
#include <rota/cuda/sweep.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>
#include <rota/cuda/sweep_policy.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>

using namespace rota;

namespace {

/// Jobs of 1 to 8 GPUs, one in ten of them a hundred times as long as the others.
job::workload some_jobs(std::uint64_t seed) {
    auto draw = rota::random{seed};
    auto made = job::workload{};
    auto at = std::int64_t{0};
    for (auto i = 0; i != 500; ++i) {
        at += static_cast<std::int64_t>(draw.below(240'000));
        made.specs.push_back({.submit = sim_time{at}, .need = job::gang(1 << draw.below(4))});
        auto const minutes = static_cast<std::int64_t>(1 + draw.below(10)) * (draw.below(10) == 0 ? 100 : 1);
        made.works.push_back({.duration_ms = 60'000 * minutes});
    }
    return made;
}

} // namespace

int main() {
    auto all = cuda::sweep{};
    for (auto seed = std::uint64_t{1}; seed != 5; ++seed) {
        auto const load = all.add(cuda::sweep_jobs::from(some_jobs(seed)).value());
        auto const with = [&](cuda::sweep_policy const& policy) {
            all.add({.policy = policy, .load = load, .nodes = 8, .gpus_a_node = 8, .restore_ms = 30'000});
        };
        with(cuda::sweep_policy::fifo());
        with(cuda::sweep_policy::srtf());
        for (auto gpu_minutes : {1, 10, 100, 1'000, 10'000})
            with(cuda::sweep_policy::tiresias_l({gpu_minutes * 60'000}));
    }
    auto const got = all.on_host();

    char const* const names[] = {"fifo", "srtf", "1", "10", "100", "1000", "10000"};
    for (std::size_t p = 0; p != 7; ++p) {
        auto jct_ms = std::int64_t{0};
        auto stops = std::uint64_t{0};
        for (auto m = p; m < all.members().size(); m += 7) {
            auto const& said = got.answers()[m];
            if (said.refused != cuda::sweep_refusal::none) return 1;
            jct_ms += said.jct_sum_ms;
            stops += said.preemptions;
        }
        std::printf("%-6s mean JCT %4lld min, %5llu preemptions\n", names[p],
                    static_cast<long long>(jct_ms / (4 * 500) / 60'000),
                    static_cast<unsigned long long>(stops));
    }
    std::printf("the last job of the first run ends at %lld ms\n",
                static_cast<long long>(index(got.finish(0, 499))));
}

// Output:
// fifo   mean JCT  378 min,     0 preemptions
// srtf   mean JCT   73 min,  1527 preemptions
// 1      mean JCT  155 min,  1151 preemptions
// 10     mean JCT  119 min,   833 preemptions
// 100    mean JCT   76 min,   728 preemptions
// 1000   mean JCT   86 min,   349 preemptions
// 10000  mean JCT  199 min,     0 preemptions
// the last job of the first run ends at 135762900 ms
