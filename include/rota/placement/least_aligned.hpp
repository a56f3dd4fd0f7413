// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_LEAST_ALIGNED_HPP
#define ROTA_PLACEMENT_LEAST_ALIGNED_HPP

#include <cstdint>

#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

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
        // 100 (1 - (cpu + gpu) / 2) with products of shares of 128000 and of 8000; 256 brings them together
        auto const scale = int128{128'000} * 128'000;
        auto const cpu = int128{on.cpu_milli} * need.cpu_milli;
        auto const gpu = int128{free_milli(on)} * need.total_milli();
        return static_cast<std::int64_t>((100 * scale - 50 * (cpu + 256 * gpu)) / scale);
    }
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t pick(node_state const& on,
                                                                job::pod const& need) const noexcept {
        return tightest(on, need);
    }
};

static_assert(state_scorer<least_aligned>);

} // namespace rota::placement

#endif
