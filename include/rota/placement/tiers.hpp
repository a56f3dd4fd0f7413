// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TIERS_HPP
#define ROTA_PLACEMENT_TIERS_HPP

#include <concepts>
#include <cstdint>
#include <limits>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/placement/composition.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// A scorer that says between which bounds its scores lie, both among them.
template <class S>
concept bounded = pod_scorer<S> && requires {
    { S::least } -> std::convertible_to<std::int64_t>;
    { S::most } -> std::convertible_to<std::int64_t>;
};

namespace detail {

template <class First, class Second>
struct tier_join {
    static_assert(bounded<First> && bounded<Second>,
                  "rota: a tier states the bounds of its score as `least` and `most`");
    static constexpr auto size = int128{Second::most} - Second::least + 1; ///< of the second's range
    static constexpr auto last = (int128{First::most} - First::least + 1) * size - 1;
    static_assert(last < std::numeric_limits<std::int64_t>::max(),
                  "rota: the ranges of these tiers together need more than 63 bits");

    [[nodiscard]] ROTA_HOST_DEVICE static constexpr std::int64_t of(std::int64_t first,
                                                                    std::int64_t second) noexcept {
        return (first - First::least) * static_cast<std::int64_t>(size) + (second - Second::least);
    }
};

} // namespace detail

/// The first score decides, and the second among equals; more tiers by nesting. GPUs are those that the first
/// picks.
///
/// Source    the score ladder of KAI-Scheduler, whose tiers lie an order of magnitude apart; here none can
/// reach the one above it.
template <pod_scorer First, pod_scorer Second>
class tiers : public composition<First, Second, detail::tier_join<First, Second>> {
    using join = detail::tier_join<First, Second>;
    static_assert(sizeof(join) != 0); // its conditions hold, also where nobody asks for a score

public:
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = static_cast<std::int64_t>(join::last);

    using composition<First, Second, join>::composition;
};
template <class First, class Second>
tiers(First, Second) -> tiers<First, Second>;

} // namespace rota::placement

#endif
