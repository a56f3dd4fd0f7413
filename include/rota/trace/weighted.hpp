// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_WEIGHTED_HPP
#define ROTA_TRACE_WEIGHTED_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>

namespace rota::trace {

/// Draws positions 0 .. n - 1, each as often as its whole-number weight says.
///
/// Expects   a positive sum below 2^63.
/// Cost      O(log n) a draw, no floating point.
class weighted {
public:
    explicit weighted(std::vector<std::uint64_t> weights) : upto_{std::move(weights)} {
        auto sum = std::uint64_t{0};
        for (auto& entry : upto_) entry = sum += entry;
        ROTA_EXPECTS(sum != 0, "a law needs a weight that is not 0");
    }

    [[nodiscard]] std::size_t operator()(random& from) const noexcept {
        auto const draw = from.below(upto_.back());
        return static_cast<std::size_t>(std::ranges::upper_bound(upto_, draw) - upto_.begin());
    }

private:
    std::vector<std::uint64_t> upto_; ///< running sums
};

/// Weights of ranks `first` .. `last` under a finite Zipf law, in units of 1e-12 of rank 1; none is 0.
///
/// Shape     [last - first + 1], falling.
/// Expects   1 <= first <= last, exponent >= 0.
/// Source    G. K. Zipf, "Human behavior and the principle of least effort", 1949.
[[nodiscard]] inline std::vector<std::uint64_t> zipf(std::uint32_t first, std::uint32_t last,
                                                     double exponent) {
    ROTA_EXPECTS(1 <= first && first <= last && exponent >= 0.0, "ranks are counted from 1");
    auto weights = std::vector<std::uint64_t>{};
    weights.reserve(last - first + 1u);
    for (auto rank = std::uint64_t{first}; rank <= last; ++rank)
        weights.push_back(static_cast<std::uint64_t>(
            std::max(1.0, std::round(1e12 * std::pow(static_cast<double>(rank), -exponent)))));
    return weights;
}

} // namespace rota::trace

#endif
