// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_METRICS_HPP
#define ROTA_REPORT_METRICS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/report/distribution.hpp>
#include <rota/report/facts.hpp>

namespace rota::report {

/// One run in numbers. What there is no data for is nothing, never zero and never NaN.
struct metrics {
    std::size_t jobs = 0;
    std::array<std::size_t, 6> outcomes{}; ///< jobs by job::outcome

    std::optional<distribution> jct;   ///< submission to end, of the jobs that ran to their end
    std::optional<distribution> wait;  ///< of it: without devices
    std::optional<millis> makespan_ms; ///< first submission to last end of a job that ran
    std::optional<int128> capacity;    ///< GPU-milli x ms of the whole cluster over the makespan
    int128 held = 0;                   ///< GPU-milli x ms that jobs held
    std::optional<int128> useful = 0;  ///< of it: work that counted
    std::uint64_t preemptions = 0;     ///< stops that were ordered
    std::uint64_t interruptions = 0;   ///< stops by the world
    int128 overhead_ms = 0;            ///< devices held without work, all jobs together
    int128 lost_ms = 0;                ///< work thrown away, all jobs together

    [[nodiscard]] std::size_t count(job::outcome of) const noexcept {
        return outcomes[static_cast<std::size_t>(of)];
    }
    /// Share of the cluster that was held.
    [[nodiscard]] std::optional<double> allocation() const noexcept { return of_capacity(held); }
    /// Share of the cluster that did useful work.
    [[nodiscard]] std::optional<double> utilisation() const noexcept { return of_capacity(useful); }

    friend bool operator==(metrics const&, metrics const&) = default;

private:
    [[nodiscard]] std::optional<double> of_capacity(std::optional<int128> part) const noexcept {
        if (!part || !capacity || *capacity == 0) return std::nullopt;
        return static_cast<double>(*part) / static_cast<double>(*capacity);
    }
};

/// The metrics of a run on a cluster of so many GPUs. An empty run has metrics too: nothing in most fields.
[[nodiscard]] inline metrics metrics_of(std::span<facts const> all, std::int64_t gpus) {
    auto out = metrics{};
    auto jct = std::vector<millis>{};
    auto wait = std::vector<millis>{};
    auto first = never;
    auto last = std::optional<sim_time>{};
    out.jobs = all.size();
    for (auto const& one : all) {
        auto const& r = one.became;
        ++out.outcomes[static_cast<std::size_t>(r.outcome)];
        first = std::min(first, one.submit);
        out.held += one.held;
        if (out.useful && one.useful) *out.useful += *one.useful;
        else out.useful.reset();
        out.preemptions += r.preemptions;
        out.interruptions += r.interruptions;
        out.overhead_ms += r.overhead_ms;
        out.lost_ms += r.lost_ms;
        if (!one.ran_to_end()) continue;
        jct.push_back(one.jct_ms());
        wait.push_back(one.wait_ms());
        last = last ? std::max(*last, r.finish) : r.finish;
    }
    out.jct = distribution_of(std::move(jct));
    out.wait = distribution_of(std::move(wait));
    if (last) {
        out.makespan_ms = *last - first;
        out.capacity = int128{gpus} * whole_gpu * *out.makespan_ms;
    }
    return out;
}

} // namespace rota::report

#endif
