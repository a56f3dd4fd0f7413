// SPDX-License-Identifier: BSL-1.0
#include "summary.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/report/jobs_csv.hpp>
#include <rota/report/table.hpp>

namespace cli {

namespace {

using rota::report::distribution;
using json = nlohmann::ordered_json;

constexpr auto nothing = "no data";

std::string seconds(std::optional<double> ms) { return ms ? fmt::format("{:.0f}", *ms / 1000) : nothing; }
std::string percent(std::optional<double> share) {
    return share ? fmt::format("{:.2f}", 100 * *share) : nothing;
}
template <class Field>
std::optional<double> of(std::optional<distribution> const& all, Field field) {
    if (!all) return std::nullopt;
    return static_cast<double>((*all).*field);
}

/// Exact: a string where the number passes 2^63.
json number(rota::int128 value) {
    if (value >= INT64_MIN && value <= INT64_MAX) return static_cast<std::int64_t>(value);
    auto digits = std::string{};
    for (auto rest = value < 0 ? -value : value; rest != 0; rest /= 10)
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    return value < 0 ? '-' + digits : digits;
}
json number(std::optional<rota::int128> value) { return value ? number(*value) : json{}; }
json number(std::optional<double> value) { return value ? json(*value) : json{}; }

json times(std::optional<distribution> const& all) {
    if (!all) return nullptr;
    return {{"count", all->count}, {"mean", all->mean}, {"median", all->median},
            {"p90", all->p90},     {"p99", all->p99},   {"max", all->max}};
}

/// What bounds the makespan from below, whoever schedules.
std::string extent(rota::job::workload const& jobs) {
    if (jobs.size() == 0) return "";
    auto longest = rota::millis{0};
    for (auto const& one : jobs.works) longest = std::max(longest, one.duration_ms);
    auto const hours = [](rota::millis ms) { return static_cast<double>(ms) / 3.6e6; };
    return fmt::format(",\nsubmitted over {:.1f} h; the longest run takes {:.1f} h",
                       hours(jobs.specs.back().submit - jobs.specs.front().submit), hours(longest));
}

json one_run(run const& of) {
    auto const& m = of.metrics;
    auto outcomes = json::object();
    for (auto i = std::size_t{0}; i != m.outcomes.size(); ++i)
        outcomes[std::string{rota::report::outcome_names[i]}] = m.outcomes[i];
    auto claims = json::array();
    for (auto i = std::size_t{0}; i != rota::claim_names.size(); ++i)
        if (has(of.claims, static_cast<rota::claim>(1u << i))) claims.push_back(rota::claim_names[i]);
    return {{"scheduler", of.label},
            {"claims", claims},
            {"jobs", m.jobs},
            {"outcomes", outcomes},
            {"jct_ms", times(m.jct)},
            {"wait_ms", times(m.wait)},
            {"makespan_ms", m.makespan_ms ? json(*m.makespan_ms) : json{}},
            {"utilisation", number(m.utilisation())},
            {"allocation", number(m.allocation())},
            {"useful_gpu_milli_ms", number(m.useful)},
            {"held_gpu_milli_ms", number(std::optional{m.held})},
            {"capacity_gpu_milli_ms", number(m.capacity)},
            {"preemptions", m.preemptions},
            {"interruptions", m.interruptions},
            {"overhead_ms", number(std::optional{m.overhead_ms})},
            {"lost_ms", number(std::optional{m.lost_ms})},
            {"trouble", of.trouble.empty() ? json{} : json(of.trouble)}};
}

} // namespace

std::string summary_table(inputs const& in, std::vector<run> const& runs) {
    auto table = rota::report::table{{"scheduler", "JCT mean s", "median s", "p99 s", "queueing mean s",
                                      "makespan h", "utilisation %", "preemptions", "overhead h", "wall s"}};
    auto notes = std::string{};
    for (auto const& one : runs) {
        auto const& m = one.metrics;
        table.add(
            {one.label, seconds(of(m.jct, &distribution::mean)), seconds(of(m.jct, &distribution::median)),
             seconds(of(m.jct, &distribution::p99)), seconds(of(m.wait, &distribution::mean)),
             m.makespan_ms ? fmt::format("{:.1f}", static_cast<double>(*m.makespan_ms) / 3.6e6) : nothing,
             percent(m.utilisation()), fmt::format("{}", m.preemptions),
             fmt::format("{:.1f}", static_cast<double>(m.overhead_ms) / 3.6e6),
             fmt::format("{:.2f}", one.wall_s)});
        auto const rejected = m.count(rota::job::outcome::rejected);
        if (rejected != 0)
            notes += fmt::format("{}: {} of {} jobs were rejected\n", one.label, rejected, m.jobs);
    }
    return fmt::format("{} jobs of {} on {} ({} nodes, {} GPUs){}\n\n{}{}{}", in.jobs.size(),
                       in.workload_name, in.cluster_name, in.cluster.nodes.size(), in.cluster.gpus(),
                       extent(in.jobs), table.text(), notes.empty() ? "" : "\n", notes);
}

std::string summary_json(inputs const& in, world_options const& world, std::vector<run> const& runs) {
    auto all = json::array();
    for (auto const& one : runs) all.push_back(one_run(one));
    auto const out =
        json{{"rota", fmt::format("{}.{}.{}", ROTA_VERSION_MAJOR, ROTA_VERSION_MINOR, ROTA_VERSION_PATCH)},
             {"workload", {{"name", in.workload_name}, {"format", in.format}, {"jobs", in.jobs.size()}}},
             {"cluster",
              {{"name", in.cluster_name}, {"nodes", in.cluster.nodes.size()}, {"gpus", in.cluster.gpus()}}},
             {"world",
              {{"seed", world.seed},
               {"placement", world.placement.empty() ? "consolidated" : world.placement},
               {"cost", world.cost},
               {"round_s", world.round_s},
               {"launch_s", world.launch_s},
               {"latency_s", world.latency_s},
               {"start_failure", world.start_failure},
               {"crash_mean_h", world.crash_mean_h},
               {"checkpoint_s", world.checkpoint_s},
               {"outages", world.outages},
               {"drains", world.drains},
               {"others", world.others},
               {"quotas", world.quotas}}},
             {"runs", all}};
    return out.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

std::string claims_text(rota::claim claims) {
    auto out = std::string{};
    for (auto i = std::size_t{0}; i != rota::claim_names.size(); ++i)
        if (has(claims, static_cast<rota::claim>(1u << i)))
            (out += out.empty() ? "" : ",") += rota::claim_names[i];
    return out.empty() ? "none" : out;
}

} // namespace cli
