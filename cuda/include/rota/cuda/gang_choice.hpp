// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANG_CHOICE_HPP
#define ROTA_CUDA_GANG_CHOICE_HPP

#include <cstddef>
#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/gang_rooms.hpp>
#include <rota/cuda/gang_row.hpp>
#include <rota/placement/domain_rule.hpp>

namespace rota::cuda {

/// A gang of a queue: one row for each model that it accepts, and where its parts are to be written.
struct gang_asked {
    std::uint32_t row = 0; ///< the first
    std::uint32_t end = 0; ///< after the last
    std::uint32_t out = 0;
};

/// What became of it: on the nodes of which row, in how many parts; in none where there is no room.
struct gang_answer {
    std::uint32_t row = 0;
    std::uint32_t parts = 0;
};

/// Chooses the domain of a gang and the nodes in it as placement::gang_planner with tightest_domain does, and takes
/// them: what one block does. The sums above those nodes have to follow before the next gang is asked.
struct gang_choice {
    gang_rooms on;
    placement::domain_part* children = nullptr; ///< [nodes] the block's own: of the domains that it enters
    gang_part* entered[2] = {}; ///< [pods of the largest gang] its own: domains of a level, and their units

    [[nodiscard]] ROTA_HOST_DEVICE static std::size_t bytes(unsigned threads) noexcept {
        return threads * sizeof(std::uint64_t) + flat_tree::levels_max * sizeof(unsigned);
    }

    /// `memory` is the block's own, aligned for 64 bits. Room for as many parts as the gang has pods at `parts`.
    template <class Block>
    ROTA_HOST_DEVICE void decide(Block& block, unsigned char* memory, gang_asked const& gang,
                                 gang_part* parts, gang_answer& answer) const {
        auto* const keys = reinterpret_cast<std::uint64_t*>(memory);
        auto* const counts =
            reinterpret_cast<unsigned*>(keys + block.threads()); // of a level, domains entered
        auto row = gang.row;
        auto level = std::uint32_t{0};
        auto found = none;
        for (; row != gang.end; ++row) {
            for (level = on.rows[row].from; level <= on.rows[row].to; ++level)
                if ((found = tightest(block, keys, level, row)) != none) break;
            if (found != none) break;
        }
        block.each([&](unsigned thread) {
            if (thread != 0) return;
            answer = {};
            if (found == none) return;
            for (auto l = std::uint32_t{0}; l != level; ++l) counts[l] = 0;
            counts[level] = 1;
            entered[level % 2][0] = {static_cast<std::uint32_t>(found), on.rows[row].units(level)};
        });
        if (found == none) return;
        auto const& need = on.rows[row];
        for (auto l = level; l != 0; --l)
            block.each([&](unsigned thread) {
                for (auto i = thread; i < counts[l]; i += block.threads())
                    descend(block, l, row, entered[l % 2][i], entered[(l - 1) % 2], counts[l - 1]);
            });
        block.each([&](unsigned thread) {
            for (auto i = thread; i < counts[0]; i += block.threads()) {
                auto part = entered[0][i];
                if (need.slice_level == 0) part.pods *= need.slice;
                on.nodes[part.position].take(need, part.pods);
                parts[i] = part;
            }
            if (thread == 0) answer = {row, counts[0]};
        });
    }

private:
    static constexpr auto none = ~std::uint64_t{0};

    /// Of the domains of a level with room the one with the least, the lowest of equals: room and domain in one.
    template <class Block>
    [[nodiscard]] ROTA_HOST_DEVICE std::uint64_t tightest(Block& block, std::uint64_t* keys,
                                                          std::uint32_t level, std::uint32_t row) const {
        auto const threads = block.threads();
        auto const units = on.rows[row].units(level);
        auto const end = on.tree.start[level + 1];
        block.each([&](unsigned thread) {
            auto least = none;
            for (auto d = on.tree.start[level] + thread; d < end; d += threads)
                if (auto const room = on.room(level, d, row); room >= units)
                    if (auto const key = std::uint64_t{room} << 32 | d; key < least) least = key;
            keys[thread] = least;
        });
        auto half = 1u;
        while (2 * half < threads) half *= 2;
        for (; half != 0; half /= 2)
            block.each([&](unsigned thread) {
                if (thread < half && thread + half < threads && keys[thread + half] < keys[thread])
                    keys[thread] = keys[thread + half];
            });
        auto const found = keys[0];
        block.each([](unsigned) {}); // all have read it
        return found;
    }
    /// A thread spreads a domain's units over its children.
    template <class Block>
    ROTA_HOST_DEVICE void descend(Block& block, std::uint32_t level, std::uint32_t row, gang_part from,
                                  gang_part* into, unsigned& count) const {
        auto const first = on.tree.below[from.position];
        auto const size = on.tree.below[from.position + 1] - first;
        auto* const over = children + (first - on.tree.start[level - 1]);
        for (auto i = std::uint32_t{0}; i != size; ++i)
            over[i] = {first + i, on.room(level - 1, first + i, row), 0};
        auto const& need = on.rows[row];
        placement::over_fewest(level == need.slice_level ? from.pods * need.slice : from.pods, over, size);
        for (auto i = std::uint32_t{0}; i != size; ++i)
            if (over[i].given != 0) into[block.next(count)] = {over[i].domain, over[i].given};
    }
};

} // namespace rota::cuda

#endif
