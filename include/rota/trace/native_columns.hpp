// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_NATIVE_COLUMNS_HPP
#define ROTA_TRACE_NATIVE_COLUMNS_HPP

#include <array>
#include <cstddef>
#include <string_view>

#include <rota/cluster/mig_size.hpp>
#include <rota/core/units.hpp>
#include <rota/trace/csv.hpp>

namespace rota::trace {

/// The first line of a workload in rota's own form, version 1.
inline constexpr std::string_view native_mark = "#rota-workload 1";
inline constexpr std::string_view native_tenant_mark = "#tenant,";

/// The columns of rota's own form, in the order the writer puts them.
struct native_column {
    enum name : std::size_t {
        job_id,
        submit_ms,
        gpus,
        gpus_max,
        milli,
        milli_min,
        cpu_milli,
        mem_mib,
        models,
        span,
        tenant,
        user,
        priority,
        limit_ms,
        deadline_ms,
        state_mib,
        duration_ms,
        rate_0,
        rate_1,
        rate_2,
        rate_3,
        knee,
        outcome,
        mig,
        columns
    };
};

inline constexpr auto native_columns =
    std::to_array<column>({{"job_id", false},    {"submit_ms"},       {"gpus"},
                           {"gpus_max", false},  {"milli", false},    {"milli_min", false},
                           {"cpu_milli", false}, {"mem_mib", false},  {"models", false},
                           {"span", false},      {"tenant", false},   {"user", false},
                           {"priority", false},  {"limit_ms", false}, {"deadline_ms", false},
                           {"state_mib", false}, {"duration_ms"},     {"rate_0", false},
                           {"rate_1", false},    {"rate_2", false},   {"rate_3", false},
                           {"knee", false},      {"outcome", false},  {"mig", false}});
static_assert(native_columns.size() == native_column::columns);

/// The words of job::span, in its order.
inline constexpr auto native_spans =
    std::to_array<std::string_view>({"anywhere", "compact", "one_node", "one_rack"});

/// The words of job::outcome, in its order.
inline constexpr auto native_outcomes = std::to_array<std::string_view>(
    {"completed", "failed", "cancelled", "timed_out", "rejected", "unfinished"});

/// The sizes of instances that a job may ask for, from mig_size 1 on.
inline constexpr auto native_sizes = [] {
    auto all = std::array<std::string_view, cluster::mig_sizes.size() - 1>{};
    for (auto i = std::size_t{0}; i != all.size(); ++i)
        all[i] = cluster::mig_profile_of(static_cast<mig_size>(i + 1)).name;
    return all;
}();

} // namespace rota::trace

#endif
