// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_LAW_HPP
#define ROTA_VERIFY_LAW_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rota::verify {

/// What a schedule must not break. The order is that of blame: an earlier law is nearer to the cause.
enum class law : std::uint8_t {
    ids_exist,
    nodes_as_told,
    devices_once,
    gang_exact,
    closed_nodes,
    capacity,
    suitable,
    time_forward,
    in_order,
    bounded,
    life_cycle,
    one_incarnation,
    orders_once,
    legal,
    settles,
    all_end,
    ends_once,
    quiescent,
    work_done,
    conservation,
    attained,
    drained,
    recount,
    charged_alike,
    metrics,
    round_trip,
    non_preemptive,
    strict_fifo,
    head_never_waits,
    work_conserving,
    promise_kept,
    deadlines_met,
    victims_justified,
    victims_needed,
    stopped_once,
    victims_worst,
    victims_in_the_way,
    in_turn,
    order_kept,
    quota_kept,
    cells_there,
    cells_kept,
    envy_free,
    sharing_incentive,
    event_driven,
    bounded_wait,
};

inline constexpr std::size_t laws = static_cast<std::size_t>(law::bounded_wait) + 1;

struct law_text {
    std::string_view code;
    std::string_view says;
};

inline constexpr std::array<law_text, laws> law_texts{{
    {"S0", "jobs, nodes and devices exist, and a placement names a node once"},
    {"S9", "nodes and quotas change as the world says"},
    {"S1", "no GPU is held beyond its thousand thousandths"},
    {"S2", "a gang holds the number, share, CPU and memory it asked for, or nothing"},
    {"S4", "nothing is given out on a closed node, and what it held is released if it is down"},
    {"S6", "CPU and memory stay within the node at every record"},
    {"S8", "a gang lies on one model that it accepts, spread no further than it allows"},
    {"T1", "time never decreases"},
    {"T2", "submission, starts and end of a job come in that order"},
    {"T3", "times are finite and nothing happens before zero"},
    {"L1", "every record of a job follows from its state"},
    {"A6", "a job never runs twice at once"},
    {"X2", "an order is carried out at most once, on the devices it named"},
    {"R7", "no action is refused"},
    {"L7", "the run settles at every instant and ends within its budget"},
    {"L6", "every job that an empty cluster can hold runs; the others are rejected"},
    {"A5", "every job is submitted once and ends once"},
    {"L2", "a pass without news changes nothing"},
    {"A1", "held time is work, overhead and lost work, exactly"},
    {"A2", "held, idle and closed capacity sum to capacity times time, exactly"},
    {"A7", "attained service is what was held, exactly"},
    {"A4", "after the last end everything is free"},
    {"A3", "every index is a recount of the state"},
    {"A8", "tenants are charged and discharged alike"},
    {"M1", "results and log tell the same story"},
    {"F1", "the log is its own text"},
    {"P1", "no running job is stopped"},
    {"P2", "first starts are decided in order of submission"},
    {"W1", "the first job in its order never waits where it fits"},
    {"W2", "no job waits where it fits"},
    {"P3", "a promised start never moves later and is kept"},
    {"P4", "an admitted job ends by its deadline"},
    {"P7", "whoever is stopped makes room for a higher priority"},
    {"P8", "nobody is stopped for a start that fits without"},
    {"P9", "nobody is stopped twice, or started again in its place, at one instant"},
    {"P10", "nobody is stopped where stopping worse ones would do"},
    {"P11", "whoever is stopped could not stay where it was"},
    {"P6", "of the waiting jobs that fit, the first in order starts"},
    {"P5", "no job waits where it would fit if those behind it in order gave way"},
    {"S7", "what is taken back was borrowed, and its taker's own"},
    {"S10", "every tenant could have its private cells, whatever guaranteed jobs hold"},
    {"W3", "no guaranteed job waits where its tenant's private cells have room"},
    {"P13", "no tenant waits that could run more on what another has, less a task that this one started"},
    {"P14", "a tenant that waits has its part of the cluster, less a task of each other"},
    {"T4", "nothing is decided where nothing has happened"},
    {"L3", "nobody waits longer than each job before it, and one more, may run"},
}};

[[nodiscard]] constexpr law_text const& text_of(law one) noexcept {
    return law_texts[static_cast<std::size_t>(one)];
}

} // namespace rota::verify

#endif
