// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SACCT_STATES_HPP
#define ROTA_TRACE_SACCT_STATES_HPP

#include <array>
#include <cstdint>
#include <string_view>

#include <rota/job/work.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// What a row of Slurm's accounting is for its job.
enum class sacct_way : std::uint8_t {
    ended,   ///< its end
    run,     ///< a run that is not its last, or not over
    part,    ///< a run up to a change of its size
    pending, ///< it never ran
    revoked, ///< it ran on another cluster of the federation
};

/// A state of Slurm's accounting.
struct sacct_job_state {
    std::string_view name;
    sacct_way goes = sacct_way::ended;
    job::outcome ends = job::outcome::completed;
    bool again = false;            ///< another row of the same job may follow
    std::string_view read_as = {}; ///< counted under that name, as it is read as something it is not quite
};

inline constexpr auto sacct_states = std::to_array<sacct_job_state>({
    {"COMPLETED"},
    {"FAILED", sacct_way::ended, job::outcome::failed},
    {"CANCELLED", sacct_way::ended, job::outcome::cancelled},
    {"TIMEOUT", sacct_way::ended, job::outcome::timed_out},
    {"OUT_OF_MEMORY", sacct_way::ended, job::outcome::failed},
    {"NODE_FAIL", sacct_way::ended, job::outcome::failed, true, "node_fail_read_as_failed"},
    {"BOOT_FAIL", sacct_way::ended, job::outcome::failed},
    {"DEADLINE", sacct_way::ended, job::outcome::timed_out},
    {"PREEMPTED", sacct_way::ended, job::outcome::cancelled, true, "preempted_read_as_cancelled"},
    {"REQUEUED", sacct_way::run, {}, true},
    {"RESIZING", sacct_way::part, {}, true},
    {"RUNNING", sacct_way::run},
    {"COMPLETING", sacct_way::run},
    {"CONFIGURING", sacct_way::run},
    {"SUSPENDED", sacct_way::run},
    {"PENDING", sacct_way::pending},
    {"REVOKED", sacct_way::revoked},
});

/// The state of that name, null where there is none. `CANCELLED by 1000` is CANCELLED.
[[nodiscard]] inline sacct_job_state const* find_sacct_state(std::string_view text) noexcept {
    if (text.starts_with("CANCELLED by ")) text = "CANCELLED";
    for (auto const& one : sacct_states)
        if (one.name == text) return &one;
    return nullptr;
}

/// The state of a row; Errors: E-ENUM with the allowed list and the nearest.
[[nodiscard]] inline sacct_job_state const& read_sacct_state(intake& in, cell const& what) {
    if (auto const* const found = find_sacct_state(what.text)) return *found;
    auto names = std::array<std::string_view, sacct_states.size()>{};
    for (auto i = std::size_t{0}; i != names.size(); ++i) names[i] = sacct_states[i].name;
    in.bad(what.at, "E-ENUM", detail::in_column(what) + one_of(what.text, names));
    return sacct_states.front();
}

} // namespace rota::trace

#endif
