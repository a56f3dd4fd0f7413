// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_FLAT_TREE_HPP
#define ROTA_CUDA_FLAT_TREE_HPP

#include <cstdint>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/core/config.hpp>

namespace rota::cuda {

/// A tree of domains as two arrays, wherever they lie: the nodes by position, then the domains of each level, the
/// cluster last.
struct flat_tree {
    static constexpr std::uint32_t levels_max = 16;

    std::uint32_t const* above = nullptr; ///< [domains] a level up; of the cluster nothing
    std::uint32_t const* below =
        nullptr; ///< [domains + 1] the first child; the one after the last is the next's first
    std::uint32_t start[levels_max + 1] = {}; ///< the first domain of each level, and the end
    std::uint32_t top = 0;                    ///< the level of the cluster

    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t size(std::uint32_t level) const noexcept {
        return start[level + 1] - start[level];
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t domains() const noexcept { return start[top + 1]; }
};

/// The arrays of a flat tree, on the host.
struct flat_tree_arrays {
    std::vector<std::uint32_t> above;
    std::vector<std::uint32_t> below;
    flat_tree shape; ///< points nowhere

    /// Expects   nodes, and at most 16 levels with theirs and the cluster's.
    explicit flat_tree_arrays(cluster::domain_tree const& tree) {
        ROTA_EXPECTS(tree.size(0) != 0 && tree.top() < flat_tree::levels_max,
                     "a tree has nodes, and at most 16 levels");
        shape.top = tree.top();
        for (auto level = std::uint32_t{0}; level <= tree.top(); ++level) {
            auto const here = shape.start[level];
            auto const next = shape.start[level + 1] = here + tree.size(level);
            for (auto d = std::uint32_t{0}; d != tree.size(level); ++d) {
                above.push_back(level == tree.top() ? 0 : next + tree.parent(level, d));
                below.push_back(level == 0 ? 0 : shape.start[level - 1] + tree.first(level, d));
            }
        }
        below.push_back(shape.start[tree.top()]);
    }
    /// With arrays that hold the same, wherever they lie.
    [[nodiscard]] flat_tree view(std::uint32_t const* above_there,
                                 std::uint32_t const* below_there) const noexcept {
        auto made = shape;
        made.above = above_there;
        made.below = below_there;
        return made;
    }
};

} // namespace rota::cuda

#endif
