// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include <rota/core/checked.hpp>
#include <rota/estimate/empirical_law.hpp>
#include <rota/system/las.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/srsf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_g.hpp>
#include <rota/system/tiresias_l.hpp>

#include "systems.hpp"

namespace cli {

namespace {

any_scheduler make_srtf(arguments const& values, setting const& in) {
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::srtf<any_estimator, P>{estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_srsf(arguments const& values, setting const& in) {
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::srsf<any_estimator, P>{estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_las(arguments const& values, setting const& in) {
    auto const quantum_ms = 1000 * values.whole("quantum_s");
    return with_placement(in, [&]<class P>(P place) {
        using rota::queueing::service;
        if (values.word("service") == "time")
            return any_scheduler{rota::system::las<service::time, P>{quantum_ms, std::move(place)}};
        return any_scheduler{rota::system::las<service::gpu_time, P>{quantum_ms, std::move(place)}};
    });
}
any_scheduler make_tiresias_l(arguments const& values, setting const& in) {
    auto thresholds = values.list("thresholds_s");
    for (auto& one : thresholds) one *= 1000;
    return with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::tiresias_l<P>{thresholds, values.whole("promote"), std::move(place)}};
    });
}

/// Quantiles of the GPU service of the workload's jobs, in GPU-ms: the law is known, no job's own size is.
rota::estimate::empirical_law law_of(rota::job::workload const& jobs, std::size_t steps) {
    auto all = std::vector<std::int64_t>{};
    for (auto i = std::size_t{0}; i != jobs.size(); ++i) {
        auto const& need = jobs.specs[i].need;
        auto const milli = std::int64_t{need.gpus_min} * need.milli;
        auto const [whole_s, rest_ms] = std::lldiv(jobs.works[i].duration_ms, 1000);
        all.push_back(std::max<std::int64_t>(1, whole_s * milli + rest_ms * milli / 1000));
    }
    if (all.empty()) all.push_back(1);
    std::sort(all.begin(), all.end());
    auto quantiles = std::vector<std::int64_t>{};
    for (auto q = std::size_t{1}; q <= steps; ++q)
        quantiles.push_back(all[(all.size() * q + steps - 1) / steps - 1]);
    return rota::estimate::empirical_law{std::move(quantiles)};
}
any_scheduler make_tiresias_g(arguments const& values, setting const& in) {
    auto law = law_of(in.workload, static_cast<std::size_t>(values.whole("steps")));
    return with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::tiresias_g<rota::estimate::empirical_law, P>{std::move(law), std::move(place)}};
    });
}
any_scheduler make_priority_preemptive(arguments const&, setting const& in) {
    return with_placement(in, []<class P>(P place) {
        return any_scheduler{rota::system::priority_preemptive<P>{
            rota::queueing::greedy<rota::queueing::priority, rota::queueing::skip_ahead>{},
            std::move(place)}};
    });
}

} // namespace

void add_preemptive(std::vector<entry>& to) {
    to.push_back(
        {.name = "priority_preemptive",
         .about = "priority classes: a job may stop jobs of lower priority, as few as its place needs",
         .source = "Verma et al., Large-scale cluster management at Google with Borg, EuroSys 2015",
         .parameters = {},
         .make = make_priority_preemptive});
    to.push_back({.name = "srtf",
                  .about = "the shortest remaining time first, preemptive: the reference for the mean JCT",
                  .source = "Schrage, Operations Research 1968",
                  .parameters = estimate_parameters("oracle"),
                  .make = make_srtf});
    to.push_back({.name = "srsf",
                  .about = "the shortest remaining service first, remaining time x GPUs, preemptive",
                  .source = "Gu et al., Tiresias, NSDI 2019, section 3.1",
                  .parameters = estimate_parameters("oracle"),
                  .in_panel = false,
                  .make = make_srsf});
    to.push_back({.name = "las",
                  .about = "the least attained service first, preemptive, in quanta",
                  .source = "Gu et al., Tiresias, NSDI 2019, section 3.1",
                  .parameters = {{.key = "quantum_s",
                                  .standard = "3600",
                                  .meaning = "of service: jobs within one share a rank",
                                  .least = 1},
                                 {.key = "service",
                                  .standard = "gpu_time",
                                  .meaning = "run time, or run time x GPUs",
                                  .form = parameter::kind::word,
                                  .words = {"gpu_time", "time"}}},
                  .make = make_las});
    to.push_back({.name = "tiresias_l",
                  .about = "discretised two-dimensional LAS, consolidated: no knowledge of run times",
                  .source = "Gu et al., Tiresias, NSDI 2019, section 3.1",
                  .parameters = {{.key = "thresholds_s",
                                  .standard = "3250/7200",
                                  .meaning = "GPU-seconds of service at which a job sinks a level",
                                  .form = parameter::kind::list,
                                  .least = 1},
                                 {.key = "promote",
                                  .standard = "0",
                                  .meaning = "PROMOTEKNOB: a job that waited so many times its run time "
                                             "returns to the top; 0: never",
                                  .most = 1'000'000}},
                  .make = make_tiresias_l});
    to.push_back(
        {.name = "tiresias_g",
         .about = "the Gittins index of GPU service, preemptive, under the law of the workload's jobs",
         .source = "Gu et al., Tiresias, NSDI 2019, section 3.2",
         .parameters = {{.key = "steps",
                         .standard = "20",
                         .meaning = "quantiles that the law of service is known by",
                         .least = 1,
                         .most = 1'000}},
         .make = make_tiresias_g});
}

} // namespace cli
