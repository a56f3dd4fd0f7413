// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_CLAIMS_HPP
#define ROTA_CONTRACT_CLAIMS_HPP

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace rota {

/// What a scheduler promises; the verifier judges it by the laws that follow. None: only by the unconditional
/// ones.
enum class claim : std::uint32_t {
    none = 0,
    strict_fifo = 1,      ///< starts are decided in order of submission
    non_preemptive = 2,   ///< never stops a running job
    head_never_waits = 4, ///< the first startable job in its order never waits where it fits
    work_conserving = 8,  ///< no startable job waits where it fits
    easy_promise = 16,    ///< a promised start never moves later and is kept
    meets_deadlines = 32, ///< an admitted job ends by its deadline
    clairvoyant = 64,     ///< asks the simulator for what no real cluster knows
    justified_victims =
        128, ///< whoever is stopped is of a lower class than somebody who starts at that instant
    // who goes first, of the waiting jobs that fit; of equals the one submitted first
    by_submission = 256,
    by_limit = 512,          ///< the least declared run time
    by_time_left = 1024,     ///< the least of it that is left
    by_service = 2048,       ///< the least attained GPU time, in the steps that the verifier is told
    by_priority = 4096,      ///< the highest
    by_share = 8192,         ///< the tenant with the least dominant share
    order_kept = 16384,      ///< running jobs give way to those that are strictly before them in that order
    minimal_victims = 32768, ///< nobody is stopped whose place is not needed
    worst_victims = 65536,   ///< nobody is stopped where worse ones would do
    quota_kept = 131072,     ///< who is stopped was borrowing, for somebody who takes back what is its own
    event_driven = 262144,   ///< decides only when something has happened
    bounded_wait = 524288,   ///< each job before it delays a job by one run at most
    cells_kept = 1048576,    ///< a tenant's private cells are there whenever its guaranteed jobs want them
    envy_free = 2097152,     ///< no tenant waits that would rather have what another has, less a task
    sharing_incentive = 4194304 ///< nor one that has less than its part of the cluster, less tasks of others
};

inline constexpr std::array<std::string_view, 23> claim_names{
    "strict_fifo",     "non_preemptive", "head_never_waits",  "work_conserving", "easy_promise",
    "meets_deadlines", "clairvoyant",    "justified_victims", "by_submission",   "by_limit",
    "by_time_left",    "by_service",     "by_priority",       "by_share",        "order_kept",
    "minimal_victims", "worst_victims",  "quota_kept",        "event_driven",    "bounded_wait",
    "cells_kept",      "envy_free",      "sharing_incentive"};

[[nodiscard]] constexpr claim operator|(claim a, claim b) noexcept {
    return static_cast<claim>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr claim operator&(claim a, claim b) noexcept {
    return static_cast<claim>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr claim without(claim all, claim less) noexcept {
    return static_cast<claim>(static_cast<std::uint32_t>(all) & ~static_cast<std::uint32_t>(less));
}
/// Those of an order that gives every job a key of its own, and all that say who goes first.
inline constexpr auto keyed_orders =
    claim::by_submission | claim::by_limit | claim::by_time_left | claim::by_service | claim::by_priority;
inline constexpr auto all_orders = keyed_orders | claim::by_share;

[[nodiscard]] constexpr bool has(claim all, claim one) noexcept { return (all & one) != claim::none; }

/// What S says of itself in `S::claims`, none where it says nothing.
template <class S>
[[nodiscard]] constexpr claim claims_of() noexcept {
    if constexpr (requires {
                      { S::claims } -> std::convertible_to<claim>;
                  })
        return S::claims;
    else return claim::none;
}

} // namespace rota

#endif
