// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_TIRESIAS_HPP
#define ROTA_TRACE_TIRESIAS_HPP

#include <array>
#include <cstddef>

#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// Jobs of the Tiresias simulator: `job_id,num_gpu,submit_time,iterations,model_name,duration,interval`.
///
/// Times are seconds; submit times stay as given, the first need not be 0. The schema's older form and its
/// extensions (Muri, ElasticFlow) read as well.
/// Source    J. Gu et al., "Tiresias: A GPU Cluster Manager for Distributed Deep Learning", NSDI 2019.
[[nodiscard]] inline reading read_tiresias(source const& from, options const& how = {}) {
    enum : std::size_t { job_id, num_gpu, submit_time, duration };
    static constexpr auto columns = std::to_array<column>({{"job_id"},
                                                           {"num_gpu"},
                                                           {"submit_time"},
                                                           {"duration"},
                                                           {"iterations", false, "iteration"},
                                                           {"model_name", false},
                                                           {"interval", false},
                                                           {"start_time", false},
                                                           {"model_size", false},
                                                           {"aggr_interval", false},
                                                           {"model_scale", false}});
    auto in = intake{from, how};
    auto rows = csv{in};
    if (!rows.bind(columns)) return in.finish(clock_start::as_given);
    while (rows.next()) {
        auto job = record{};
        job.at = rows[job_id].at;
        job.id = read_id(in, rows[job_id]);
        job.spec.need = job::gang(read_gpus(in, rows[num_gpu]));
        job.spec.submit = sim_time{read_instant(in, rows[submit_time], unit::s, repair::negative_submit)};
        job.work.duration_ms = read_span(in, rows[duration], unit::s, repair::negative_duration);
        in.end_row(job);
    }
    return in.finish(clock_start::as_given);
}

} // namespace rota::trace

#endif
