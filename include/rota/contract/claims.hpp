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
        128 ///< whoever is stopped is of a lower class than somebody who starts at that instant
};

inline constexpr std::array<std::string_view, 8> claim_names{
    "strict_fifo",  "non_preemptive",  "head_never_waits", "work_conserving",
    "easy_promise", "meets_deadlines", "clairvoyant",      "justified_victims"};

[[nodiscard]] constexpr claim operator|(claim a, claim b) noexcept {
    return static_cast<claim>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr claim operator&(claim a, claim b) noexcept {
    return static_cast<claim>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr claim without(claim all, claim less) noexcept {
    return static_cast<claim>(static_cast<std::uint32_t>(all) & ~static_cast<std::uint32_t>(less));
}
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
