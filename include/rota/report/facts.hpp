// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_FACTS_HPP
#define ROTA_REPORT_FACTS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/result.hpp>

namespace rota::report {

/// What is known of one job when a run is over: all that metrics are made of.
struct facts {
    sim_time submit{};
    simulation::result became{};
    int128 held = 0;              ///< GPU-milli x ms, all runs together
    std::optional<int128> useful; ///< of it: work that counted; nothing: not known

    /// It ran and came to its end by itself, as a success or not: such jobs have a completion time.
    [[nodiscard]] constexpr bool ran_to_end() const noexcept {
        return became.finish != never && became.outcome != job::outcome::rejected &&
               became.outcome != job::outcome::unfinished;
    }
    /// Completion time. Expects ran_to_end().
    [[nodiscard]] constexpr millis jct_ms() const noexcept { return became.finish - submit; }
    /// Queueing delay: the part of the completion time without devices, before the first start and after
    /// stops. Expects ran_to_end().
    [[nodiscard]] constexpr millis wait_ms() const noexcept { return jct_ms() - became.run_ms; }

    friend bool operator==(facts const&, facts const&) = default;
};

/// The facts of every job from what a simulation hands back. Shape: [jobs].
///
/// A job that ran holds gpus_max GPUs at its full share: exact for rigid jobs; what elastic ones held is in
/// the schedule log alone. Expects   results of that workload.
[[nodiscard]] inline std::vector<facts> facts_of(job::workload const& workload,
                                                 std::vector<simulation::result> const& results) {
    ROTA_EXPECTS(workload.size() == results.size(), "results of this workload");
    auto all = std::vector<facts>(results.size());
    for (auto i = std::size_t{0}; i != all.size(); ++i) {
        auto const& need = workload.specs[i].need;
        auto const& r = results[i];
        auto const milli = std::int64_t{need.gpus_max} * need.milli;
        all[i] = {.submit = workload.specs[i].submit,
                  .became = r,
                  .held = int128{milli} * r.run_ms,
                  .useful = int128{milli} * (r.run_ms - r.overhead_ms - r.lost_ms)};
    }
    return all;
}

} // namespace rota::report

#endif
