// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SACCT_HPP
#define ROTA_TRACE_SACCT_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/date.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/sacct_states.hpp>
#include <rota/trace/sacct_tres.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

namespace detail {

enum sacct_column : std::size_t {
    sacct_id,
    sacct_user,
    sacct_account,
    sacct_state,
    sacct_submit,
    sacct_eligible,
    sacct_start,
    sacct_end,
    sacct_elapsed,
    sacct_limit,
    sacct_requested,
    sacct_allocated
};

inline constexpr auto sacct_columns = std::to_array<column>({{"JobID"},
                                                             {"User", false},
                                                             {"Account", false},
                                                             {"State"},
                                                             {"Submit"},
                                                             {"Eligible", false},
                                                             {"Start"},
                                                             {"End"},
                                                             {"ElapsedRaw"},
                                                             {"TimelimitRaw", false},
                                                             {"ReqTRES", false},
                                                             {"AllocTRES"}});
inline constexpr auto sacct_dialect = dialect{.separator = '|', .quoted = false};

/// Slurm's word for a time that has not come.
[[nodiscard]] inline bool sacct_unknown(std::string_view text) noexcept {
    return text.empty() || text == "Unknown" || text == "None";
}

/// Seconds since 1970 (SLURM_TIME_FORMAT=%s), or Slurm's own form, a local date with a T.
[[nodiscard]] inline millis sacct_instant(intake& in, cell const& what) {
    if (std::all_of(what.text.begin(), what.text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return read_instant(in, what);
    auto blank = std::array<char, 19>{};
    auto const slurms = what.text.size() == blank.size() && what.text[10] == 'T';
    if (slurms) std::copy(what.text.begin(), what.text.end(), blank.begin());
    blank[10] = ' ';
    auto const got = slurms ? date_ms({blank.data(), blank.size()}) : std::nullopt;
    if (got) return *got;
    in.bad(what.at, "E-DATE", in_column(what) + "seconds since 1970, or a date YYYY-MM-DDTHH:MM:SS");
    return 0;
}

/// When the row's job could first have been started: held jobs and dependencies are not the scheduler's fault.
[[nodiscard]] inline millis sacct_could_start(intake& in, csv const& rows, millis submit) {
    if (!rows.given(sacct_eligible) || sacct_unknown(rows[sacct_eligible].text)) return submit;
    return std::max(submit, sacct_instant(in, rows[sacct_eligible]));
}

/// The rows of one job that was started more than once, or resized.
struct sacct_runs {
    millis submit = 0;  ///< of the first
    millis resized = 0; ///< run time before the last change of size, of the run that is the last so far
    bool lost = false;  ///< that run was requeued, if there is another
    std::uint64_t last_line = 0;
};

/// A first walk over the rows: which are followed by another run of the same job.
[[nodiscard]] inline std::unordered_map<std::string, sacct_runs> sacct_repeated(source const& from,
                                                                                options const& how) {
    auto found = std::unordered_map<std::string, sacct_runs>{};
    auto in = intake{from, how};
    auto rows = csv{in, sacct_dialect};
    if (!rows.bind(sacct_columns)) return found;
    while (rows.next()) {
        auto const id = std::string{rows[sacct_id].text};
        auto const* const state = find_sacct_state(rows[sacct_state].text);
        auto known = found.find(id);
        if (known == found.end()) {
            if (state == nullptr || !state->again || id.empty()) {
                in.end_row();
                continue;
            }
            auto const submit = sacct_could_start(in, rows, sacct_instant(in, rows[sacct_submit]));
            known = found.emplace(id, sacct_runs{.submit = submit}).first;
        } else {
            known->second.last_line = rows[sacct_id].at.line;
        }
        auto& its = known->second;
        auto const part = state != nullptr && state->goes == sacct_way::part;
        if (its.lost) its.resized = 0;
        if (part) its.resized += read_span(in, rows[sacct_elapsed]);
        its.lost = state != nullptr && state->again && !part;
        in.end_row();
    }
    return found;
}

} // namespace detail

/// Jobs of a Slurm cluster: the accounting that docs/slurm.md says how to print, columns in any order.
///
/// A job array's tasks and a heterogeneous job's components are jobs of their own; steps are dropped. Rows of
/// earlier runs (REQUEUED, PREEMPTED, NODE_FAIL, with --duplicates) are dropped as `requeued`: the job counts
/// from its first submission and works as long as its last run; the parts of a resized job add up. Submit is
/// Eligible where that is later. Dropped: jobs that have not ended, and those that never started. CPU and
/// memory are shared out over the GPUs, rounded up. GPU types of ReqTRES are resolved against the models of
/// options::cluster, and only counted without one. The account is the tenant.
[[nodiscard]] inline reading read_sacct(source const& from, options const& how = {}) {
    using namespace detail;
    if (!from.lasts()) {
        auto const held = from_file(from.name, how.limits);
        return held ? read_sacct(*held, how) : refusal(held.error());
    }
    auto in = intake{from, how};
    auto rows = csv{in, sacct_dialect};
    if (!rows.bind(sacct_columns)) return in.finish();
    auto const repeated = sacct_repeated(from, how);
    while (rows.next()) {
        auto job = record{};
        job.at = rows[sacct_id].at;
        job.id = read_id(in, rows[sacct_id]);
        if (job.id.find('.') != job.id.npos) in.drop("step");
        auto const& state = read_sacct_state(in, rows[sacct_state]);
        auto const runs = repeated.find(std::string{job.id});
        if (state.again && runs != repeated.end() && runs->second.last_line > job.at.line)
            in.drop(state.goes == sacct_way::part ? "resized" : "requeued");
        else if (state.goes != sacct_way::ended)
            in.drop(state.goes == sacct_way::pending   ? "pending"
                    : state.goes == sacct_way::revoked ? "revoked"
                                                       : "unfinished");
        auto const submit = sacct_instant(in, rows[sacct_submit]);
        auto could = sacct_could_start(in, rows, submit);
        auto const elapsed = read_span(in, rows[sacct_elapsed], unit::s, repair::negative_duration);
        if (sacct_unknown(rows[sacct_start].text) || (elapsed == 0 && !rows.given(sacct_allocated)))
            in.drop("never_started");
        if (!in.row_stands()) { // what it says of times and devices may be anything
            in.end_row();
            continue;
        }
        auto const start = sacct_instant(in, rows[sacct_start]);
        auto const end = sacct_instant(in, rows[sacct_end]);
        if (in.row_stands()) expect_order(in, rows[sacct_submit], submit, rows[sacct_start], start);
        if (in.row_stands()) expect_order(in, rows[sacct_start], start, rows[sacct_end], end);
        if (could > start) could = submit;
        if (in.row_stands()) {
            if (could > submit) in.count("eligible_after_submit");
            if (end - start != elapsed) in.count("elapsed_is_not_end_minus_start");
        }
        job.spec.submit = sim_time{runs == repeated.end() ? could : std::min(could, runs->second.submit)};
        job.work.duration_ms = elapsed + (runs == repeated.end() ? 0 : runs->second.resized);
        job.work.ends = state.ends;
        auto const has =
            read_sacct_tres(in, rows[rows.given(sacct_allocated) ? sacct_allocated : sacct_requested]);
        auto asked = sacct_tres{};
        if (rows.given(sacct_requested)) asked = read_sacct_tres(in, rows[sacct_requested]);
        job.spec.need = sacct_request(in, rows[sacct_allocated], has, asked);
        if (rows.given(sacct_limit) && rows[sacct_limit].text != "UNLIMITED" &&
            rows[sacct_limit].text != "Partition_Limit")
            job.spec.limit_ms = read_span(in, rows[sacct_limit], unit::min);
        if (in.row_stands()) {
            if (!state.read_as.empty()) in.count(state.read_as);
            if (job.spec.limit_ms != 0 && job.work.duration_ms > job.spec.limit_ms)
                in.count("run_over_limit");
            if (rows.given(sacct_user)) job.spec.user = in.user(rows[sacct_user].text);
            if (rows.given(sacct_account))
                job.spec.tenant = in.tenant(rows[sacct_account].text, rows[sacct_account].at);
        }
        in.end_row(job);
    }
    return in.finish();
}

} // namespace rota::trace

#endif
