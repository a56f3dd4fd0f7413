// SPDX-License-Identifier: BSL-1.0
// Your own scheduler before the laws: random workloads, random mishaps, and a small case where one breaks.
#include <cstdint>
#include <cstdio>

#include <rota/contract/claims.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>

struct newest_first {
    [[nodiscard]] std::int64_t key(rota::view const&, rota::job_id j) const noexcept {
        return -std::int64_t{index(j)}; // ids grow in the order of submission
    }
};
using mine = rota::scheduler<rota::queueing::greedy<newest_first, rota::queueing::skip_ahead>>;

int main() {
    namespace verify = rota::verify;
    auto const judge = [](rota::claim claims, verify::suite_options asked) {
        return verify::run_suite("newest first", [](auto const&) { return mine{}; }, claims, asked);
    };
    auto const honest = judge(mine::claims, {.cases = 1'000}); // 10'000 where nothing is said
    std::printf("newest first %s", verify::text(honest).c_str());

    // A false promise is found, and shrunk to a small case.
    auto const lie = judge(rota::claim::strict_fifo, {.cases = 1'000, .shrinks = 1});
    for (auto const& one : lie.shrunk)
        std::printf("\nwith the claim strict_fifo it breaks a law in trial %llu:\n%s\n%s",
                    static_cast<unsigned long long>(one.trial),
                    verify::story(one.smallest.what, one.found).c_str(), to_text(one.smallest).c_str());
    return honest.failures != 0 || lie.failures == 0;
}

// Output:
// newest first passes rota suite 3: 1000 trials from seed 1, 29 laws held
//
// with the claim strict_fifo it breaks a law in trial 1:
//   node gpus=1
//   job limit=1
//   job limit=1
//   #rota-log 1
//   0 submit 0.0 #0 - 1
//   0 submit 1.0 #0 - 1
//   0 start 1.1 #1 - 0 n0:1@1000/0/0
//   1 finish 1.1 #1 - 0
//   1 start 0.1 #2 - 0 n0:1@1000/0/0
//   2 finish 0.1 #2 - 0
//   ms           |0 |1 |2
//   node 0 GPU 0 |1 |0 |.
//   waiting      |0 |  |
// P2 broken: first starts are decided in order of submission
//   line 6: 1 start 0.1 #2 - 0 n0:1@1000/0/0
//   job 1 was given its start earlier
//
// #rota-replay 1
// suite 3
// scheduler newest first
// claims strict_fifo
// breaks P2
// node gpus=1
// job limit=1
// job limit=1
