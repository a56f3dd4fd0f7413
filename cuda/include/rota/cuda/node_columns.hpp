// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_NODE_COLUMNS_HPP
#define ROTA_CUDA_NODE_COLUMNS_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::cuda {

/// All that an engine asks of a node, in whole 32-bit words.
struct resident_node {
    placement::node_state on;
    std::uint32_t open = 0;
    std::uint32_t satisfied_low = 0; ///< predicates
    std::uint32_t satisfied_high = 0;

    /// As `state_table::takes`.
    [[nodiscard]] ROTA_HOST_DEVICE constexpr bool takes(job::pod const& need) const noexcept {
        auto const satisfied = std::uint64_t{satisfied_high} << 32 | satisfied_low;
        return open != 0 && (need.predicates & ~satisfied) == 0 && placement::fits(on, need);
    }
};
inline constexpr std::size_t node_words = sizeof(resident_node) / 4;

static_assert(std::is_trivially_copyable_v<resident_node> && sizeof(resident_node) == 76);

[[nodiscard]] inline resident_node resident(placement::state_table const& nodes, node_id n) noexcept {
    return {.on = nodes[n],
            .open = nodes.open(n),
            .satisfied_low = static_cast<std::uint32_t>(nodes.predicates(n)),
            .satisfied_high = static_cast<std::uint32_t>(nodes.predicates(n) >> 32)};
}

/// A node that is to be as it says.
struct node_update {
    std::uint32_t node;
    resident_node now;
};

/// Nodes word by word, so that neighbouring threads read neighbouring memory.
///
/// Shape     [node_words][nodes], 76 bytes a node.
struct node_columns {
    std::uint32_t* words = nullptr;
    std::uint32_t nodes = 0;

    [[nodiscard]] ROTA_HOST_DEVICE resident_node load(std::uint32_t n) const noexcept {
        std::uint32_t row[node_words];
        for (auto w = std::size_t{0}; w != node_words; ++w) row[w] = words[w * nodes + n];
        auto one = resident_node{};
        std::memcpy(&one, row, sizeof one);
        return one;
    }
    ROTA_HOST_DEVICE void store(node_update const& one) const noexcept {
        std::uint32_t row[node_words];
        std::memcpy(row, &one.now, sizeof one.now);
        for (auto w = std::size_t{0}; w != node_words; ++w) words[w * nodes + one.node] = row[w];
    }
};

} // namespace rota::cuda

#endif
