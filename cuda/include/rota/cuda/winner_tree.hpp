// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_WINNER_TREE_HPP
#define ROTA_CUDA_WINNER_TREE_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/strided.hpp>

namespace rota::cuda {

/// The best of a fixed number of values, in a given array of 2 x leaves; Largest says which is best.
///
/// Cost      best: O(1); find and set: O(log leaves), set ends where a parent does not change.
template <class Value, bool Largest>
class winner_tree {
public:
    /// All values become `worst`. Expects a power of two of leaves.
    ROTA_HOST_DEVICE void reset(strided<Value> in, std::uint32_t leaves, Value worst) noexcept {
        nodes_ = in;
        leaves_ = leaves;
        for (auto i = std::uint32_t{1}; i != 2 * leaves; ++i) nodes_[i] = worst;
    }
    [[nodiscard]] ROTA_HOST_DEVICE Value best() const noexcept { return nodes_[1]; }
    /// The first that has the best value.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t find() const noexcept {
        auto const value = nodes_[1];
        auto at = std::uint32_t{1};
        while (at < leaves_) at = 2 * at + (nodes_[2 * at] == value ? 0u : 1u);
        return at - leaves_;
    }
    [[nodiscard]] ROTA_HOST_DEVICE bool is(std::uint32_t i, Value value) const noexcept {
        return nodes_[leaves_ + i] == value;
    }
    ROTA_HOST_DEVICE void set(std::uint32_t i, Value value) const noexcept {
        auto at = leaves_ + i;
        nodes_[at] = value;
        while (at != 1) {
            auto const other = nodes_[at ^ 1u];
            if (Largest ? other > value : other < value) value = other;
            at /= 2;
            if (nodes_[at] == value) return;
            nodes_[at] = value;
        }
    }

private:
    strided<Value> nodes_;
    std::uint32_t leaves_ = 1;
};

} // namespace rota::cuda

#endif
