// SPDX-License-Identifier: BSL-1.0
// Your own scheduler before the laws: random workloads, random mishaps, and a small case where one breaks.
#include <cstdint>
#include <cstdio>

#include <rota/contract/claims.hpp>
#include <rota/log/text.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/shrink.hpp>

struct newest_first {
    [[nodiscard]] std::int64_t key(rota::view const&, rota::job_id j) const noexcept {
        return -std::int64_t{index(j)}; // ids grow in the order of submission
    }
};
using mine = rota::scheduler<rota::queueing::greedy<newest_first, rota::queueing::skip_ahead>>;

int main() {
    namespace verify = rota::verify;
    auto const judge = [](verify::trial const& what, rota::claim claims) {
        return verify::run_and_check(what, [](auto const&) { return mine{}; }, claims);
    };
    auto all = verify::report{};
    for (auto seed = 1u; seed <= 512; ++seed) // every mix of mishaps twice, the ideal world included
        all.add(
            judge(verify::draw(seed, static_cast<verify::world>(seed % verify::worlds)), mine::claims).laws);
    std::puts(all.broken() ? "a law is broken" : "512 trials, no law is broken");
    for (auto one : {verify::law::non_preemptive, verify::law::work_conserving})
        if (all.of(one).stands() == verify::standing::holds)
            std::printf("holds: %s\n", verify::text_of(one).says.data());

    // A false promise is found, and shrunk to the smallest case.
    auto const lie = [&](verify::trial const& what) { return judge(what, rota::claim::strict_fifo); };
    for (auto seed = 1u; seed <= 512; ++seed) {
        auto const what = verify::draw(seed, verify::world::ideal);
        auto const broken = lie(what).laws.broken();
        if (!broken) continue;
        auto const small = verify::shrink(what, *broken, lie).found;
        std::printf("\nwith the claim strict_fifo:\n%s%s", rota::log::to_text(small.log).c_str(),
                    verify::explain(*broken, small.laws.of(*broken), small.log).c_str());
        return all.broken() ? 1 : 0;
    }
    return 1;
}

// Output:
// 512 trials, no law is broken
// holds: no running job is stopped
// holds: no job waits where it fits
//
// with the claim strict_fifo:
// #rota-log 1
// 14 submit 0.0 #0 - 1
// 14 submit 1.0 #0 - 1
// 14 order 1.0 #1 ordered 0 n0:1@1000/0/0
// 14 start 1.1 #1 - 0 n0:1@1000/0/0
// 15 finish 1.1 #1 - 0
// 15 order 0.0 #2 ordered 0 n0:1@1000/0/0
// 15 start 0.1 #2 - 0 n0:1@1000/0/0
// 16 finish 0.1 #2 - 0
// P2 broken: first starts are decided in order of submission
//   line 8: 15 start 0.1 #2 - 0 n0:1@1000/0/0
//   job 1 was given its start earlier
