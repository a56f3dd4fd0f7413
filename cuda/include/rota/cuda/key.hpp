// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_KEY_HPP
#define ROTA_CUDA_KEY_HPP

#include <bit>
#include <cstdint>
#include <type_traits>

#include <rota/core/config.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/tiers.hpp>

namespace rota::cuda {

/// A score between bounds and the node that has it, in 64 bits: the least is the highest score on the lowest
/// id, and all bits set is no node.
///
/// The width of the score leaves the other bits for the node.
template <std::int64_t Least, std::int64_t Most>
class packed_key {
    static constexpr auto range = static_cast<std::uint64_t>(Most) - static_cast<std::uint64_t>(Least);
    static constexpr auto score_bits = std::bit_width(range + 1); // never all set
    static constexpr auto node_bits = 64 - score_bits < 31 ? 64 - score_bits : 31;

public:
    static constexpr auto nodes_max = std::uint32_t{(std::uint64_t{1} << node_bits) - 1};

    [[nodiscard]] ROTA_HOST_DEVICE static constexpr packed_key none() noexcept { return {~std::uint64_t{0}}; }
    /// Expects   Least <= score <= Most, node < nodes_max.
    [[nodiscard]] ROTA_HOST_DEVICE static constexpr packed_key of(std::int64_t score,
                                                                  std::uint32_t node) noexcept {
        auto const below = static_cast<std::uint64_t>(Most) - static_cast<std::uint64_t>(score);
        return {below << node_bits | node};
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint32_t node() const noexcept {
        return static_cast<std::uint32_t>(bits & ((std::uint64_t{1} << node_bits) - 1));
    }
    /// As of an engine: the score turned round.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t key() const noexcept {
        return ~static_cast<std::int64_t>(static_cast<std::uint64_t>(Most) - (bits >> node_bits));
    }

    [[nodiscard]] friend ROTA_HOST_DEVICE constexpr bool operator<(packed_key a, packed_key b) noexcept {
        return a.bits < b.bits;
    }

    std::uint64_t bits;
};

/// The same for a score anywhere in 64 bits: twice as wide.
class wide_key {
public:
    static constexpr auto nodes_max = std::uint32_t{0x7fffffff};

    [[nodiscard]] ROTA_HOST_DEVICE static constexpr wide_key none() noexcept {
        return {placement::no_key, ~std::uint32_t{0}};
    }
    [[nodiscard]] ROTA_HOST_DEVICE static constexpr wide_key of(std::int64_t score,
                                                                std::uint32_t node) noexcept {
        return {~score, node};
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint32_t node() const noexcept { return node_id; }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t key() const noexcept { return turned; }

    [[nodiscard]] friend ROTA_HOST_DEVICE constexpr bool operator<(wide_key a, wide_key b) noexcept {
        return a.turned != b.turned ? a.turned < b.turned : a.node_id < b.node_id;
    }

    std::int64_t turned;
    std::uint32_t node_id;
};

namespace detail {

template <class Scorer>
struct key_of_scorer {
    using type = wide_key;
};
/// A score of at most 44 bits leaves 20 for a million nodes.
template <placement::bounded Scorer>
    requires(static_cast<std::uint64_t>(Scorer::most) - static_cast<std::uint64_t>(Scorer::least) <
             (std::uint64_t{1} << 44) - 1)
struct key_of_scorer<Scorer> {
    using type = packed_key<Scorer::least, Scorer::most>;
};

} // namespace detail

/// Packed where the scorer states bounds that leave room for the node.
template <class Scorer>
using key = typename detail::key_of_scorer<Scorer>::type;

static_assert(std::is_trivially_copyable_v<packed_key<0, 1>> && sizeof(packed_key<0, 1>) == 8);
static_assert(std::is_trivially_copyable_v<wide_key>);

} // namespace rota::cuda

#endif
