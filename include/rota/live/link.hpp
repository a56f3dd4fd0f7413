// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_LINK_HPP
#define ROTA_LIVE_LINK_HPP

#include <cstdint>
#include <string>

#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>

namespace rota::live {

/// How far an order has been carried.
enum class carried : std::uint8_t { nothing, told, refused, withdrawing, withdrawn, saving };

/// What a host knows of a job besides the books: its name, and what it said of it to the manager.
struct link {
    std::string name;
    std::uint32_t run = 0; ///< the manager's number of the run that the books speak of
    std::uint32_t op = 0;  ///< of the order that is being carried
    carried how_far{};
    sim_time since = never;          ///< the order was first carried
    sim_time again{};                ///< no verb before
    sim_time ready{};                ///< no start before: its requeue is too fresh
    sim_time runs_since = never;     ///< as seen
    int failed = 0;                  ///< starts, since it last ran
    job_status const* now = nullptr; ///< in this round; null: the manager knows it no more
    bool known = false;              ///< to the manager, in the last round
    bool gone = false;               ///< the manager has not known it, or has said that it is over

    /// Where this job is over for the books, that is another: its manager has begun it, or its name, anew.
    [[nodiscard]] bool is_another(job_status const& s) const noexcept {
        return s.idle && (gone || s.restarts > run);
    }

    /// It is being stopped and has failed: who does not know the word to save may die of it, and is requeued all the same,
    /// unless that was refused.
    [[nodiscard]] bool dies_of_us() const noexcept {
        return now != nullptr && now->state == job_state::failed && now->restarts == run &&
               how_far != carried::refused;
    }
    /// It was requeued, and its next run has that number.
    void runs_as(std::uint32_t number, sim_time from) noexcept {
        run = number;
        ready = from;
    }
    void carries(std::uint32_t order, sim_time at, carried far) noexcept {
        op = order;
        since = at;
        how_far = far;
    }
    /// The manager shows the job so.
    void sees(job_status const& s, sim_time at) noexcept {
        now = &s;
        known = true;
        if (s.state != job_state::running) runs_since = never;
        else if (runs_since == never) runs_since = at;
        if (s.state == job_state::held && s.refused && how_far == carried::told) how_far = carried::refused;
    }
};

} // namespace rota::live

#endif
