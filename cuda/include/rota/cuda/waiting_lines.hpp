// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_WAITING_LINES_HPP
#define ROTA_CUDA_WAITING_LINES_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/lowest_bit.hpp>
#include <rota/cuda/skew_heaps.hpp>
#include <rota/cuda/strided.hpp>

namespace rota::cuda {

/// The waiting jobs, one line for those that fit or do not fit together, as queueing::backlog keeps them. A line that is
/// shut is known not to fit; a new first job opens it.
class waiting_lines {
public:
    static constexpr auto none = skew_heaps::none;

    /// All lines become empty. Expects at most 32.
    ROTA_HOST_DEVICE void reset(std::uint32_t lines, strided<std::uint32_t> roots,
                                strided<std::uint32_t> left, strided<std::uint32_t> right) noexcept {
        heaps_.reset(roots, lines, left, right);
        lines_ = lines;
        open_ = 0;
    }
    template <class Key>
    ROTA_HOST_DEVICE void push(std::uint32_t line, std::uint32_t job, Key key) noexcept {
        if (heaps_.push(line, job, key)) open_ |= std::uint32_t{1} << line;
    }
    template <class Key>
    ROTA_HOST_DEVICE void pop(std::uint32_t line, Key key) const noexcept {
        heaps_.pop(line, key);
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t top(std::uint32_t line) const noexcept {
        return heaps_.top(line);
    }
    ROTA_HOST_DEVICE void shut(std::uint32_t line) noexcept { open_ &= ~(std::uint32_t{1} << line); }
    ROTA_HOST_DEVICE void open_all() noexcept {
        open_ = lines_ == 0 ? 0 : ~std::uint32_t{0} >> (32 - lines_);
    }
    /// Of the open lines the one with the first job, or none.
    template <class Key>
    [[nodiscard]] ROTA_HOST_DEVICE std::uint32_t first(Key key) noexcept {
        auto best = none;
        auto best_job = none;
        auto best_key = std::int64_t{0};
        for (auto left = open_; left != 0; left &= left - 1) {
            auto const line = lowest_bit(left);
            auto const j = heaps_.top(line);
            if (j == none) {
                shut(line);
                continue;
            }
            auto const here = key(j);
            if (best == none || here < best_key || (here == best_key && j < best_job)) {
                best = line;
                best_job = j;
                best_key = here;
            }
        }
        return best;
    }

private:
    skew_heaps heaps_;
    std::uint32_t lines_ = 0;
    std::uint32_t open_ = 0; ///< bit l: the first of line l may be able to start
};

} // namespace rota::cuda

#endif
