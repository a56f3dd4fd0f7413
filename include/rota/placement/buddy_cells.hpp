// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BUDDY_CELLS_HPP
#define ROTA_PLACEMENT_BUDDY_CELLS_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/core/config.hpp>

namespace rota::placement {

/// Cells of one kind of hardware, GPUs at level 0, and who may count on how many: buddy allocation that cannot break
/// a promise.
///
/// A cell of level l + 1 has fanouts[l] children. promise() sets cells aside by number, not by place; take() turns
/// one of them into a place, splitting the smallest free cell that is large enough; give() merges.
/// Meaning   surplus(l) = free(l) - promised(l) + fanout(l) x surplus(l + 1) never falls below 0, at any level: so
/// who was promised a cell gets it at once. property/placement/buddy_cells.cpp checks it.
/// Source    H. Zhao et al., "HiveD: sharing a GPU cluster for deep learning with guarantees", OSDI 2020, section 3.3
/// (buddy cell allocation) and theorem 1; bad cells as in section 3.4, with a split of larger cells to avoid one
/// as far as the surplus allows.
class buddy_cells {
public:
    buddy_cells(std::uint32_t tops, std::span<std::uint32_t const> fanouts)
        : fanout_(fanouts.begin(), fanouts.end()), size_(fanouts.size() + 1, 1), free_count_(size_.size(), 0),
          promised_(size_.size(), 0) {
        for (auto l = std::size_t{1}; l != size_.size(); ++l) size_[l] = size_[l - 1] * fanout_[l - 1];
        for (auto size : size_) free_.emplace_back(std::size_t{tops} * size_.back() / size);
        for (auto c = std::uint32_t{0}; c != tops; ++c) enter(top(), c);
    }

    [[nodiscard]] std::uint32_t top() const noexcept { return static_cast<std::uint32_t>(size_.size() - 1); }
    /// GPUs of a cell.
    [[nodiscard]] std::uint32_t size(std::uint32_t level) const noexcept { return size_[level]; }
    /// Free cells of the level that are part of no larger free one.
    [[nodiscard]] std::uint32_t free(std::uint32_t level) const noexcept { return free_count_[level]; }
    /// Cells of the level that were promised and have no place.
    [[nodiscard]] std::uint32_t promised(std::uint32_t level) const noexcept { return promised_[level]; }
    /// Cells of the level that could be split off or promised without breaking a promise.
    [[nodiscard]] std::int64_t surplus(std::uint32_t level) const noexcept {
        auto sum = std::int64_t{0};
        for (auto l = top() + 1; l-- != level;)
            sum = (l == top() ? 0 : fanout_[l] * sum) + free_count_[l] - promised_[l];
        return sum;
    }
    /// No promise could be broken.
    [[nodiscard]] bool safe() const noexcept {
        for (auto l = std::uint32_t{0}; l <= top(); ++l)
            if (surplus(l) < 0) return false;
        return true;
    }

    /// Promises one more cell of the level. False, and nothing is promised, where that could not be kept.
    [[nodiscard]] bool promise(std::uint32_t level) noexcept {
        ++promised_[level];
        if (safe()) return true;
        --promised_[level];
        return false;
    }
    /// A place for a promised cell: the least cost(level, cell), the lowest of equals; costs from `bad` on are worth
    /// splitting a larger cell than needed for, where the surplus allows it.
    /// Expects   promised(level) > 0. Then it succeeds.
    template <class Cost>
    std::uint32_t take(std::uint32_t level, std::uint64_t bad, Cost cost) {
        auto best = std::numeric_limits<std::uint64_t>::max();
        auto cell = std::uint32_t{0};
        auto from = top() + 1;
        for (auto l = level; l <= top(); ++l) {
            if (l != level && from <= top() && (best < bad || surplus(l) < 1)) break;
            auto const parts = size_[l] / size_[level];
            for (auto c = free_[l].next(0); c != cluster::bitmap::none && best != 0; c = free_[l].next(c + 1))
                for (auto i = std::uint32_t{0}; i != parts && best != 0; ++i)
                    if (auto const here = cost(level, c * parts + i); here < best) {
                        best = here;
                        cell = c * parts + i;
                        from = l;
                    }
        }
        ROTA_EXPECTS(promised_[level] != 0 && from <= top(), "only a promised cell is taken");
        split(level, cell, from);
        return cell;
    }
    /// Takes that very cell for one that was promised. False where it is not free, or a promise would be broken.
    [[nodiscard]] bool take_at(std::uint32_t level, std::uint32_t cell) {
        if (promised_[level] == 0) return false;
        for (auto l = level; l <= top(); ++l)
            if (free_[l].contains(cell / (size_[l] / size_[level]))) {
                split(level, cell, l);
                if (safe()) return true;
                give(level, cell);
                return false;
            }
        return false;
    }
    /// The cell has no place any more; the promise stands.
    void give(std::uint32_t level, std::uint32_t cell) {
        ++promised_[level];
        for (; level != top(); ++level) {
            auto const parent = cell / fanout_[level];
            auto const first = parent * fanout_[level];
            auto whole = true;
            for (auto c = first; c != first + fanout_[level] && whole; ++c)
                whole = c == cell || free_[level].contains(c);
            if (!whole) break;
            for (auto c = first; c != first + fanout_[level]; ++c)
                if (c != cell) leave(level, c);
            cell = parent;
        }
        enter(level, cell);
    }

private:
    void enter(std::uint32_t level, std::uint32_t cell) {
        free_[level].insert(cell);
        ++free_count_[level];
    }
    void leave(std::uint32_t level, std::uint32_t cell) {
        free_[level].erase(cell);
        --free_count_[level];
    }
    /// Takes the cell out of the free one of level `from` that holds it; the other parts become free.
    void split(std::uint32_t level, std::uint32_t cell, std::uint32_t from) {
        leave(from, cell / (size_[from] / size_[level]));
        for (auto l = from; l != level; --l) {
            auto const kept = cell / (size_[l - 1] / size_[level]);
            auto const first = kept / fanout_[l - 1] * fanout_[l - 1];
            for (auto c = first; c != first + fanout_[l - 1]; ++c)
                if (c != kept) enter(l - 1, c);
        }
        --promised_[level];
    }

    std::vector<std::uint32_t> fanout_;     ///< [levels - 1]
    std::vector<std::uint32_t> size_;       ///< [levels] GPUs of a cell
    std::vector<cluster::bitmap> free_;     ///< [levels]
    std::vector<std::uint32_t> free_count_; ///< [levels]
    std::vector<std::uint32_t> promised_;   ///< [levels]
};

} // namespace rota::placement

#endif
