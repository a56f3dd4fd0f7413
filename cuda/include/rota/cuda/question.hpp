// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_QUESTION_HPP
#define ROTA_CUDA_QUESTION_HPP

#include <cstddef>
#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/candidate_pool.hpp>
#include <rota/cuda/node_columns.hpp>
#include <rota/job/pod.hpp>

namespace rota::cuda {

/// The key of every node for every request: feasibility and score in one.
template <class Scorer, class Key>
struct node_keys {
    Scorer score;
    node_columns nodes;
    job::pod const* needs;

    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t items() const noexcept { return nodes.nodes; }
    [[nodiscard]] ROTA_HOST_DEVICE resident_node item(std::uint32_t n) const noexcept {
        return nodes.load(n);
    }
    [[nodiscard]] ROTA_HOST_DEVICE Key key(resident_node const& one, std::uint32_t n,
                                           std::uint32_t request) const noexcept {
        auto const& need = needs[request];
        return one.takes(need) ? Key::of(score.score(one.on, need), n) : Key::none();
    }
};

/// Keys that stand already, `size` for each request.
template <class Key>
struct listed_keys {
    Key const* lists;
    std::uint32_t size;

    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t items() const noexcept { return size; }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t item(std::uint32_t i) const noexcept { return i; }
    [[nodiscard]] ROTA_HOST_DEVICE Key key(std::uint32_t i, std::uint32_t,
                                           std::uint32_t request) const noexcept {
        return lists[std::size_t{request} * size + i];
    }
};

/// How a grid of blocks shares the work, and what each block needs. The answers do not depend on it.
struct grid_shape {
    unsigned threads = 256; ///< of a block
    unsigned parts = 1;     ///< into which the items of a request are cut, one a block
    unsigned tile = 1;      ///< requests of a block, which loads an item once for all of them
};

/// The least `keep` keys of each part of each request, asked of a grid of [parts] x [tiles of requests] blocks.
///
/// Shape     least: [requests][parts][keep], ascending; Key::none() where there are no more.
template <class From, class Key>
struct question {
    From from;
    std::uint32_t requests;
    unsigned keep;
    grid_shape shape;
    Key* least;

    [[nodiscard]] ROTA_HOST_DEVICE unsigned pool() const noexcept {
        auto size = 2u;
        while (size < keep + shape.threads) size *= 2;
        return size;
    }
    /// Of the memory of a block.
    [[nodiscard]] ROTA_HOST_DEVICE std::size_t bytes() const noexcept {
        return shape.tile * (pool() * sizeof(Key) + sizeof(unsigned));
    }
    [[nodiscard]] ROTA_HOST_DEVICE unsigned tiles() const noexcept {
        return (requests + shape.tile - 1) / shape.tile;
    }

    /// What one block does. `memory` is the block's own, aligned for a Key.
    template <class Block>
    ROTA_HOST_DEVICE void answer(Block& block, unsigned char* memory, unsigned part, unsigned tile) const {
        auto const first_request = tile * shape.tile;
        auto const here = requests - first_request < shape.tile ? requests - first_request : shape.tile;
        auto* const slots = reinterpret_cast<Key*>(memory);
        auto* const counts = reinterpret_cast<unsigned*>(slots + std::size_t{shape.tile} * pool());
        auto const pool_of = [&](unsigned r) {
            return candidate_pool<Key>{slots + std::size_t{r} * pool(), counts + r, pool(), keep};
        };
        auto const bound = [&](unsigned p) {
            return static_cast<std::uint32_t>(std::uint64_t{from.items()} * p / shape.parts);
        };
        auto const end = bound(part + 1);
        for (auto r = 0u; r != here; ++r) pool_of(r).clear(block);
        for (auto i = bound(part); i < end; i += shape.threads) {
            auto const full = block.any([&](unsigned thread) {
                if (end - i <= thread) return false;
                auto const one = from.item(i + thread);
                auto over = false;
                for (auto r = 0u; r != here; ++r)
                    over |= pool_of(r).offer(block, from.key(one, i + thread, first_request + r));
                return over;
            });
            if (!full) continue;
            for (auto r = 0u; r != here; ++r) pool_of(r).settle(block);
        }
        for (auto r = 0u; r != here; ++r) pool_of(r).settle(block);
        block.each([&](unsigned thread) {
            for (auto r = 0u; r != here; ++r) {
                auto* const to = least + (std::size_t{first_request + r} * shape.parts + part) * keep;
                for (auto k = thread; k < keep; k += shape.threads) to[k] = pool_of(r).slots[k];
            }
        });
    }
};

} // namespace rota::cuda

#endif
