// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_ENDED_AS_HPP
#define ROTA_LIVE_ENDED_AS_HPP

#include <rota/live/backend.hpp>
#include <rota/log/record.hpp>

namespace rota::live {

/// The end of a job in the words of the log.
struct ended_as {
    log::kind how = log::kind::fail;
    log::cause why = log::cause::lost; ///< the manager knows it no more
};

/// What became of a job that is over, or that the manager knows no more (null). One that was not seen to run has,
/// for the books, been taken away.
[[nodiscard]] inline ended_as end_of(job_status const* s, bool ran) {
    auto out = ended_as{};
    if (s != nullptr) switch (s->state) {
        case job_state::completed: out = {log::kind::finish, log::cause::none}; break;
        case job_state::cancelled: return {log::kind::cancel, log::cause::user};
        case job_state::timed_out: out.why = log::cause::timed_out; break;
        case job_state::node_failed: out.why = log::cause::node_down; break;
        default: out.why = log::cause::job_error; break;
        }
    return ran ? out : ended_as{log::kind::cancel, log::cause::lost};
}

} // namespace rota::live

#endif
