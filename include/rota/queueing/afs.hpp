// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_AFS_HPP
#define ROTA_QUEUEING_AFS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>

namespace rota::queueing {

/// How many GPUs each job shall have, lengths known: the shorter of two jobs leads until the other gains
/// more.
///
/// GPUs are given out one step at a time, a job's first step being its smallest gang. Two jobs compare: of
/// two without GPUs the one that is shorter on its smallest gang wins. Otherwise let a end sooner as things
/// stand, and b later; b wins iff its next step raises its rate by more, per GPU and relative to its rate
/// after it, than a's step does relative to a's rate now. The winner of all, met in the order given, gets the
/// step; equal ends count as sooner for the earlier. Steps that do not fit what is left are not offered.
/// Shape     GPUs [jobs], in the order given.
/// Cost      O(jobs log jobs + GPUs) until the first job whose gang can grow has its smallest; from then on every step
///           asks all jobs that can still take one. One ask of the rate a job and step.
/// Source    C. Hwang et al., "Elastic resource sharing for distributed deep learning" (AFS-L), NSDI 2021,
///           algorithm 1. differs: a step of several GPUs counts per GPU.
template <estimate::estimator Estimator>
[[nodiscard]] std::vector<int> afs_sizes(view const& v, Estimator const& estimator,
                                         std::span<job_id const> jobs, gpu_model model, std::int64_t milli) {
    struct state {
        int gpus = 0;
        std::int64_t left_ms = 0;
        std::int64_t rate = 0;      ///< now
        std::int64_t next_rate = 0; ///< after one more step
        int step = 0;
        int most = 0;
        std::int64_t milli = 0; ///< a GPU
    };
    auto all = std::vector<state>{};
    for (auto j : jobs) {
        auto const& need = v.need(j);
        all.push_back({.left_ms = estimator.remaining_ms(v, j),
                       .next_rate = estimator.rate(v, j, need.gpus_min, model),
                       .step = need.gpus_min,
                       .most = need.gpus_max,
                       .milli = need.milli});
    }
    // without GPUs a job never ends; it is compared as if it had its smallest gang, by those who have none
    auto const sooner = [](state const& a, std::int64_t rate_a, state const& b, std::int64_t rate_b) {
        return int128{a.left_ms} * rate_b < int128{b.left_ms} * rate_a;
    };
    auto const beats = [&](state const& late, state const& early) { // `early` was met first
        if (early.gpus == 0 && late.gpus == 0) return sooner(late, late.next_rate, early, early.next_rate);
        auto const turned = early.gpus == 0 || (late.gpus != 0 && sooner(late, late.rate, early, early.rate));
        auto const& a = turned ? late : early;
        auto const& b = turned ? early : late;
        auto const b_wins = int128{b.next_rate - b.rate} * a.rate * a.step >
                            int128{a.next_rate - a.rate} * b.next_rate * b.step;
        return turned != b_wins;
    };
    auto const offered = [&](state const& one) {
        return one.gpus + one.step <= one.most && one.step * one.milli <= milli;
    };
    auto const give = [&](state& winner) {
        milli -= winner.step * winner.milli;
        winner.gpus += winner.step;
        winner.step = 1;
        winner.rate = winner.next_rate;
        if (winner.gpus < winner.most)
            winner.next_rate = estimator.rate(v, jobs[static_cast<std::size_t>(&winner - all.data())],
                                              winner.gpus + 1, model);
    };
    auto line = std::vector<std::uint32_t>(all.size());
    std::iota(line.begin(), line.end(), 0u);
    // As long as nobody who has GPUs can take more, the winner of all is the shortest of those who have none.
    if (std::all_of(all.begin(), all.end(), [](state const& one) { return one.next_rate > 0; })) {
        auto const first = [&](auto x, auto y) {
            return sooner(all[x], all[x].next_rate, all[y], all[y].next_rate);
        };
        std::sort(line.begin(), line.end(),
                  [&](auto x, auto y) { return first(x, y) || (!first(y, x) && x < y); });
        for (auto i : line) {
            if (!offered(all[i])) continue;
            give(all[i]);
            if (all[i].gpus < all[i].most) break;
        }
        std::sort(line.begin(), line.end());
    }
    for (;;) {
        std::erase_if(line, [&](auto i) { return !offered(all[i]); }); // and never will be again
        if (line.empty()) break;
        auto winner = line.front();
        for (auto i : line)
            if (i != winner && beats(all[i], all[winner])) winner = i;
        give(all[winner]);
    }
    auto sizes = std::vector<int>{};
    for (auto const& one : all) sizes.push_back(one.gpus);
    return sizes;
}

} // namespace rota::queueing

#endif
