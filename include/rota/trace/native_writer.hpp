// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_NATIVE_WRITER_HPP
#define ROTA_TRACE_NATIVE_WRITER_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <rota/cluster/mig_size.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/trace/native_columns.hpp>

namespace rota::trace {

namespace detail {

inline std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"#") == std::string_view::npos) return std::string{text};
    auto out = std::string{'"'};
    for (auto const c : text) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

/// The cell of one column, empty where it is the default; duration, gpus and submit always say something.
inline std::string native_cell(job::workload const& of, std::size_t i, std::size_t column) {
    auto const& spec = of.specs[i];
    auto const& need = spec.need;
    auto const& work = of.works[i];
    auto const unless = [](auto value, auto standard) {
        return value == standard ? std::string{} : std::to_string(value);
    };
    switch (column) {
    case native_column::job_id: return of.names.empty() ? std::string{} : csv_field(of.names[i]);
    case native_column::submit_ms: return std::to_string(index(spec.submit));
    case native_column::gpus: return std::to_string(need.gpus_min);
    case native_column::gpus_max: return unless(need.gpus_max, need.gpus_min);
    case native_column::milli:
        return unless(int{need.milli},
                      need.split() ? int{cluster::mig_entry_of(need.mig).milli} : int{whole_gpu});
    case native_column::milli_min: return unless(need.milli_min, need.milli);
    case native_column::cpu_milli: return unless(need.cpu_milli, 0u);
    case native_column::mem_mib: return unless(need.mem_mib, 0u);
    case native_column::models: return unless(need.models, job::any_model);
    case native_column::span:
        return need.span == job::span::anywhere
                   ? std::string{}
                   : std::string{native_spans[static_cast<std::size_t>(need.span)]};
    case native_column::tenant: return unless(int{index(spec.tenant)}, 0);
    case native_column::user: return unless(index(spec.user), index(unknown_user));
    case native_column::priority: return unless(spec.priority, 0);
    case native_column::limit_ms: return unless(spec.limit_ms, millis{0});
    case native_column::deadline_ms: return unless(index(spec.deadline), index(never));
    case native_column::state_mib: return unless(spec.state_mib, std::int64_t{0});
    case native_column::duration_ms: return std::to_string(work.duration_ms);
    case native_column::mig:
        return need.split() ? std::string{cluster::mig_profile_of(need.mig).name} : std::string{};
    case native_column::knee: return unless(int{work.knee}, 0);
    case native_column::outcome:
        return work.ends == job::outcome::completed
                   ? std::string{}
                   : std::string{native_outcomes[static_cast<std::size_t>(work.ends)]};
    default: return unless(int{work.model_rate[column - native_column::rate_0]}, 1000);
    }
}

} // namespace detail

/// A workload in rota's own form, which read_native reads back exactly. Columns that hold only defaults are
/// left out.
///
/// Expects   works, and names unless empty, of the same size as specs; names non-empty, distinct and, as
/// those of
///           the tenants, without line ends; each tenant's parent before it; jobs in order of submission.
[[nodiscard]] inline std::string write_native(job::workload const& of) {
    ROTA_EXPECTS(of.works.size() == of.specs.size(), "each job has a spec and a work");
    ROTA_EXPECTS(of.names.empty() || of.names.size() == of.specs.size(), "all jobs have names or none has");
    [[maybe_unused]] auto const one_line = [](std::string_view name) {
        return name.find_first_of("\r\n") == std::string_view::npos;
    };
    ROTA_EXPECTS(std::all_of(of.names.begin(), of.names.end(), one_line), "a job's name is one line");
    auto out = std::string{native_mark} + '\n';
    for (auto i = std::size_t{0}; i != of.tenants.size(); ++i) {
        auto const& one = of.tenants[i];
        ROTA_EXPECTS(one_line(one.name), "a tenant's name is one line");
        if (i == 0 && one == job::tenant{}) continue;
        out.append(native_tenant_mark) += std::to_string(i) + ',' + std::to_string(index(one.parent)) + ',' +
                                          std::to_string(one.weight) + ',' +
                                          std::to_string(one.nominal_milli) + ',' + one.name + '\n';
    }
    auto used = std::array<bool, native_column::columns>{};
    for (auto c = std::size_t{0}; c != used.size(); ++c) {
        used[c] = native_columns[c].needed;
        for (auto i = std::size_t{0}; i != of.size() && !used[c]; ++i)
            used[c] = !detail::native_cell(of, i, c).empty();
    }
    for (auto c = std::size_t{0}; c != used.size(); ++c)
        if (used[c]) out.append(native_columns[c].name) += ',';
    out.back() = '\n';
    for (auto i = std::size_t{0}; i != of.size(); ++i) {
        for (auto c = std::size_t{0}; c != used.size(); ++c)
            if (used[c]) out += detail::native_cell(of, i, c) + ',';
        out.back() = '\n';
    }
    return out;
}

} // namespace rota::trace

#endif
