// SPDX-License-Identifier: BSL-1.0
// Ranking all waiting jobs anew in place gives the schedule of a queue that is told everything anew at that time.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/log/record.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/never.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/easy.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/queueing/waiting_line.hpp>
#include <rota/scheduler/scheduler.hpp>

#include "../tally.hpp"
#include "against.hpp"

namespace {

using namespace rota;
using queueing::multifactor;

/// The same keys; nobody is asked to rank anew.
struct keys_only {
    multifactor by;
    [[nodiscard]] std::int64_t key(view const& v, job_id j) const noexcept { return by.key(v, j); }
};

/// A discipline that only a new scheduler starts anew.
template <class Discipline>
struct steadfast : Discipline {
    void on(event const& happened, view const& v) {
        if (happened.why != log::cause::ordered) Discipline::on(happened, v);
    }
};

/// Has its queue, but not the discipline, forget everything at every multiple of refresh_ms.
template <class Scheduler>
struct told_anew {
    Scheduler inner;
    millis refresh_ms;
    std::int64_t last = -1;

    void on(event const& happened, view const& v) { inner.on(happened, v); }
    void decide(view const& v, actions& a) {
        if (auto const turn = index(v.now()) / refresh_ms; turn != std::exchange(last, turn))
            inner.on({.at = v.now(), .kind = event_kind::resync, .why = log::cause::ordered}, v);
        inner.decide(v, a);
        if (std::any_of(v.jobs().begin(), v.jobs().end(), [&](job_id j) { return v.waiting(j); }))
            a.wake_at(sim_time{(last + 1) * refresh_ms});
    }
};

template <class Discipline, class Reference = Discipline>
void whole(tally& told, char const* name, int cases, multifactor by) {
    auto const like = worlds::taste{.models = 2, .exact_limits = cases % 2 == 0, .jobs_max = 24};
    worlds::same(
        told, name, cases, like,
        [=] {
            return scheduler{queueing::greedy{by, Discipline{}}, placement::consolidated{},
                             preemption::never{}};
        },
        [=] {
            auto inner = scheduler{queueing::greedy{keys_only{by}, Reference{}}, placement::consolidated{},
                                   preemption::never{}};
            return told_anew<decltype(inner)>{std::move(inner), by.refresh_ms};
        });
}

/// A line ranked anew answers as one into which every job was put with its new key and limit.
void lines(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    struct entry {
        queueing::rank where;
        millis limit_ms;
        bool settled;
    };
    auto jobs = std::vector<entry>{};
    auto line = queueing::waiting_line{};
    auto const spread = dice.chance(0.5) ? 3 : 1000;
    auto next = std::uint32_t{0};
    for (auto step = 0; step != 60; ++step) {
        for (auto n = worlds::draw(dice, 0, 40); n-- != 0;) {
            jobs.push_back(
                {{worlds::draw(dice, 0, spread), job_id{next++}}, worlds::draw(dice, 1, 50), false});
            line.insert(jobs.back().where, jobs.back().limit_ms);
        }
        for (auto n = worlds::draw(dice, 0, 20); n-- != 0 && !jobs.empty();) {
            auto const gone = jobs.begin() + static_cast<std::ptrdiff_t>(dice.below(jobs.size()));
            line.erase(gone->where);
            jobs.erase(gone);
        }
        auto const disorder = dice.chance(0.5);
        auto const settle = dice.chance(0.5) ? 0.0 : 0.9;
        for (auto& one : jobs) {
            if (one.settled) continue;
            one.where.key -= disorder ? worlds::draw(dice, 0, 2) : 2;
            one.limit_ms = worlds::draw(dice, 1, 50);
            one.settled = dice.chance(settle);
        }
        auto const of = [&](job_id j) -> entry const& {
            return *std::lower_bound(jobs.begin(), jobs.end(), j,
                                     [](entry const& e, job_id x) { return e.where.job < x; });
        };
        line.rank_anew(
            [&](job_id j, millis& limit_ms) {
                limit_ms = of(j).limit_ms;
                return of(j).where.key;
            },
            [&](job_id j) { return of(j).settled; });
        auto fresh = queueing::waiting_line{};
        for (auto const& one : jobs) fresh.insert(one.where, one.limit_ms);
        auto const all = [](queueing::waiting_line const& of_line) {
            auto found = std::vector<std::pair<queueing::rank, millis>>{};
            of_line.each([&](queueing::rank const& r, millis limit) { found.emplace_back(r, limit); });
            return found;
        };
        auto same = all(line) == all(fresh) && line.empty() == fresh.empty();
        for (auto within = 0; same && within != 52; ++within) {
            auto const* const a = line.first_within(within);
            auto const* const b = fresh.first_within(within);
            same = (a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b);
        }
        told.check(same, "a line, seed " + std::to_string(seed));
        if (!same) return;
    }
}

} // namespace

int main() {
    auto told = tally{};
    for (auto i = 0, n = worlds::cases(1'000); i != n; ++i) lines(told, static_cast<std::uint64_t>(i));

    // an age that is full soon, so that jobs settle while they wait; priorities that age overtakes
    auto const n = worlds::cases(4'000);
    auto const quick = multifactor{.age_weight = 10,
                                   .size_weight = 5,
                                   .priority_weight = 3,
                                   .age_max_ms = 400'000,
                                   .gpus_max = 8,
                                   .priority_max = 2,
                                   .refresh_ms = 30'000};
    auto small_first = quick;
    small_first.size_weight = -4;
    small_first.age_max_ms = 7'777'777;
    whole<queueing::easy<>, steadfast<queueing::easy<>>>(told, "easy", n, quick);
    whole<queueing::easy<>, steadfast<queueing::easy<>>>(told, "easy, small first", n, small_first);
    whole<queueing::skip_ahead>(told, "skip-ahead", n, quick);
    whole<queueing::strict>(told, "strict", n, small_first);
    return told.end();
}
