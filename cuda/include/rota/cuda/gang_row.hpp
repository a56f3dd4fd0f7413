// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANG_ROW_HPP
#define ROTA_CUDA_GANG_ROW_HPP

#include <cstdint>
#include <type_traits>

#include <rota/core/config.hpp>

namespace rota::cuda {

/// A gang of equal pods of whole GPUs on the nodes of one model: what a topology_gang asks for there.
struct gang_row {
    std::uint32_t gpus = 1;      ///< a pod
    std::uint32_t cpu_milli = 0; ///< a GPU
    std::uint32_t mem_mib = 0;   ///< a GPU
    std::uint32_t model = 0;
    std::uint32_t pods = 1;
    std::uint32_t slice = 1;
    std::uint32_t slice_level = 0;
    std::uint32_t from = 0; ///< the lowest level, none below which an empty cluster would hold it
    std::uint32_t to = 0;   ///< the highest level

    /// What so many pods are at a level: pods below that of the slices, slices from there on.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t units(std::uint32_t level) const noexcept {
        return level < slice_level ? pods : pods / slice;
    }
    /// The room of a domain, of what it sums up.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t room(std::uint32_t level, std::uint32_t sum) const noexcept {
        return level == slice_level ? sum / slice : sum;
    }
};

/// What a node could give now.
struct gang_node {
    std::uint32_t gpus = 0; ///< that nobody holds any of
    std::uint32_t cpu_milli = 0;
    std::uint32_t mem_mib = 0;
    std::uint16_t model = 0;
    std::uint16_t open = 0;

    /// As `placement::pods_on`.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t pods(gang_row const& row) const noexcept {
        if (open == 0 || model != row.model) return 0;
        auto room = gpus;
        if (row.cpu_milli != 0 && cpu_milli / row.cpu_milli < room) room = cpu_milli / row.cpu_milli;
        if (row.mem_mib != 0 && mem_mib / row.mem_mib < room) room = mem_mib / row.mem_mib;
        return room / row.gpus;
    }
    /// Expects   room for so many.
    ROTA_HOST_DEVICE void take(gang_row const& row, std::uint32_t pods) noexcept {
        gpus -= pods * row.gpus;
        cpu_milli -= pods * row.gpus * row.cpu_milli;
        mem_mib -= pods * row.gpus * row.mem_mib;
    }
};

/// So many pods on the node at a position; or units in a domain, while a block descends.
struct gang_part {
    std::uint32_t position;
    std::uint32_t pods;
};

/// The node at a position is to be as it says.
struct gang_update {
    std::uint32_t position;
    gang_node now;
};

static_assert(std::is_trivially_copyable_v<gang_row> && sizeof(gang_node) == 16);

} // namespace rota::cuda

#endif
