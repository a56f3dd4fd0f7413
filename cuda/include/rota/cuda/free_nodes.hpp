// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_FREE_NODES_HPP
#define ROTA_CUDA_FREE_NODES_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/lowest_bit.hpp>
#include <rota/cuda/strided.hpp>

namespace rota::cuda {

/// The free GPUs of equal nodes in one rack, by count: which nodes have k free, as bits.
///
/// Cost      take, give: O(1); the first node with k free: O(nodes / 64).
class free_nodes {
public:
    static constexpr std::uint32_t none = 0xffffffffu;

    /// Words of a row of bits.
    [[nodiscard]] ROTA_HOST_DEVICE static constexpr std::uint32_t words(std::uint32_t nodes) noexcept {
        return (nodes + 63) / 64;
    }

    /// Every node is empty. bits [words x (each + 1)], counts [each + 1], free [nodes].
    ROTA_HOST_DEVICE void reset(std::uint32_t nodes, std::uint32_t each, strided<std::uint64_t> bits,
                                strided<std::uint32_t> counts, strided<std::uint8_t> free) noexcept {
        each_ = each;
        words_ = words(nodes);
        bits_ = bits;
        counts_ = counts;
        free_ = free;
        for (auto k = std::uint32_t{0}; k <= each; ++k) {
            counts_[k] = k == each ? nodes : 0;
            for (auto w = std::uint32_t{0}; w != words_; ++w) {
                auto const full =
                    nodes - 64 * w >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << nodes % 64) - 1;
                bits_[k * words_ + w] = k == each ? full : 0;
            }
        }
        for (auto n = std::uint32_t{0}; n != nodes; ++n) free_[n] = static_cast<std::uint8_t>(each);
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t of(std::uint32_t n) const noexcept { return free_[n]; }
    ROTA_HOST_DEVICE void take(std::uint32_t n, std::uint32_t gpus) const noexcept {
        put(n, free_[n] - gpus);
    }
    ROTA_HOST_DEVICE void give(std::uint32_t n, std::uint32_t gpus) const noexcept {
        put(n, free_[n] + gpus);
    }

    /// A gang fits on as few nodes as its size allows.
    [[nodiscard]] ROTA_HOST_DEVICE bool fits(std::uint32_t gpus) const noexcept {
        if (gpus <= each_) return at_least(gpus, 1);
        auto const full = gpus / each_;
        auto const rest = gpus % each_;
        return counts_[each_] >= full && (rest == 0 || at_least(rest, full + 1));
    }
    /// The lowest node from `from` on with exactly k free, or none.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t next(std::uint32_t k, std::uint32_t from) const noexcept {
        for (auto w = from / 64; w < words_; ++w) {
            auto here = bits_[k * words_ + w];
            if (w == from / 64) here &= ~std::uint64_t{0} << from % 64;
            if (here != 0) return 64 * w + lowest_bit(here);
        }
        return none;
    }
    /// The node with the fewest free GPUs, at least k, of equals the lowest; nodes that are whole only from `whole_from`
    /// on. none where there is none.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t best(std::uint32_t k,
                                                      std::uint32_t whole_from = 0) const noexcept {
        for (; k <= each_; ++k)
            if (counts_[k] != 0)
                if (auto const n = next(k, k == each_ ? whole_from : 0); n != none) return n;
        return none;
    }

private:
    [[nodiscard]] ROTA_HOST_DEVICE bool at_least(std::uint32_t k, std::uint32_t nodes) const noexcept {
        auto sum = std::uint32_t{0};
        for (; k <= each_ && sum < nodes; ++k) sum += counts_[k];
        return sum >= nodes;
    }
    ROTA_HOST_DEVICE void put(std::uint32_t n, std::uint32_t now) const noexcept {
        auto const was = std::uint32_t{free_[n]};
        auto const bit = std::uint64_t{1} << n % 64;
        bits_[was * words_ + n / 64] &= ~bit;
        bits_[now * words_ + n / 64] |= bit;
        --counts_[was];
        ++counts_[now];
        free_[n] = static_cast<std::uint8_t>(now);
    }
    std::uint32_t each_ = 0;
    std::uint32_t words_ = 0;
    strided<std::uint64_t> bits_;
    strided<std::uint32_t> counts_;
    strided<std::uint8_t> free_;
};

} // namespace rota::cuda

#endif
