// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_CANDIDATE_POOL_HPP
#define ROTA_CUDA_CANDIDATE_POOL_HPP

#include <cstdint>

#include <rota/core/config.hpp>

namespace rota::cuda {

/// The least `keep` keys that the threads of a block have come by, in the block's memory: first those, sorted,
/// then keys less than the last of them that came since.
///
/// Each step ends with a barrier. Keys differ, and their order is total, so what stays does not depend on which
/// thread came first.
/// Shape     [size] slots, a power of two, at least keep + threads.
template <class Key>
struct candidate_pool {
    Key* slots;
    unsigned* count; ///< slots in use
    unsigned size;
    unsigned keep;

    template <class Block>
    ROTA_HOST_DEVICE void clear(Block& block) const {
        block.each([&](unsigned thread) {
            for (auto i = thread; i < size; i += block.threads()) slots[i] = Key::none();
            if (thread == 0) *count = keep;
        });
    }
    /// A thread offers a key, at most one between two calls of settle() or of a barrier. True where the pool
    /// may have no room for one from each thread more: it has to settle first.
    template <class Block>
    [[nodiscard]] ROTA_HOST_DEVICE bool offer(Block& block, Key key) const {
        if (!(key < slots[keep - 1])) return false;
        auto const at = block.next(*count);
        slots[at] = key;
        return at + 1 + block.threads() > size;
    }
    /// Sorts; only the first `keep` count from now on.
    /// Source    K. E. Batcher, "Sorting networks and their applications", AFIPS 1968: the bitonic sorter.
    template <class Block>
    ROTA_HOST_DEVICE void settle(Block& block) const {
        for (auto width = 2u; width <= size; width *= 2)
            for (auto stride = width / 2; stride != 0; stride /= 2)
                block.each([&](unsigned thread) {
                    for (auto pair = thread; pair < size / 2; pair += block.threads()) {
                        auto const low = 2 * pair - (pair & (stride - 1));
                        auto const high = low + stride;
                        auto const upwards = (low & width) == 0;
                        auto const a = slots[low];
                        auto const b = slots[high];
                        if (upwards ? b < a : a < b) {
                            slots[low] = b;
                            slots[high] = a;
                        }
                    }
                });
        block.each([&](unsigned thread) {
            if (thread == 0) *count = keep; // what lies beyond sorts after it, and is overwritten
        });
    }
};

} // namespace rota::cuda

#endif
