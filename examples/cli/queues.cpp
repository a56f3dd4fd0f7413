// SPDX-License-Identifier: BSL-1.0
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/preemption/by_migration.hpp>
#include <rota/queueing/disciplines.hpp>
#include <rota/queueing/fifo.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/slurm_like.hpp>

#include "systems.hpp"

namespace cli {

namespace {

/// The queue as it is, but running jobs move for a gang that does not fit.
template <class Queue, class P>
any_scheduler migrating(arguments const& values, setting const& in, Queue queue, P place) {
    auto const moves =
        rota::preemption::by_migration{.cost = in.cost, .worth_ms = 1000 * values.whole("worth_s")};
    return any_scheduler{rota::scheduler{std::move(queue), std::move(place), moves}};
}
std::vector<parameter> with_migration(std::vector<parameter> all) {
    all.push_back(
        {.key = "migrate",
         .standard = "off",
         .meaning = "running jobs move where free GPUs do not lie together: preemption/by_migration",
         .form = parameter::kind::word,
         .words = {"off", "on"}});
    all.push_back({.key = "worth_s",
                   .standard = "600",
                   .meaning = "with migrate=on: of the waiting gang's run that its moves may cost"});
    return all;
}

any_scheduler make_fifo(arguments const& values, setting const& in) {
    return with_placement(in, [&]<class P>(P place) {
        auto queue = rota::queueing::greedy<rota::queueing::fifo, rota::queueing::strict>{};
        if (values.on("migrate")) return migrating(values, in, std::move(queue), std::move(place));
        return any_scheduler{rota::system::fifo<P>{std::move(queue), std::move(place)}};
    });
}
any_scheduler make_best_effort_fifo(arguments const& values, setting const& in) {
    return with_placement(in, [&]<class P>(P place) {
        auto queue = rota::queueing::greedy<rota::queueing::fifo, rota::queueing::skip_ahead>{};
        if (values.on("migrate")) return migrating(values, in, std::move(queue), std::move(place));
        return any_scheduler{rota::system::best_effort_fifo<P>{std::move(queue), std::move(place)}};
    });
}
any_scheduler make_sjf(arguments const& values, setting const& in) {
    auto made = with_placement(in, [&]<class P>(P place) {
        using order = rota::queueing::sjf<any_estimator>;
        if (values.on("migrate"))
            return migrating(
                values, in,
                rota::queueing::greedy<order, rota::queueing::strict>{order{estimator_named(values, in)}},
                std::move(place));
        return any_scheduler{
            rota::system::sjf<any_estimator, P>{estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_easy(arguments const& values, setting const& in) {
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::easy<any_estimator, P>{estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_conservative(arguments const& values, setting const& in) {
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::conservative<any_estimator, P>{estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_slurm_like(arguments const& values, setting const& in) {
    auto by = rota::queueing::multifactor{};
    by.age_weight = values.whole("age_weight");
    by.size_weight = values.whole("size_weight");
    by.priority_weight = values.whole("priority_weight");
    by.age_max_ms = 1000 * values.whole("age_max_s");
    by.gpus_max = values.whole("gpus_max");
    by.priority_max = static_cast<std::int32_t>(values.whole("priority_max"));
    by.refresh_ms = 1000 * values.whole("refresh_s");
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::slurm_like<any_estimator, P>{by, estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}

std::vector<parameter> slurm_like_parameters() {
    auto all = std::vector<parameter>{
        {.key = "age_weight",
         .standard = "1000",
         .meaning = "of the time since submission",
         .most = 1'000'000},
        {.key = "size_weight", .standard = "1000", .meaning = "of the gang's size", .most = 1'000'000},
        {.key = "priority_weight", .standard = "1000", .meaning = "of the job's class", .most = 1'000'000},
        {.key = "age_max_s", .standard = "604800", .meaning = "the age that counts as 1", .least = 1},
        {.key = "gpus_max", .standard = "1000", .meaning = "the size that counts as 1", .least = 1},
        {.key = "priority_max", .standard = "10", .meaning = "the class that counts as 1", .least = 1},
        {.key = "refresh_s",
         .standard = "300",
         .meaning = "between two rankings of the waiting jobs",
         .least = 1}};
    for (auto& one : estimate_parameters("limit")) all.push_back(std::move(one));
    return all;
}

} // namespace

void add_queues(std::vector<entry>& to) {
    to.push_back({.name = "fifo",
                  .about = "first come, first served: nobody overtakes",
                  .source = "the baseline of every study; YARN-CS of Gu et al., Tiresias, NSDI 2019",
                  .parameters = with_migration({}),
                  .make = make_fifo});
    to.push_back({.name = "best_effort_fifo",
                  .about = "first come, first served, but who does not fit lets others pass",
                  .source = "BestEffortFIFO of Kueue; fit job first of the Tiresias simulator",
                  .parameters = with_migration({}),
                  .make = make_best_effort_fifo});
    to.push_back({.name = "sjf",
                  .about = "the shortest job first, by its estimate; never preempts, nobody overtakes",
                  .source = "Hu et al., Characterization and prediction of deep learning workloads, SC 2021",
                  .parameters = with_migration(estimate_parameters("limit")),
                  .make = make_sjf});
    to.push_back({.name = "easy",
                  .about = "first come, first served with EASY backfill",
                  .source = "Lifka, The ANL/IBM SP scheduling system, JSSPP 1995",
                  .parameters = estimate_parameters("limit"),
                  .make = make_easy});
    to.push_back({.name = "conservative",
                  .about = "start-only conservative backfill: every job is promised a start when it arrives",
                  .source = "Mu'alem, Feitelson, IEEE TPDS 2001; holds never slide forward",
                  .parameters = estimate_parameters("limit"),
                  .in_panel = false, // hours where thousands wait
                  .make = make_conservative});
    to.push_back({.name = "slurm_like",
                  .about = "multifactor priority (age, size, class) with EASY backfill",
                  .source = "SchedMD, Slurm documentation, Multifactor priority plugin",
                  .parameters = slurm_like_parameters(),
                  .make = make_slurm_like});
}

} // namespace cli
