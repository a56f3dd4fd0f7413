// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_ENDED_AS_HPP
#define ROTA_SIMULATION_ENDED_AS_HPP

#include <rota/job/work.hpp>
#include <rota/log/record.hpp>

namespace rota::simulation {

/// The end of a run in the words of the log.
struct ended_as {
    log::kind how{};
    log::cause why{};
};

/// Expects   an end that a run comes to by itself.
[[nodiscard]] constexpr ended_as end_of(job::outcome what) noexcept {
    switch (what) {
    case job::outcome::cancelled: return {log::kind::cancel, log::cause::user};
    case job::outcome::timed_out: return {log::kind::fail, log::cause::timed_out};
    case job::outcome::failed: return {log::kind::fail, log::cause::job_error};
    case job::outcome::completed: return {log::kind::finish, log::cause::none};
    default: return {log::kind::fail, log::cause::none};
    }
}

} // namespace rota::simulation

#endif
