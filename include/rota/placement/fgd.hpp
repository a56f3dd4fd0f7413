// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FGD_HPP
#define ROTA_PLACEMENT_FGD_HPP

#include <cstdint>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/fragmentation_drop.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

namespace detail {

/// ln(k / (100 - k)) in 2^-60, cut off. Expects k from 1 to 99.
constexpr std::int64_t logit(int k) noexcept {
    auto const ln = [](int n) { // of n = 2^e m with m from 1 to 2: e ln 2 + 2 artanh((m - 1) / (m + 1))
        auto const artanh = [](int a, int b) {
            auto sum = int128{0};
            auto power = (int128{1} << 60) * a / b;
            for (auto i = 1; power != 0; i += 2) {
                sum += power / i;
                power = power * (a * a) / (b * b);
            }
            return sum;
        };
        auto e = 0;
        while ((2 << e) <= n) ++e;
        return 2 * (e * artanh(1, 3) + artanh(n - (1 << e), n + (1 << e)));
    };
    return static_cast<std::int64_t>(ln(k) - ln(100 - k));
}

} // namespace detail

/// Fragmentation gradient descent as it was published: 100 times the logistic function of the drop in
/// fragmentation, in GPUs, cut to an integer; a share lies on the first GPU of the best integer.
///
/// The integer is load-bearing: it makes many nodes alike, and a fixed order among them packs pods together.
/// It is found by comparing the drop with 99 thresholds, so no floating point takes part.
/// Expects   the kinds of the target outlive it.
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023, algorithm 1; the integer score and the order of ties are those of the authors'
/// implementation.
class fgd {
public:
    static constexpr std::int64_t least = 0;
    static constexpr std::int64_t most = 99;

    explicit constexpr fgd(target_view target) noexcept : target_{target} {
        for (auto k = 1; k != 100; ++k) {
            // the least drop with 100 sigmoid(drop / (1000 weight)) >= k: 1000 weight ln(k / (100 - k)), up
            auto const exact = int128{1000} * target.weight * detail::logit(k);
            least_[k - 1] = static_cast<std::int64_t>(-(-exact >> 60));
        }
    }

    /// The integer score, 0 .. 99, of a drop in fragmentation; 50 where nothing changes.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr int integer(std::int64_t drop) const noexcept {
        auto low = 0;
        for (auto step = 64; step != 0; step /= 2)
            if (low + step <= 99 && least_[low + step - 1] <= drop) low += step;
        return low;
    }

    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return best(on, need).score;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return best(on, need).gpus;
    }

private:
    struct choice {
        int score;
        std::uint16_t gpus;
    };
    [[nodiscard]] ROTA_HOST_DEVICE constexpr choice best(node_state const& on,
                                                         job::pod const& need) const noexcept {
        auto const found = drops(on, need, target_);
        auto top = choice{-1, 0};
        for (auto i = 0; i != found.size; ++i)
            if (auto const score = integer(found.ways[i].drop); score > top.score)
                top = {score, found.ways[i].gpus};
        return top;
    }

    target_view target_;
    std::int64_t least_[99] = {};
};

static_assert(state_scorer<fgd>);

} // namespace rota::placement

#endif
