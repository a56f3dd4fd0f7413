// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_GENERATOR_HPP
#define ROTA_TRACE_GENERATOR_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/trace/arrivals.hpp>
#include <rota/trace/demand.hpp>
#include <rota/trace/draw.hpp>
#include <rota/trace/mixture.hpp>
#include <rota/trace/population.hpp>
#include <rota/trace/preset.hpp>
#include <rota/trace/presets.hpp>
#include <rota/trace/submissions.hpp>
#include <rota/trace/weighted.hpp>

namespace rota::trace {

/// Work brought in over the time between the first and the last submission, as a share of so many GPUs.
struct target_load {
    std::int64_t gpus = 10'000;
    double load = 0.9; ///< 1: as much work as the GPUs can do; 0.001 .. 1000
};

/// What to generate. The defaults are the workload that comparisons start from.
///
/// Every job declares its run time times one of limit_permille as its limit; an empty list: none declares
/// one.
struct generator_settings {
    trace::preset preset = helios_venus;
    std::size_t jobs = 100'000; ///< below 2^32 - 1
    std::uint64_t seed = 1;
    std::optional<target_load> target = target_load{};                  ///< nothing: the preset's own rate
    std::uint16_t gpus_max = std::numeric_limits<std::uint16_t>::max(); ///< larger gangs are not drawn
    double duration_s_max = 30.0 * 86400.0;                             ///< longer runs become this long
    population::shape people{};
    std::vector<std::uint16_t> limit_permille{1000, 1500, 2000, 5000, 10000}; ///< of run times
    std::vector<std::uint64_t> priority_weights{1}; ///< how often priority 0, 1, 2, ... is drawn
    std::uint32_t campaign_every = 0; ///< mean number of jobs before a campaign of 100 to 1000; 0: none
};

namespace detail {

/// One random stream a quantity, so that the settings of one move the draws of another as little as can be.
struct generator_streams {
    explicit generator_streams(std::uint64_t seed) noexcept : seeds{seed} {}

    random seeds;
    random gaps{seeds()}, campaigns{seeds()}, demand{seeds()}, durations{seeds()}, users{seeds()},
        outcomes{seeds()}, limits{seeds()}, priorities{seeds()};
    std::uint64_t calendar = seeds();
};

/// Gaps, burst after burst. Within a campaign every job is a burst job.
inline std::vector<arrival_gap> draw_gaps(generator_settings const& asked, generator_streams& streams) {
    constexpr auto campaign_least = 100u;
    auto const campaign_size = weighted{zipf(campaign_least, 1000u, 2.45)};
    auto const& model = asked.preset.arrivals;
    auto gaps = std::vector<arrival_gap>{};
    gaps.reserve(asked.jobs);
    auto to_come = std::size_t{0}; // of the campaign
    while (gaps.size() != asked.jobs) {
        auto const by_chance = streams.gaps.chance(model.burst_probability);
        gaps.push_back(draw_gap(model, streams.gaps, !gaps.empty() && (to_come != 0 || by_chance)));
        if (to_come != 0) --to_come;
        else if (asked.campaign_every != 0 && streams.campaigns.below(asked.campaign_every) == 0)
            to_come = campaign_least + campaign_size(streams.campaigns) - 1;
    }
    return gaps;
}

/// How a run ends, by the quantile of its run time in its class: the long are cancelled, the short fail. The
/// slopes give the rates of Helios and scale with the preset's. They are a proposal: no public trace at hand
/// has both.
inline job::outcome draw_outcome(preset const& from, double quantile, random& stream) noexcept {
    auto const cancelled = from.cancelled * (0.5 + quantile);
    auto const failed = from.failed * (0.23 - 0.15 * quantile) / 0.155;
    auto const draw = stream.unit();
    if (draw < cancelled) return job::outcome::cancelled;
    return draw < cancelled + failed ? job::outcome::failed : job::outcome::completed;
}

/// The run-time law of each class of gang sizes.
inline std::array<duration_law, 4> duration_laws(preset const& from, double s_max) {
    auto const of = [&](std::size_t size) {
        return duration_law{from.durations[size], from.duration_s_min, s_max, from.tail};
    };
    return {of(0), of(1), of(2), of(3)};
}

/// The jobs without their moments of submission.
inline job::workload draw_jobs(generator_settings const& asked, std::vector<arrival_gap> const& gaps,
                               generator_streams& streams) {
    auto const& from = asked.preset;
    auto const demand = demand_law{from, asked.gpus_max};
    auto const by_chance = demand.same_by_chance();
    auto const keeps = by_chance < 1.0 ? (from.burst_same_gpus - by_chance) / (1.0 - by_chance) : 0.0;
    auto const laws = duration_laws(from, asked.duration_s_max);
    auto const alike = 2.0 * std::sin(std::numbers::pi / 6.0 * from.burst_duration_spearman);
    auto const fresh = std::sqrt(1.0 - alike * alike);
    auto const people = population{asked.people};
    auto const priority = weighted{asked.priority_weights};

    auto made = job::workload{};
    made.tenants = people.tree(asked.target ? asked.target->gpus : 0);
    made.specs.reserve(gaps.size());
    made.works.reserve(gaps.size());
    auto score = 0.0; // the normal score of the run time's quantile
    for (auto const& gap : gaps) {
        auto spec = gap.burst ? made.specs.back() : job::spec{};
        if (!gap.burst) {
            spec.user = people.draw(streams.users);
            spec.tenant = people.tenant_of(spec.user);
            spec.priority = static_cast<std::int32_t>(priority(streams.priorities));
        }
        if (!gap.burst || !streams.demand.chance(keeps)) spec.need = demand(streams.demand);
        auto const noise = standard_normal(streams.durations);
        score = gap.burst ? alike * score + fresh * noise : noise;
        auto const quantile = normal_cdf(score);
        auto run = job::work{};
        run.duration_ms = laws[duration_class(spec.need.gpus_min)].at(quantile);
        run.ends = draw_outcome(from, quantile, streams.outcomes);
        if (auto const& factors = asked.limit_permille; !factors.empty())
            spec.limit_ms = divide_up(run.duration_ms * factors[streams.limits.below(factors.size())], 1000);
        made.specs.push_back(spec);
        made.works.push_back(run);
    }
    return made;
}

/// GPU-milli x ms of all jobs.
inline int128 total_work(job::workload const& jobs) noexcept {
    auto sum = int128{0};
    for (auto i = std::size_t{0}; i != jobs.size(); ++i)
        sum += int128{jobs.works[i].duration_ms} * jobs.specs[i].need.gpus_min * jobs.specs[i].need.milli;
    return sum;
}

} // namespace detail

/// A workload drawn from a preset: the same settings give the same jobs, byte for byte.
///
/// A burst job comes a moment after the one before, has its user and priority, often its demand, and a run
/// time of correlated rank (a Gaussian copula). No single job's demand, run time or user changes its law by
/// that; neighbours become alike, so that n jobs tell less than n independent ones.
///
/// With a target all gaps shrink or grow by one factor while hours, days and weeks keep their length; the
/// load is met within 1 % where the span comes out at a second or more.
///
/// Expects   1 <= jobs < 2^32 - 1, sizes <= gpus_max, 1000 <= limit_permille; for a target two jobs, a GPU
///           and a span below 1,000 years.
/// Cost      O(jobs log sizes) and a handful of walks over the calendar.
[[nodiscard]] inline job::workload generate(generator_settings const& asked) {
    ROTA_EXPECTS(0 < asked.jobs && asked.jobs < std::numeric_limits<std::uint32_t>::max(),
                 "jobs have 32-bit ids");
    ROTA_EXPECTS(std::ranges::all_of(asked.limit_permille, [](int factor) { return factor >= 1000; }),
                 "a limit that the run would pass is not a promise");
    ROTA_EXPECTS(!asked.target || (asked.target->gpus > 0 && 0.001 <= asked.target->load &&
                                   asked.target->load <= 1000.0 && asked.jobs > 1),
                 "a load needs GPUs and a span");
    auto streams = detail::generator_streams{asked.seed};
    auto const gaps = detail::draw_gaps(asked, streams);
    auto made = detail::draw_jobs(asked, gaps, streams);
    auto const& arrivals = asked.preset.arrivals;
    auto const moments_us = [&] {
        if (!asked.target) return submissions_us(arrivals, streams.calendar, gaps, 1.0);
        auto const capacity = static_cast<double>(asked.target->gpus) * asked.target->load;
        auto const span_us = static_cast<double>(detail::total_work(made)) / capacity; // milli x ms is us
        return submissions_within_us(arrivals, streams.calendar, gaps, span_us);
    }();
    for (auto i = std::size_t{0}; i != made.size(); ++i)
        made.specs[i].submit = sim_time{moments_us[i] / 1000};
    return made;
}

} // namespace rota::trace

#endif
