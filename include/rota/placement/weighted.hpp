// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_WEIGHTED_HPP
#define ROTA_PLACEMENT_WEIGHTED_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/placement/composition.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

namespace detail {

template <std::int64_t FirstWeight, std::int64_t SecondWeight>
struct weighted_join {
    [[nodiscard]] ROTA_HOST_DEVICE static constexpr std::int64_t of(std::int64_t first,
                                                                    std::int64_t second) noexcept {
        return FirstWeight * first + SecondWeight * second;
    }
};

} // namespace detail

/// The weighted sum of two scores; more of them by nesting. GPUs are those that the first picks.
///
/// Expects   a sum that fits 64 bits.
/// Source    the Kubernetes scheduler: the sum of its plugins' scores, each times its weight.
template <pod_scorer First, std::int64_t FirstWeight, pod_scorer Second, std::int64_t SecondWeight>
class weighted : public composition<First, Second, detail::weighted_join<FirstWeight, SecondWeight>> {
    using composition<First, Second, detail::weighted_join<FirstWeight, SecondWeight>>::composition;
};

} // namespace rota::placement

#endif
