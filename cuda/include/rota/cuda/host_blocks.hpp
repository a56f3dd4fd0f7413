// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_HOST_BLOCKS_HPP
#define ROTA_CUDA_HOST_BLOCKS_HPP

#include <rota/cuda/host_block.hpp>

namespace rota::cuda {

/// The blocks of a grid, one after the other.
class host_blocks {
public:
    explicit host_blocks(unsigned threads = 32, unsigned blocks = 2, bool backwards = false) noexcept
        : threads_{threads}, blocks_{blocks}, backwards_{backwards} {}

    [[nodiscard]] unsigned threads() const noexcept { return threads_; } ///< of a block
    [[nodiscard]] unsigned size() const noexcept { return blocks_; }
    /// what(block, its number) for so many blocks.
    template <class F>
    void run(unsigned blocks, F const& what) const {
        auto block = host_block{threads_, backwards_};
        for (auto b = 0u; b != blocks; ++b) what(block, backwards_ ? blocks - 1 - b : b);
    }

private:
    unsigned threads_;
    unsigned blocks_;
    bool backwards_;
};

} // namespace rota::cuda

#endif
