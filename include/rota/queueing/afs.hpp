// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_AFS_HPP
#define ROTA_QUEUEING_AFS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
/// Cost      O(GPUs x jobs) asks of the rate.
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
    for (;;) {
        auto winner = all.end();
        for (auto i = all.begin(); i != all.end(); ++i) {
            if (i->gpus + i->step > i->most || i->step * i->milli > milli) continue;
            if (winner == all.end() || beats(*i, *winner)) winner = i;
        }
        if (winner == all.end()) break;
        milli -= winner->step * winner->milli;
        winner->gpus += winner->step;
        winner->step = 1;
        winner->rate = winner->next_rate;
        if (winner->gpus < winner->most)
            winner->next_rate = estimator.rate(v, jobs[static_cast<std::size_t>(winner - all.begin())],
                                               winner->gpus + 1, model);
    }
    auto sizes = std::vector<int>{};
    for (auto const& one : all) sizes.push_back(one.gpus);
    return sizes;
}

} // namespace rota::queueing

#endif
