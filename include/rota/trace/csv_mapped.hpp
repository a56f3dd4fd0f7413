// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CSV_MAPPED_HPP
#define ROTA_TRACE_CSV_MAPPED_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <rota/core/checked.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/csv_map.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

namespace detail {

/// One number of a job shared out over its GPUs, rounded up, in `scale` of the column's unit.
inline std::uint32_t read_share(intake& in, cell const& what, std::int64_t scale, std::int64_t gpus) {
    auto const got = decimal(what.text, scale);
    if (!sound(in, what, got, decimal_syntax)) return 0;
    auto const most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    if (got.value < 0) in.bad(what.at, "E-RANGE", in_column(what) + "at least 0");
    else if (got.value > most)
        in.bad(what.at, "E-OVERFLOW", in_column(what) + "at most " + std::to_string(most / scale));
    else return static_cast<std::uint32_t>(divide_up(got.value, gpus));
    return 0;
}

} // namespace detail

/// Jobs of any CSV whose columns options::map names.
///
/// Submit times become spans since the first one. Columns the map does not name are not used.
/// Errors    those of read_csv_map, of csv and of the values.
[[nodiscard]] inline reading read_csv(source const& from, options const& how = {}) {
    auto const got = read_csv_map(how.map);
    auto in = intake{from, how};
    if (!got) return in.refuse(got.error());
    auto const& map = *got;
    auto rows = csv{in};
    auto columns = std::array<column, csv_map::targets>{};
    for (auto i = std::size_t{0}; i != columns.size(); ++i) columns[i] = {map.entries[i].column, map.has(i)};
    if (!rows.bind(columns)) return in.finish();
    auto const lasting = map.has(csv_map::duration);
    while (rows.next()) {
        auto job = record{};
        auto& need = job.spec.need;
        if (map.has(csv_map::id)) {
            job.at = rows[csv_map::id].at;
            job.id = read_id(in, rows[csv_map::id]);
        }
        auto const time = [&](std::size_t what) {
            return read_instant(in, rows[what], map.time_unit(what), repair::negative_submit);
        };
        auto const submit = time(csv_map::submit);
        job.spec.submit = sim_time{submit};
        if (lasting)
            job.work.duration_ms = read_span(in, rows[csv_map::duration], map.time_unit(csv_map::duration),
                                             repair::negative_duration);
        if (map.has(csv_map::start) && rows.given(csv_map::start)) {
            auto const start = time(csv_map::start);
            if (in.row_stands()) expect_order(in, rows[csv_map::submit], submit, rows[csv_map::start], start);
            if (map.has(csv_map::end) && rows.given(csv_map::end)) {
                auto const end = time(csv_map::end);
                if (in.row_stands()) expect_order(in, rows[csv_map::start], start, rows[csv_map::end], end);
                if (!lasting) job.work.duration_ms = end - start;
            } else if (!lasting) {
                in.drop("unknown_duration");
            }
        } else if (!lasting) {
            in.drop("unknown_duration");
        }
        auto const gpu_unit = map.entries[csv_map::gpus].unit;
        if (gpu_unit == 0) need = job::gang(read_gpus(in, rows[csv_map::gpus]));
        else
            detail::read_gpu_fraction(in, rows[csv_map::gpus], gpu_unit == 1 ? whole_gpu : whole_gpu / 100,
                                      need);
        if (map.has(csv_map::cpu) && in.row_stands())
            need.cpu_milli = detail::read_share(
                in, rows[csv_map::cpu], map.entries[csv_map::cpu].unit == 0 ? 1000 : 1, need.gpus_min);
        if (map.has(csv_map::mem) && in.row_stands())
            need.mem_mib = detail::read_share(in, rows[csv_map::mem],
                                              map.entries[csv_map::mem].unit == 0 ? 1 : 1024, need.gpus_min);
        if (map.has(csv_map::priority))
            job.spec.priority = static_cast<std::int32_t>(
                read_whole(in, rows[csv_map::priority], std::numeric_limits<std::int32_t>::min(),
                           std::numeric_limits<std::int32_t>::max()));
        if (rows.given(csv_map::limit))
            job.spec.limit_ms = read_span(in, rows[csv_map::limit], map.time_unit(csv_map::limit));
        if (rows.given(csv_map::deadline)) {
            auto const due = time(csv_map::deadline);
            if (in.row_stands())
                expect_order(in, rows[csv_map::submit], submit, rows[csv_map::deadline], due);
            job.spec.deadline = sim_time{due};
        }
        if (in.row_stands()) {
            if (rows.given(csv_map::user)) job.spec.user = in.user(rows[csv_map::user].text);
            if (rows.given(csv_map::tenant))
                job.spec.tenant = in.tenant(rows[csv_map::tenant].text, rows[csv_map::tenant].at);
        }
        in.end_row(job);
    }
    return in.finish();
}

} // namespace rota::trace

#endif
