// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_HOST_BLOCK_HPP
#define ROTA_CUDA_HOST_BLOCK_HPP

namespace rota::cuda {

/// The threads of a block, one after the other, between barriers.
///
/// What a block does is written against this interface and `device_block`'s, so that the host runs what the
/// device runs. Whatever depends on the order of the threads is a bug, hence both orders.
/// Syntax    b.threads(); b.each(f): f(thread), for all, then a barrier; b.any(f): the same, and true to all
/// where f(thread) was true of one; b.next(counter): counter++, each number to one thread; b.add(sum, more): what
/// the sum was, while threads of any block add to it.
class host_block {
public:
    host_block(unsigned threads, bool backwards) noexcept : threads_{threads}, backwards_{backwards} {}

    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    template <class F>
    void each(F const& what) {
        for (auto t = 0u; t != threads_; ++t) what(backwards_ ? threads_ - 1 - t : t);
    }
    template <class F>
    [[nodiscard]] bool any(F const& what) {
        auto found = false;
        each([&](unsigned thread) { found |= what(thread); });
        return found;
    }
    [[nodiscard]] unsigned next(unsigned& counter) noexcept { return counter++; }
    [[nodiscard]] unsigned add(unsigned& sum, unsigned more) noexcept {
        auto const had = sum;
        sum += more;
        return had;
    }

private:
    unsigned threads_;
    bool backwards_;
};

} // namespace rota::cuda

#endif
