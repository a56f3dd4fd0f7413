// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_LINK_HPP
#define ROTA_SLURM_LINK_HPP

#include <cstdint>
#include <string>

#include <rota/core/units.hpp>
#include <rota/slurm/backend.hpp>

namespace rota::slurm {

/// How far an order has been carried.
enum class carried : std::uint8_t { nothing, told, withdrawing, withdrawn, saving };

/// What a host knows of a job besides the books: its name, and what it said of it to Slurm.
struct link {
    std::string name;
    std::uint32_t run = 0; ///< Slurm's number of the run that the books speak of
    std::uint32_t op = 0;  ///< of the order that is being carried
    carried how_far{};
    sim_time since = never;          ///< the order was first carried
    sim_time again{};                ///< no verb before
    sim_time ready{};                ///< no start before: its requeue is too fresh
    sim_time runs_since = never;     ///< as seen
    job_status const* now = nullptr; ///< in this round; null: Slurm knows it no more
    bool known = false;              ///< to Slurm, in the last round
};

} // namespace rota::slurm

#endif
