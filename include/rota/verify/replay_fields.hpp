// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_REPLAY_FIELDS_HPP
#define ROTA_VERIFY_REPLAY_FIELDS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/job/work.hpp>
#include <rota/job/workload.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/verify/traits.hpp>

namespace rota::verify {

inline constexpr std::string_view replay_header = "#rota-replay 1";

} // namespace rota::verify

namespace rota::verify::detail {

/// Numbers that a field of a replay file may be.
struct range {
    std::int64_t low = 0;
    std::int64_t high = 0;
};
inline constexpr auto span_of_time = range{0, 1'000'000'000'000'000}; ///< sums of a few of them fit

inline constexpr std::array<std::string_view, 4> span_names{"anywhere", "compact", "one_node", "one_rack"};
inline constexpr auto mig_names = [] {
    auto all = std::array<std::string_view, cluster::mig_sizes.size()>{"none"};
    for (auto i = std::size_t{1}; i != all.size(); ++i)
        all[i] = cluster::mig_profile_of(static_cast<mig_size>(i)).name;
    return all;
}();
inline constexpr std::array<std::string_view, 6> outcome_names{"completed", "failed",   "cancelled",
                                                               "timed_out", "rejected", "unfinished"};
inline constexpr std::array<std::string_view, 3> head_names{"unknown", "submission", "priority"};
inline constexpr std::array<std::string_view, 4> cost_names{"none", "fixed", "by_size", "by_state"};
inline constexpr std::array<std::string_view, 2> truth_names{"no", "yes"};
inline constexpr std::array<std::string_view, 3> node_state_names{"no", "yes", "drained"};

/// One job of a workload.
struct job_line {
    job::spec spec{};
    job::work work{};
};

// Each kind of line hands its fields to f(key, field, range or names or nothing): to whoever writes them and
// to whoever reads them, so that neither forgets one.

template <class Node, class F>
void fields_of_node(Node& node, std::size_t models, F f) {
    f("gpus", node.gpus, range{0, cluster::gpus_per_node_max});
    f("model", node.model, range{0, static_cast<std::int64_t>(models) - 1});
    f("cpu", node.cpu_milli, range{0, std::numeric_limits<std::uint32_t>::max()});
    f("mem", node.mem_mib, range{0, std::numeric_limits<std::uint32_t>::max()});
    f("rack", node.rack, range{0, 1'000});
    f("spine", node.spine, range{0, 1'000});
}
template <class Tenant, class F>
void fields_of_tenant(Tenant& tenant, std::size_t tenants, F f) {
    f("parent", tenant.parent, range{0, tenants == 0 ? 0 : static_cast<std::int64_t>(tenants) - 1});
    f("weight", tenant.weight, range{0, std::numeric_limits<std::int32_t>::max()});
    f("nominal", tenant.nominal_milli, span_of_time);
}
template <class Job, class F>
void fields_of_job(Job& job, sim_time not_before, std::size_t tenants, F f) {
    auto& need = job.spec.need;
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    f("submit", job.spec.submit, range{index(not_before), span_of_time.high});
    f("gpus_min", need.gpus_min, range{1, 65'535});
    f("gpus_max", need.gpus_max, range{1, 65'535});
    f("milli", need.milli, range{1, whole_gpu});
    f("milli_min", need.milli_min, range{1, whole_gpu});
    f("cpu", need.cpu_milli, range{0, most});
    f("mem", need.mem_mib, range{0, most});
    f("models", need.models, range{0, most});
    f("span", need.span, span_names);
    f("mig", need.mig, mig_names);
    f("tenant", job.spec.tenant, range{0, static_cast<std::int64_t>(tenants) - 1});
    f("user", job.spec.user, range{0, most});
    f("priority", job.spec.priority, range{std::numeric_limits<std::int32_t>::min(), most / 2});
    f("limit", job.spec.limit_ms, span_of_time);
    f("deadline", job.spec.deadline, span_of_time);
    f("state", job.spec.state_mib, span_of_time);
    f("work", job.work.duration_ms, span_of_time);
    for (auto m = std::size_t{0}; m != job.work.model_rate.size(); ++m)
        f(std::array{"rate0", "rate1", "rate2", "rate3"}[m], job.work.model_rate[m], range{1, 65'535});
    f("knee", job.work.knee, range{0, 65'535});
    f("ends", job.work.ends, outcome_names);
}
template <class Conditions, class F>
void fields_of_world(Conditions& under, F f) {
    f("seed", under.seed, range{0, std::numeric_limits<std::int64_t>::max()});
    f("launch", under.launch_ms, span_of_time);
    f("round", under.round_ms, span_of_time);
    f("latency", under.latency_ms_max, span_of_time);
    f("start_failure", under.start_failure);
    f("backoff", under.backoff_ms, span_of_time);
    f("late", under.late_ms_max, span_of_time);
    f("repeat", under.repeat);
    f("requeue", under.requeue_ms, span_of_time);
    f("crash_mean", under.crash_mean_ms, span_of_time);
    f("checkpoint_every", under.checkpoint_every_ms, span_of_time);
    f("moves_in_place", under.moves_in_place, truth_names);
    f("log_orders", under.log_orders, truth_names);
    f("spurious_pass", under.spurious_pass, truth_names);
}
template <class Change, class F>
void fields_of_node_change(Change& change, sim_time not_before, std::size_t nodes, F f) {
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    f("at", change.at, range{index(not_before), span_of_time.high});
    f("node", change.node, range{0, static_cast<std::int64_t>(nodes) - 1});
    f("up", change.to, node_state_names);
    f("cpu", change.cpu_milli, range{0, most});
    f("mem", change.mem_mib, range{0, most});
}
template <class Change, class F>
void fields_of_quota_change(Change& change, sim_time not_before, std::size_t tenants, F f) {
    f("at", change.at, range{index(not_before), span_of_time.high});
    f("tenant", change.tenant, range{0, static_cast<std::int64_t>(tenants) - 1});
    f("nominal", change.nominal_milli, span_of_time);
}
template <class Time, class F>
void fields_of_replacement(Time& at, sim_time not_before, F f) {
    f("at", at, range{index(not_before), span_of_time.high});
}
template <class Traits, class F>
void fields_of_traits(Traits& known, F f) {
    f("scatters", known.scatters, truth_names);
    f("head", known.head, head_names);
    f("may_thrash", known.may_thrash, truth_names);
    f("instants_max", known.instants_max, range{1, std::numeric_limits<std::uint32_t>::max()});
    f("quantum", known.steps.quantum_ms, span_of_time);
    for (auto i = std::size_t{0}; i != known.steps.levels_ms.size(); ++i)
        f(std::array{"level0", "level1", "level2", "level3"}[i], known.steps.levels_ms[i], span_of_time);
    f("quota_cells", known.quota_cells, truth_names);
}
/// The fields of the model of costs that the variant holds.
template <class Cost, class F>
void fields_of_cost(Cost& cost, F f) {
    using namespace rota::preemption;
    if (auto* const fixed = std::get_if<fixed_cost>(&cost)) {
        f("save", fixed->save_ms, span_of_time);
        f("restore", fixed->restore_ms, span_of_time);
    } else if (auto* const size = std::get_if<cost_by_size>(&cost)) {
        for (auto i = std::size_t{0}; i != size->restore_ms.size(); ++i)
            f(std::array{"one", "node", "more"}[i], size->restore_ms[i], span_of_time);
    } else if (auto* const state = std::get_if<cost_by_state>(&cost)) {
        f("store", state->store_mib_s, span_of_time);
        f("launch", state->launch_ms, span_of_time);
        f("unknown", state->unknown_mib, span_of_time);
    }
}
/// The model of costs at that position, with its defaults.
[[nodiscard]] inline preemption::transition_cost usual_cost(std::size_t which) {
    switch (which) {
    case 1: return preemption::fixed_cost{};
    case 2: return preemption::cost_by_size{};
    case 3: return preemption::cost_by_state{};
    default: return preemption::no_cost{};
    }
}

} // namespace rota::verify::detail

#endif
