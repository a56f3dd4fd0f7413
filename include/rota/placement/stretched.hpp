// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_STRETCHED_HPP
#define ROTA_PLACEMENT_STRETCHED_HPP

#include <cstdint>
#include <limits>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// The scores of another scorer, stretched so that the worst node on which the pod fits has 0 and the best
/// has Top; all 0 where they are alike.
///
/// Alone it ranks as the other does, with more ties; in a sum it gives each part the same say. One node more
/// or less can change every score, so engines that keep scores do not take it.
/// Expects   scores of less than 2^63 / Top apart.
/// Source    the Kubernetes scheduler, NormalizeScore; best fit in Q. Weng et al., "Beware of Fragmentation",
/// ATC 2023.
template <state_scorer Scorer, std::int64_t Top = 100>
class stretched {
public:
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = Top;
    static constexpr auto sees =
        locality_of<Scorer>() == locality::history ? locality::history : locality::row;
    static constexpr bool reads_held = placement::reads_held<Scorer>();
    static constexpr bool reads_kind = placement::reads_kind<Scorer>();

    /// The range of the scores.
    struct row {
        std::int64_t low = std::numeric_limits<std::int64_t>::max();
        std::int64_t high = std::numeric_limits<std::int64_t>::min();
    };

    stretched() = default;
    explicit constexpr stretched(Scorer score) noexcept : score_{score} {}

    ROTA_HOST_DEVICE constexpr void widen(row& all, node_state const& on,
                                          job::pod const& need) const noexcept {
        auto const here = score_.score(on, need);
        if (here < all.low) all.low = here;
        if (here > all.high) all.high = here;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on, job::pod const& need,
                                                                row const& all) const noexcept {
        if (all.low == all.high) return 0;
        return (score_.score(on, need) - all.low) * Top / (all.high - all.low);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return score_.pick(on, need);
    }

private:
    [[no_unique_address]] Scorer score_{};
};

} // namespace rota::placement

#endif
