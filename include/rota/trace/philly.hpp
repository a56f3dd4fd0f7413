// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_PHILLY_HPP
#define ROTA_TRACE_PHILLY_HPP

#include <array>
#include <cstddef>

#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// Jobs of Microsoft's Philly cluster in the CSV form `timestamp,duration,num_gpus,gpu_time,cluster`.
///
/// Submit is a local date, duration seconds, `cluster` the virtual cluster: a tenant. Jobs have no names. The
/// rows are not in order of time.
/// Source    M. Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training Workloads",
/// ATC 2019; the CSV is that of A. Qiao et al., "Pollux", OSDI 2021.
[[nodiscard]] inline reading read_philly(source const& from, options const& how = {}) {
    enum : std::size_t { timestamp, duration, num_gpus, cluster };
    static constexpr auto columns = std::to_array<column>(
        {{"timestamp"}, {"duration"}, {"num_gpus"}, {"cluster", false}, {"gpu_time", false}});
    auto in = intake{from, how};
    auto rows = csv{in};
    if (!rows.bind(columns)) return in.finish();
    while (rows.next()) {
        auto job = record{};
        job.spec.submit = sim_time{read_instant(in, rows[timestamp], unit::date)};
        job.work.duration_ms = read_span(in, rows[duration], unit::s, repair::negative_duration);
        job.spec.need = job::gang(read_gpus(in, rows[num_gpus]));
        if (in.row_stands() && rows.given(cluster))
            job.spec.tenant = in.tenant(rows[cluster].text, rows[cluster].at);
        in.end_row(job);
    }
    return in.finish();
}

} // namespace rota::trace

#endif
