// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_LEAST_ALIGNED_HPP
#define ROTA_PLACEMENT_LEAST_ALIGNED_HPP

#include <cstdint>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/sum_scorer.hpp>

namespace rota::placement {

/// The smallest product of what is free and what is asked for, over CPU and GPU, on the scale of a node of
/// 128 cores and eight GPUs; in whole hundredths.
///
/// Not `dot_product`, which prefers the largest product, as Tetris does; of the sign of
/// `dot_product_packing`, which measures each node by its own size and counts memory, too.
/// Source    DotProd in Q. Weng et al., "Beware of Fragmentation", ATC 2023.
struct least_aligned {
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t score(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return of_sum(int128{on.cpu_milli} * need.cpu_milli +
                      256 * int128{free_milli(on)} * need.total_milli());
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr free_weights weights(job::pod const& need) const noexcept {
        return {.cpu_milli = need.cpu_milli, .gpu_milli = 256 * need.total_milli()};
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::int64_t limit(std::int64_t sum,
                                                                job::pod const&) const noexcept {
        auto const score = of_sum(sum); // cut towards 0, so that 0 is as long as two others
        return score > 0 ? (100 - score) * point : (101 - score) * point - 1;
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }

private:
    // 100 (1 - (cpu + gpu) / 2) with products of shares of 128000 and of 8000; 256 brings them together
    static constexpr auto point = std::int64_t{128'000} * 128'000 / 50;
    [[nodiscard]] ROTA_HOST_DEVICE static constexpr std::int64_t of_sum(int128 sum) noexcept {
        return static_cast<std::int64_t>((100 * int128{point} - sum) / point);
    }
};

static_assert(sum_scorer<least_aligned>);

} // namespace rota::placement

#endif
