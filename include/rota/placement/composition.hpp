// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_COMPOSITION_HPP
#define ROTA_PLACEMENT_COMPOSITION_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// Two scorers asked as one: what `weighted` and `tiers` are made of. It sees as far as the part that sees
/// furthest. GPUs are those that the first picks.
///
/// Join::of(first, second) makes one score of two.
template <pod_scorer First, pod_scorer Second, class Join>
class composition {
    static constexpr bool by_row = row_scorer<First> || row_scorer<Second>;

public:
    static constexpr auto sees =
        locality_of<First>() < locality_of<Second>() ? locality_of<Second>() : locality_of<First>();
    static constexpr bool reads_held = placement::reads_held<First>() || placement::reads_held<Second>();
    static constexpr bool reads_kind = placement::reads_kind<First>() || placement::reads_kind<Second>();

    /// The summaries of those parts that need one.
    struct row {
        struct nothing {};
        template <class S>
        struct of {
            using type = nothing;
        };
        template <row_scorer S>
        struct of<S> {
            using type = typename S::row;
        };
        typename of<First>::type first{};
        typename of<Second>::type second{};
    };

    constexpr composition() = default;
    constexpr composition(First first, Second second) noexcept : first_{first}, second_{second} {}

    ROTA_HOST_DEVICE constexpr void widen(row& all, node_state const& on, job::pod const& need) const noexcept
        requires by_row
    {
        if constexpr (row_scorer<First>) first_.widen(all.first, on, need);
        if constexpr (row_scorer<Second>) second_.widen(all.second, on, need);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on, job::pod const& need,
                                                                row const& all) const noexcept
        requires by_row
    {
        return Join::of(part(first_, on, need, all.first), part(second_, on, need, all.second));
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept
        requires(!by_row)
    {
        return Join::of(first_.score(on, need), second_.score(on, need));
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return first_.pick(on, need);
    }

private:
    template <class S, class Summary>
    [[nodiscard]] ROTA_HOST_DEVICE static constexpr std::int64_t
    part(S const& one, node_state const& on, job::pod const& need, Summary const& all) noexcept {
        if constexpr (row_scorer<S>) return one.score(on, need, all);
        else return one.score(on, need);
    }

    [[no_unique_address]] First first_{};
    [[no_unique_address]] Second second_{};
};

} // namespace rota::placement

#endif
