// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_RESULT_HPP
#define ROTA_SIMULATION_RESULT_HPP

#include <cstdint>

#include <rota/core/units.hpp>
#include <rota/job/work.hpp>

namespace rota::simulation {

/// What became of one job.
struct result {
    sim_time first_start = never;
    sim_time finish = never; ///< its end, whatever the outcome; never: it has not ended
    millis run_ms = 0;       ///< devices held, all runs together
    millis overhead_ms = 0;  ///< of it: launching, saving, restoring, waiting for a stop
    millis lost_ms = 0;      ///< of it: work that was thrown away
    std::uint32_t preemptions = 0;
    std::uint32_t interruptions = 0;
    job::outcome outcome = job::outcome::unfinished;

    friend bool operator==(result const&, result const&) = default;
};

} // namespace rota::simulation

#endif
