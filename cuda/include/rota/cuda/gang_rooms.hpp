// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANG_ROOMS_HPP
#define ROTA_CUDA_GANG_ROOMS_HPP

#include <cstddef>
#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/flat_tree.hpp>
#include <rota/cuda/gang_row.hpp>

namespace rota::cuda {

/// What every domain of a tree has room for, for many gangs at once: placement::domain_sums as the blocks of a grid
/// make and keep them.
///
/// Shape     sums: [domains][rows], so that neighbouring threads, one a row, read neighbouring memory.
struct gang_rooms {
    flat_tree tree;
    gang_row const* rows = nullptr;
    std::uint32_t count = 0; ///< of rows
    gang_node* nodes = nullptr;
    std::uint32_t* sums = nullptr; ///< pods of a node, else the rooms of all children

    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t room(std::uint32_t level, std::uint32_t domain,
                                                      std::uint32_t row) const noexcept {
        return rows[row].room(level, sum(domain, row));
    }

    /// Sums up all domains of a level; those below are summed up. What one block of so many does.
    template <class Block>
    ROTA_HOST_DEVICE void sum_up(Block& block, std::uint32_t level, unsigned part, unsigned parts) const {
        share(block, tree.size(level), part, parts, [&](std::uint32_t i, std::uint32_t row) {
            auto const domain = tree.start[level] + i;
            auto all = std::uint32_t{0};
            if (level == 0) all = nodes[domain].pods(rows[row]);
            else
                for (auto child = tree.below[domain]; child != tree.below[domain + 1]; ++child)
                    all += room(level - 1, child, row);
            sum(domain, row) = all;
        });
    }
    /// Those nodes have changed, each named once: the sums above them follow.
    ///
    /// Threads that pass the same domain each carry on what their own addition has changed. The changes of a
    /// domain's room add up to the whole whichever came first, modulo 2^32 as all sums.
    template <class Block, class At>
    ROTA_HOST_DEVICE void follow(Block& block, At const* changed, std::uint32_t size, unsigned part,
                                 unsigned parts) const {
        share(block, size, part, parts, [&](std::uint32_t i, std::uint32_t r) {
            auto const& row = rows[r];
            auto domain = changed[i].position;
            auto const before = sum(domain, r);
            auto const after = sum(domain, r) = nodes[domain].pods(row);
            auto more = row.room(0, after) - row.room(0, before);
            for (auto level = std::uint32_t{1}; more != 0 && level <= tree.top; ++level) {
                domain = tree.above[domain];
                auto const had = block.add(sum(domain, r), more);
                more = row.room(level, had + more) - row.room(level, had);
            }
        });
    }

private:
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t& sum(std::uint32_t domain,
                                                      std::uint32_t row) const noexcept {
        return sums[std::size_t{domain} * count + row];
    }
    /// A block's share of all pairs of one of `size` and a row, thread by thread.
    template <class Block, class F>
    ROTA_HOST_DEVICE void share(Block& block, std::uint32_t size, unsigned part, unsigned parts,
                                F const& what) const {
        auto const pairs = std::size_t{size} * count;
        auto const step = std::size_t{parts} * block.threads();
        block.each([&](unsigned thread) {
            for (auto i = std::size_t{part} * block.threads() + thread; i < pairs; i += step)
                what(static_cast<std::uint32_t>(i / count), static_cast<std::uint32_t>(i % count));
        });
    }
};

} // namespace rota::cuda

#endif
