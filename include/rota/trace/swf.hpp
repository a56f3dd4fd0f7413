// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SWF_HPP
#define ROTA_TRACE_SWF_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rota/cluster/spec.hpp>
#include <rota/job/work.hpp>
#include <rota/trace/cluster_shorthand.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/lines.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

namespace detail {

enum swf_field : std::size_t {
    swf_job,
    swf_submit,
    swf_wait,
    swf_run,
    swf_allocated,
    swf_cpu_time,
    swf_memory,
    swf_requested,
    swf_limit,
    swf_requested_memory,
    swf_status,
    swf_user,
    swf_group,
    swf_application,
    swf_queue,
    swf_partition,
    swf_previous,
    swf_think,
    swf_fields
};

inline constexpr auto swf_names = std::to_array<std::string_view>(
    {"field 1 (job)", "field 2 (submit)", "field 3 (wait)", "field 4 (run time)", "field 5 (allocated)",
     "field 6 (CPU time)", "field 7 (memory)", "field 8 (requested)", "field 9 (requested time)",
     "field 10 (requested memory)", "field 11 (status)", "field 12 (user)", "field 13 (group)",
     "field 14 (application)", "field 15 (queue)", "field 16 (partition)", "field 17 (previous job)",
     "field 18 (think time)"});

/// The fields of one row, by swf_field; those beyond the 18th are left where they are.
class swf_row {
public:
    /// Splits the line; false, with E-FIELDS said, where there are fewer than 17.
    bool split(intake& in, line const& here) {
        size_ = 0;
        auto const text = here.text;
        auto const blank = [](char c) { return c == ' ' || c == '\t'; };
        for (auto at = std::size_t{0};; ++size_) {
            while (at != text.size() && blank(text[at])) ++at;
            if (at == text.size()) break;
            auto const begin = at;
            while (at != text.size() && !blank(text[at])) ++at;
            if (size_ < swf_fields)
                cells_[size_] = {
                    text.substr(begin, at - begin), {here.at.line, here.at.byte + begin}, swf_names[size_]};
        }
        if (size_ + 1 >= swf_fields) return true;
        in.bad({here.at.line, here.at.byte + text.size()}, "E-FIELDS",
               "read " + std::to_string(size_) + " fields, expected 18 (the last may be missing)");
        return false;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] cell const& operator[](std::size_t field) const noexcept { return cells_[field]; }
    /// -1, in whatever decimal form: the log does not know.
    [[nodiscard]] bool unknown(std::size_t field) const noexcept {
        auto const text = cells_[field].text;
        if (!text.starts_with("-1")) return false;
        auto const got = decimal(text, 1000);
        return got.ok() && got.value == -1000 && !got.rounded;
    }

private:
    std::array<cell, swf_fields> cells_{};
    std::size_t size_ = 0;
};

/// The number of a header comment `; Key: 123`.
inline std::optional<std::int64_t> swf_header(std::string_view text, std::string_view key) {
    auto const skip = [&text](char also) {
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == also))
            text.remove_prefix(1);
    };
    skip(';');
    if (!text.starts_with(key)) return std::nullopt;
    text.remove_prefix(key.size());
    skip(':');
    auto const got = whole(text.substr(0, text.find_first_not_of("0123456789")));
    return got.ok() ? std::optional{got.value} : std::nullopt;
}

/// MaxNodes equal nodes with MaxProcs processors together, where the header says both and they divide.
inline std::optional<cluster::spec> swf_cluster(std::optional<std::int64_t> nodes,
                                                std::optional<std::int64_t> processors) {
    if (!nodes || !processors || *nodes < 1 || *nodes > nodes_max || *processors % *nodes != 0)
        return std::nullopt;
    auto const each = *processors / *nodes;
    if (each < 1 || each > cluster::gpus_per_node_max) return std::nullopt;
    return cluster::uniform(1, static_cast<std::uint32_t>(*nodes), static_cast<std::uint8_t>(each));
}

} // namespace detail

/// Jobs of a log in the Standard Workload Format 2.2, also of 17 fields or with more than 18.
///
/// Processors count as GPUs: those allocated, or where unknown those requested (options::swf_processors
/// turns it round). -1 is unknown: without a submit time, a run time or processors the row is dropped and
/// counted under that name. Statuses 2 to 4 are parts of a job that has a row of its own: dropped as
/// `partial`. The requested time is the limit; a run beyond it is counted, both stay. Group, queue and
/// partition are checked, not used. The cluster is the header's MaxNodes and MaxProcs where they divide.
/// Source    S. J. Chapin et al., "Benchmarks and Standards for the Evaluation of Parallel Job Schedulers",
///           JSSPP 1999.
[[nodiscard]] inline reading read_swf(source const& from, options const& how = {}) {
    using namespace detail;
    auto in = intake{from, how};
    auto here = line{};
    auto row = swf_row{};
    auto nodes = std::optional<std::int64_t>{};
    auto processors = std::optional<std::int64_t>{};
    while (in.rows().next(here)) {
        if (here.blank()) {
            in.blank();
            continue;
        }
        if (here.text.substr(std::min(here.text.find_first_not_of(" \t"), here.text.size()))
                .starts_with(';')) {
            if (auto const got = swf_header(here.text, "MaxNodes")) nodes = got;
            if (auto const got = swf_header(here.text, "MaxProcs")) processors = got;
            in.comment();
            continue;
        }
        in.begin_row(here.at);
        if (here.bytes > how.limits.line_bytes) {
            in.bad({here.at.line, here.at.byte + how.limits.line_bytes}, "E-LINELEN",
                   "read a line of " + std::to_string(here.bytes) + " bytes, expected at most " +
                       std::to_string(how.limits.line_bytes));
            in.end_row();
            continue;
        }
        if (!row.split(in, here)) {
            in.end_row();
            continue;
        }
        if (row.size() < swf_fields) in.count("17_fields");
        if (row.size() > swf_fields) in.count("extra_fields");
        auto job = record{};
        auto const known = [&](swf_field field) { return !row.unknown(field); };
        for (auto field = std::size_t{swf_job}; field != std::min<std::size_t>(row.size(), swf_fields);
             ++field) {
            auto const got = decimal(row[field].text, 1);
            static_cast<void>(sound(in, row[field], got, decimal_syntax));
        }
        if (!in.row_stands()) {
            in.end_row();
            continue;
        }
        job.at = row[swf_job].at;
        job.id = row[swf_job].text;
        if (known(swf_submit))
            job.spec.submit = sim_time{read_span(in, row[swf_submit], unit::s, repair::negative_submit)};
        else in.drop("unknown_submit");
        if (known(swf_run))
            job.work.duration_ms = read_span(in, row[swf_run], unit::s, repair::negative_duration);
        else in.drop("unknown_duration");
        if (known(swf_wait)) static_cast<void>(read_span(in, row[swf_wait], unit::s, repair::negative_wait));
        auto const first = how.swf_processors == swf_processors::allocated ? swf_allocated : swf_requested;
        auto const second = first == swf_allocated ? swf_requested : swf_allocated;
        if (known(first) || known(second))
            job.spec.need = job::gang(read_gpus(in, row[known(first) ? first : second]));
        else in.drop("unknown_processors");
        if (known(swf_limit)) job.spec.limit_ms = read_span(in, row[swf_limit]);
        if (known(swf_status)) {
            static constexpr auto statuses = std::to_array<std::string_view>({"0", "1", "2", "3", "4", "5"});
            auto const status = read_word(in, row[swf_status], statuses);
            job.work.ends = status == 0   ? job::outcome::failed
                            : status == 5 ? job::outcome::cancelled
                                          : job::outcome::completed;
            if (status >= 2 && status <= 4) in.drop("partial");
        }
        if (in.row_stands()) {
            if (!known(swf_status)) in.count("unknown_status");
            if (known(swf_user)) job.spec.user = in.user(row[swf_user].text);
            if (job.spec.limit_ms != 0 && job.work.duration_ms > job.spec.limit_ms)
                in.count("run_over_limit");
        }
        in.end_row(job);
    }
    in.out().cluster = swf_cluster(nodes, processors);
    return in.finish();
}

} // namespace rota::trace

#endif
