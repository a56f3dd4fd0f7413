// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SKEW_HEAPS_HPP
#define ROTA_CUDA_SKEW_HEAPS_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/strided.hpp>

namespace rota::cuda {

/// Heaps over jobs that are in one of them at most: two links a job, one root a heap, nothing else.
///
/// Keys are asked for as key(job) and must not change while the job is in a heap; of equal keys the lower job is first.
/// Cost      push and pop O(log size), amortised.
/// Source    D. D. Sleator, R. E. Tarjan, "Self-adjusting heaps", SIAM Journal on Computing 1986.
class skew_heaps {
public:
    static constexpr std::uint32_t none = 0xffffffffu;

    /// All heaps become empty.
    ROTA_HOST_DEVICE void reset(strided<std::uint32_t> roots, std::uint32_t heaps,
                                strided<std::uint32_t> left, strided<std::uint32_t> right) noexcept {
        roots_ = roots;
        left_ = left;
        right_ = right;
        for (auto h = std::uint32_t{0}; h != heaps; ++h) roots_[h] = none;
    }
    /// The first job of the heap, or none.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t top(std::uint32_t heap) const noexcept {
        return roots_[heap];
    }
    /// True where the job is the first now.
    template <class Key>
    ROTA_HOST_DEVICE bool push(std::uint32_t heap, std::uint32_t job, Key key) const noexcept {
        left_[job] = right_[job] = none;
        roots_[heap] = merged(roots_[heap], job, key);
        return roots_[heap] == job;
    }
    template <class Key>
    ROTA_HOST_DEVICE void pop(std::uint32_t heap, Key key) const noexcept {
        auto const gone = roots_[heap];
        roots_[heap] = merged(left_[gone], right_[gone], key);
    }

private:
    struct ranked {
        std::int64_t key;
        std::uint32_t job;
        [[nodiscard]] ROTA_HOST_DEVICE bool before(ranked const& b) const noexcept {
            return key != b.key ? key < b.key : job < b.job;
        }
    };
    template <class Key>
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t merged(std::uint32_t a, std::uint32_t b,
                                                        Key key) const noexcept {
        if (a == none || b == none) return a == none ? b : a;
        auto first = ranked{key(a), a};
        auto second = ranked{key(b), b};
        if (second.before(first)) {
            auto const swapped = first;
            first = second;
            second = swapped;
        }
        auto const root = first.job;
        for (;;) { // what is right of the first is merged with the second; the sides are exchanged on the way
            auto const next = right_[first.job];
            right_[first.job] = left_[first.job];
            if (next == none) {
                left_[first.job] = second.job;
                return root;
            }
            auto const rival = ranked{key(next), next};
            if (second.before(rival)) {
                left_[first.job] = second.job;
                first = second;
                second = rival;
            } else {
                left_[first.job] = next;
                first = rival;
            }
        }
    }

    strided<std::uint32_t> roots_;
    strided<std::uint32_t> left_;
    strided<std::uint32_t> right_;
};

} // namespace rota::cuda

#endif
