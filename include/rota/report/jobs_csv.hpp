// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_JOBS_CSV_HPP
#define ROTA_REPORT_JOBS_CSV_HPP

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/job/workload.hpp>
#include <rota/report/facts.hpp>

namespace rota::report {

/// The words of job::outcome, in its order.
inline constexpr std::array<std::string_view, 6> outcome_names{"completed", "failed",   "cancelled",
                                                               "timed_out", "rejected", "unfinished"};

inline constexpr std::string_view jobs_csv_header =
    "job_id,gpus,submit_ms,first_start_ms,finish_ms,jct_ms,run_ms,wait_ms,overhead_ms,preemptions,outcome";

/// A text as one CSV field: in quotes, doubled within, where it needs them.
[[nodiscard]] inline std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
    auto out = std::string{'"'};
    for (auto const c : text) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

/// One line a job under jobs_csv_header, each ended by '\n'. Times are ms since the start of the trace.
///
/// job_id is the trace's own name where it has names. wait_ms = jct_ms - run_ms. What never happened is an
/// empty cell: the start of a job that never ran; end, jct and wait of one that was rejected or has not
/// ended.
[[nodiscard]] inline std::string jobs_csv(job::workload const& workload, std::span<facts const> all) {
    ROTA_EXPECTS(workload.size() == all.size(), "facts of this workload");
    auto out = std::string{jobs_csv_header} + '\n';
    out.reserve(80 * (all.size() + 2));
    auto const cell = [&out](auto value) { (out += ',') += std::to_string(value); };
    for (auto i = std::size_t{0}; i != all.size(); ++i) {
        auto const& one = all[i];
        auto const& r = one.became;
        out += workload.names.empty() ? std::to_string(i) : csv_field(workload.names[i]);
        cell(workload.specs[i].need.gpus_max);
        cell(index(one.submit));
        if (r.first_start == never) out += ',';
        else cell(index(r.first_start));
        if (one.ran_to_end()) {
            cell(index(r.finish));
            cell(one.jct_ms());
            cell(r.run_ms);
            cell(one.wait_ms());
        } else {
            out += ",,";
            cell(r.run_ms);
            out += ',';
        }
        cell(r.overhead_ms);
        cell(r.preemptions);
        ((out += ',') += outcome_names[static_cast<std::size_t>(r.outcome)]) += '\n';
    }
    return out;
}

} // namespace rota::report

#endif
