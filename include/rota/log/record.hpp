// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LOG_RECORD_HPP
#define ROTA_LOG_RECORD_HPP

#include <array>
#include <cstdint>
#include <string_view>

#include <rota/core/units.hpp>

namespace rota::log {

/// What a record says. The order of the enumerators is part of no format; the names are.
enum class kind : std::uint8_t {
    submit,       ///< value: GPUs asked for
    order,        ///< decided, about to be sent; devices: what is wanted, none for a stop
    start,        ///< devices: what is held from now on
    start_failed, ///< nothing is held
    move,         ///< devices: what is held from now on
    move_failed,  ///< what was held is held still
    preempt,      ///< stopped by an order; nothing is held
    interrupt,    ///< stopped by the world; nothing is held
    finish,
    fail,
    cancel,
    reject,
    promise,   ///< value: the time by which the job will start
    node_down, ///< devices: the node, no GPU
    node_up,   ///< devices: the node, no GPU; the CPU and memory of it that others have
    quota,     ///< job: the tenant; value: its new nominal GPU-milli
    resync,    ///< from here on a new scheduler object decides
    stale,     ///< a fact that came too late or twice, dropped
};

inline constexpr std::array<std::string_view, 18> kind_names{
    "submit",  "order",     "start",   "start_failed", "move",   "move_failed",
    "preempt", "interrupt", "finish",  "fail",         "cancel", "reject",
    "promise", "node_down", "node_up", "quota",        "resync", "stale"};
static_assert(kind_names.size() == static_cast<std::size_t>(kind::stale) + 1, "every kind has a name");

/// Why it happened.
enum class cause : std::uint8_t {
    none,
    ordered,
    node_down,
    launch_error,
    lost,
    timed_out,
    displaced,
    elsewhere,
    infeasible,
    deadline,
    quota,
    user,
    job_error,
    checkpointed,
    killed,
    withdrawn,
    drained, ///< of a node: what runs there goes on
};

inline constexpr std::array<std::string_view, 17> cause_names{
    "-",         "ordered",      "node_down",  "launch_error", "lost",   "timed_out",
    "displaced", "elsewhere",    "infeasible", "deadline",     "quota",  "user",
    "job_error", "checkpointed", "killed",     "withdrawn",    "drained"};
static_assert(cause_names.size() == static_cast<std::size_t>(cause::drained) + 1, "every cause has a name");

/// One line of the schedule: an order or a fact.
///
/// `op` numbers orders in the order they were decided, so that order survives confirmations that overtake
/// each other. `first`, `count` point into schedule::slices.
struct record {
    sim_time at{};
    std::int64_t value = 0;
    std::uint32_t job = 0;
    std::uint32_t incarnation = 0;
    std::uint32_t op = 0;
    std::uint32_t first = 0;
    std::uint16_t count = 0;
    log::kind kind{};
    cause why{};
};
static_assert(sizeof(record) == 40);

/// The record is about a job; otherwise `job` is 0 or a tenant.
[[nodiscard]] constexpr bool about_a_job(kind what) noexcept {
    return what != kind::node_down && what != kind::node_up && what != kind::quota && what != kind::resync;
}

} // namespace rota::log

#endif
