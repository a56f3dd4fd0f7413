// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_ITP_HPP
#define ROTA_TRACE_ITP_HPP

#include <array>
#include <cstddef>

#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// Jobs of Microsoft's ITP clusters: `job_id,submission_time,duration,num_gpu`, with or without a deadline.
///
/// Times are seconds. The forms with iterations, model, batch size and `deadline` (or `ddl`, a point in time)
/// read as well.
/// Source    D. Gu et al., "ElasticFlow: An Elastic Serverless Training Platform for Distributed Deep
/// Learning", ASPLOS 2023.
[[nodiscard]] inline reading read_itp(source const& from, options const& how = {}) {
    enum : std::size_t { job_id, submission_time, duration, num_gpu, deadline };
    static constexpr auto columns = std::to_array<column>({{"job_id"},
                                                           {"submission_time", true, "submit_time"},
                                                           {"duration"},
                                                           {"num_gpu"},
                                                           {"deadline", false, "ddl"},
                                                           {"num_iteration", false, "iteration"},
                                                           {"model_name", false},
                                                           {"batch_size", false},
                                                           {"real_iteration", false},
                                                           {"real_duration", false}});
    auto in = intake{from, how};
    auto rows = csv{in};
    if (!rows.bind(columns)) return in.finish();
    while (rows.next()) {
        auto job = record{};
        job.at = rows[job_id].at;
        job.id = read_id(in, rows[job_id]);
        auto const submit = read_instant(in, rows[submission_time], unit::s, repair::negative_submit);
        job.spec.submit = sim_time{submit};
        job.work.duration_ms = read_span(in, rows[duration], unit::s, repair::negative_duration);
        job.spec.need = job::gang(read_gpus(in, rows[num_gpu]));
        if (rows.given(deadline)) {
            auto const due = read_instant(in, rows[deadline]);
            expect_order(in, rows[submission_time], submit, rows[deadline], due);
            job.spec.deadline = sim_time{due};
        }
        in.end_row(job);
    }
    return in.finish();
}

} // namespace rota::trace

#endif
