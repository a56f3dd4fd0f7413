// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include <fmt/format.h>

#include <rota/core/units.hpp>
#include <rota/trace/record.hpp>

#include "console.hpp"
#include "inputs.hpp"
#include "options.hpp"

namespace cli {

namespace {

/// What is worth saying of jobs that nobody holds.
class summary_of_jobs {
public:
    void add(rota::trace::record const& job) {
        auto const at = index(job.spec.submit);
        first_ms_ = std::min(first_ms_, at);
        last_ms_ = std::max(last_ms_, at);
        longest_ms_ = std::max(longest_ms_, job.work.duration_ms);
        run_ms_ += static_cast<double>(job.work.duration_ms);
        largest_ = std::max(largest_, job.spec.need.gpus_max);
        // the reader has seen that their sum fits
        work_ += std::int64_t{job.spec.need.gpus_min} * job.spec.need.milli * job.work.duration_ms;
        ++jobs_;
        if (jobs_ % 10'000'000 == 0) say(fmt::format("{} million jobs", jobs_ / 1'000'000));
    }

    [[nodiscard]] std::string text() const {
        if (jobs_ == 0) return "jobs              0\n";
        auto const s = [](rota::millis ms) { return static_cast<double>(ms) / 1000; };
        auto const span_ms = last_ms_ - first_ms_;
        return fmt::format("jobs              {}\n"
                           "GPU hours         {:.2f}\n"
                           "largest gang      {} GPUs\n"
                           "first submission  {:.3f} s\n"
                           "last submission   {:.3f} s, {:.2f} days later\n"
                           "run time          mean {:.3f} s, longest {:.3f} s\n",
                           jobs_, static_cast<double>(work_) / rota::whole_gpu / 3'600'000, largest_,
                           s(first_ms_), s(last_ms_), s(span_ms) / 86'400,
                           run_ms_ / static_cast<double>(jobs_) / 1000, s(longest_ms_));
    }

private:
    std::uint64_t jobs_ = 0;
    rota::millis first_ms_ = std::numeric_limits<rota::millis>::max();
    rota::millis last_ms_ = 0;
    rota::millis longest_ms_ = 0;
    double run_ms_ = 0;
    std::uint16_t largest_ = 0;
    std::int64_t work_ = 0; ///< GPU-milli ms
};

} // namespace

int trace_summary(trace_options const& asked) {
    end_on_signals();
    auto jobs = summary_of_jobs{};
    auto const got =
        walk_workload(asked.input, asked.any_id, [&](rota::trace::record const& job) { jobs.add(job); });
    auto const& rows = got.tally;
    print(fmt::format("rows              {}: {} kept, {} dropped, {} blank, {} comment\n", rows.rows_in,
                      rows.kept, rows.dropped, rows.blank, rows.comment));
    print(jobs.text());
    print(fmt::format("tenants           {}\n", got.workload.tenants.size() - 1));
    for (auto const& one : rows.counts) print(fmt::format("{:<33} {}\n", one.name, one.count));
    for (auto const& one : got.diagnostics)
        if (one.level == rota::trace::severity::warning)
            print(fmt::format("{:<33} line {}\n", one.code, one.line));
    return 0;
}

} // namespace cli
