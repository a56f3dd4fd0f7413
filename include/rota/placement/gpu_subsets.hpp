// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_GPU_SUBSETS_HPP
#define ROTA_PLACEMENT_GPU_SUBSETS_HPP

#include <bit>
#include <cstdint>
#include <utility>

#include <rota/core/config.hpp>

namespace rota::placement {

/// Which GPUs of a node lie best together: for each set of free ones and each number, looked up.
///
/// Meaning   Of the subsets of that size the one with the least sum of distances between its GPUs; of equals
/// the one that leaves the free ones closest together, then the one of the lower GPUs.
/// Cost      a load; 2 KiB.
/// Source    M. Amaral et al., "Topology-aware GPU scheduling for learning workloads in cloud environments",
/// SC 2017: the mapping inside a node. Differs: exact, by trying every subset, and of distances alone.
class gpu_subsets {
public:
    static constexpr int gpus_max = 8;
    /// How far GPUs are from each other: 1 for a direct link, say, 4 across sockets. Symmetric.
    struct distances {
        std::uint8_t between[gpus_max][gpus_max] = {};
    };

    constexpr explicit gpu_subsets(distances const& of) noexcept {
        std::int32_t sum[sets] = {};
        for (auto set = 1u; set != sets; ++set) { // its lowest GPU to all others, and these among them
            auto const low = std::countr_zero(set);
            sum[set] = sum[set & (set - 1)];
            for (auto rest = set & (set - 1); rest != 0; rest &= rest - 1)
                sum[set] += of.between[low][std::countr_zero(rest)];
        }
        for (auto free = 1u; free != sets; ++free)
            for (auto part = free; part != 0; part = (part - 1) & free) { // from the largest down
                auto& best = best_[free][std::popcount(part)];
                auto const worth = [&](unsigned set) { return std::pair{sum[set], sum[free ^ set]}; };
                if (best == 0 || worth(part) <= worth(best)) best = static_cast<std::uint8_t>(part);
            }
    }
    /// The GPUs as a mask; 0 where fewer are free.
    /// Expects   a mask of free GPUs below 2^8, and 0 <= count <= 8.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint16_t best(unsigned free, int count) const noexcept {
        return best_[free][count];
    }

private:
    static constexpr unsigned sets = 1u << gpus_max;
    std::uint8_t best_[sets][gpus_max + 1] = {};
};

} // namespace rota::placement

#endif
