// SPDX-License-Identifier: BSL-1.0
// Start-only conservative backfill, kept from pass to pass, gives the schedule of the profile made anew in each.
#include <rota/estimate/user_history.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/queueing/conservative.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/scheduler/scheduler.hpp>

#include "../tally.hpp"
#include "against.hpp"
#include "naive_conservative.hpp"

namespace {

using namespace rota;

template <class Placement = placement::consolidated, class Estimator, class Order>
void compare(tally& told, char const* name, int cases, worlds::taste const& like, Estimator believed,
             Order by) {
    worlds::same(
        told, name, cases, like,
        [=] {
            return scheduler{queueing::greedy{by, queueing::conservative<Estimator>{believed}}, Placement{}};
        },
        [=] {
            return scheduler{queueing::greedy{by, naive::conservative<Estimator>{believed}}, Placement{}};
        });
}

} // namespace

int main() {
    auto told = tally{};
    auto const limit =
        estimate::user_limit{.overrun_ms = 7'000}; // 1 ms would mean a pass a ms beside an overrun
    auto history = estimate::user_history{};
    history.limit = limit;
    auto const n = worlds::cases(4'000);
    auto const deep = worlds::taste{.models = 2, .exact_limits = true, .jobs_max = 40};
    auto elastic = deep;
    elastic.elastic = true;
    auto const ageing = queueing::multifactor{.age_weight = 10,
                                              .size_weight = 5,
                                              .priority_weight = 3,
                                              .age_max_ms = 400'000,
                                              .gpus_max = 8,
                                              .priority_max = 2,
                                              .refresh_ms = 30'000};
    compare(told, "fifo", n, deep, limit, queueing::fifo{});
    compare(told, "sjf", n, deep, limit, queueing::sjf<>{});
    compare(told, "multifactor", n, deep, limit, ageing);
    compare(told, "elastic", n / 4, elastic, limit, queueing::fifo{});
    compare<placement::spread_out>(told, "spread out", n / 4, deep, limit, queueing::fifo{});
    compare(told, "an estimator that learns", n / 4, deep, history, queueing::fifo{});
    return told.end();
}
