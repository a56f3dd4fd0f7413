// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_HELIOS_HPP
#define ROTA_TRACE_HELIOS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <rota/core/checked.hpp>
#include <rota/job/work.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

namespace detail {

/// `job_id,arrival_s,service_sec,gpu_count`: seconds, no user, tenant or state.
inline void helios_converted(intake& in, csv& rows) {
    enum : std::size_t { job_id, arrival_s, service_sec, gpu_count };
    static constexpr auto columns =
        std::to_array<column>({{"job_id"}, {"arrival_s"}, {"service_sec"}, {"gpu_count"}});
    if (!rows.bind(columns)) return;
    while (rows.next()) {
        auto job = record{};
        job.at = rows[job_id].at;
        job.id = read_id(in, rows[job_id]);
        job.spec.submit = sim_time{read_instant(in, rows[arrival_s], unit::s, repair::negative_submit)};
        job.work.duration_ms = read_span(in, rows[service_sec], unit::s, repair::negative_duration);
        job.spec.need = job::gang(read_gpus(in, rows[gpu_count]));
        in.end_row(job);
    }
}

/// The published cluster_log: dates without zone, users, virtual clusters, states.
inline void helios_log(intake& in, csv& rows) {
    enum : std::size_t {
        job_id,
        user,
        vc,
        gpu_num,
        cpu_num,
        state,
        submit_time,
        duration,
        start_time,
        end_time
    };
    static constexpr auto columns = std::to_array<column>({{"job_id"},
                                                           {"user", false},
                                                           {"vc", false},
                                                           {"gpu_num"},
                                                           {"cpu_num", false},
                                                           {"state"},
                                                           {"submit_time"},
                                                           {"duration"},
                                                           {"start_time", false},
                                                           {"end_time", false},
                                                           {"node_num", false},
                                                           {"queue", false}});
    static constexpr auto states =
        std::to_array<std::string_view>({"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL"});
    static constexpr auto ends =
        std::to_array<job::outcome>({job::outcome::completed, job::outcome::cancelled, job::outcome::failed,
                                     job::outcome::timed_out, job::outcome::failed});
    if (!rows.bind(columns)) return;
    auto const known = [&](std::size_t time) { return rows.given(time) && rows[time].text != "None"; };
    while (rows.next()) {
        auto job = record{};
        job.at = rows[job_id].at;
        job.id = read_id(in, rows[job_id]);
        auto const submit = read_instant(in, rows[submit_time], unit::date);
        job.spec.submit = sim_time{submit};
        job.work.duration_ms = read_span(in, rows[duration], unit::s, repair::negative_duration);
        auto start = submit;
        if (known(start_time)) {
            start = read_instant(in, rows[start_time], unit::date);
            if (in.row_stands()) expect_order(in, rows[submit_time], submit, rows[start_time], start);
        }
        if (known(end_time)) {
            auto const end = read_instant(in, rows[end_time], unit::date);
            auto const before = known(start_time) ? start_time : submit_time;
            if (in.row_stands()) expect_order(in, rows[before], start, rows[end_time], end);
            if (in.row_stands() && known(start_time) && end - start != job.work.duration_ms)
                in.count("duration_is_not_end_minus_start");
        } else {
            in.count("end_unknown");
        }
        auto const gpus = read_gpus(in, rows[gpu_num]);
        job.spec.need = job::gang(gpus);
        if (rows.given(cpu_num)) {
            auto const cores =
                read_whole(in, rows[cpu_num], 0, std::numeric_limits<std::uint32_t>::max() / 1000);
            if (gpus != 0)
                job.spec.need.cpu_milli = static_cast<std::uint32_t>(divide_up(cores * 1000, gpus));
        }
        auto const status = read_word(in, rows[state], states);
        job.work.ends = ends[status];
        if (in.row_stands()) {
            if (status == 4) in.count("node_fail_read_as_failed");
            if (rows.given(user)) job.spec.user = in.user(rows[user].text);
            if (rows.given(vc)) job.spec.tenant = in.tenant(rows[vc].text, rows[vc].at);
        }
        in.end_row(job);
    }
}

} // namespace detail

/// Jobs of SenseTime's Helios clusters: the published cluster_log, or the converted form
/// `job_id,arrival_s,service_sec,gpu_count`; the header tells which.
///
/// The log's dates have no zone; `vc` is the tenant; CPU cores are shared out over the GPUs, rounded up. A
/// job on no GPU goes by options::zero_gpus.
/// Source    Q. Hu et al., "Characterization and Prediction of Deep Learning Workloads in Large-Scale GPU
/// Datacenters", SC 2021.
[[nodiscard]] inline reading read_helios(source const& from, options const& how = {}) {
    auto in = intake{from, how};
    auto rows = csv{in};
    if (rows.has("arrival_s") || rows.has("service_sec") || rows.has("gpu_count"))
        detail::helios_converted(in, rows);
    else detail::helios_log(in, rows);
    return in.finish();
}

} // namespace rota::trace

#endif
