// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_PRICE_TREE_HPP
#define ROTA_QUEUEING_PRICE_TREE_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <rota/core/checked.hpp>

namespace rota::queueing {

/// Prices in a fixed order, each of which may change: the largest ones without a scan.
///
/// A max tree over the positions. Equal prices count from the left.
/// Cost      a change O(log size); whether m lie above a bound O(m log size); the m largest likewise, mostly less:
///           the next answer is looked for near the last.
class price_tree {
public:
    using price = int128; ///< a measure and, below it, what breaks ties
    static constexpr price highest = static_cast<price>(std::numeric_limits<std::int64_t>::max()) << 63;
    static constexpr price none = -highest; ///< counts as no price

    struct entry {
        price value;
        std::size_t at;                                               ///< position
        [[nodiscard]] bool operator<(entry const& b) const noexcept { // the larger price comes first
            return value != b.value ? value > b.value : at < b.at;
        }
    };

    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
    [[nodiscard]] price largest() const noexcept { return values_[1]; }
    /// The prices in their order.
    [[nodiscard]] price const* begin() const noexcept { return values_.data() + leaves(); }

    void assign(std::vector<price> const& prices) {
        auto const room = std::bit_ceil(prices.size());
        values_.assign(2 * room, none);
        std::copy(prices.begin(), prices.end(), values_.begin() + static_cast<std::ptrdiff_t>(room));
        for (auto i = room - 1; i != 0; --i) values_[i] = std::max(values_[2 * i], values_[2 * i + 1]);
        last_ = highest;
    }
    void set(std::size_t at, price value) noexcept {
        auto i = leaves() + at;
        auto const before = std::exchange(values_[i], value);
        if (value > before) {
            for (; i > 1 && values_[i >> 1] < value; i >>= 1) values_[i >> 1] = value;
        } else {
            for (; i > 1 && values_[i >> 1] == before; i >>= 1) { // else another was the largest
                value = std::max(value, values_[i ^ 1]);
                if (value == before) return;
                values_[i >> 1] = value;
            }
        }
    }
    /// At least m prices are above the bound.
    [[nodiscard]] bool above(std::uint32_t m, price bound) const {
        if (values_[1] <= bound) return false;
        auto found = std::uint32_t{0};
        if (m > 1) walk([bound](price v) { return v > bound; }, [&](std::size_t) { return ++found < m; });
        return m <= 1 || found >= m;
    }
    /// Calls visit(position) for the prices that are at least `least`, in order.
    template <class Visit>
    void each_at_least(price least, Visit visit) const {
        walk([least](price v) { return v >= least && v != none; },
             [&](std::size_t at) {
                 visit(at);
                 return true;
             });
    }
    /// The m largest prices, the least of them last; fewer where there are not as many.
    [[nodiscard]] std::vector<entry> const& best(std::uint32_t m) {
        found_.clear();
        if (m != 0 && !near_the_last(m)) one_by_one(m);
        if (found_.size() == m && m != 0) last_ = found_.back().value;
        return found_;
    }

private:
    struct subtree {
        price largest;
        std::size_t first; ///< position
        std::size_t at;    ///< in the tree
        [[nodiscard]] bool operator<(subtree const& b) const noexcept {
            return largest != b.largest ? largest < b.largest : first > b.first;
        }
    };

    [[nodiscard]] std::size_t leaves() const noexcept { return values_.size() / 2; }
    /// Visits the positions whose price is `in`, left to right, until visit returns false.
    template <class In, class Visit>
    void walk(In in, Visit visit) const {
        for (auto i = std::size_t{1};;) {
            if (in(values_[i])) {
                if (i < leaves()) {
                    i = 2 * i;
                    continue;
                }
                if (!visit(i - leaves())) return;
            }
            i >>= std::countr_one(i); // up, past subtrees that are done
            if (i == 0) return;
            ++i;
        }
    }
    /// The m best of those as good as the last m-th; false where those are too few, or many.
    bool near_the_last(std::uint32_t m) {
        auto const many = std::size_t{4} * m + 32;
        walk([this](price v) { return v >= last_ && v != none; },
             [&](std::size_t at) {
                 found_.push_back({begin()[at], at});
                 return found_.size() != many;
             });
        if (found_.size() < m || found_.size() == many) return false;
        std::nth_element(found_.begin(), found_.begin() + (m - 1), found_.end());
        found_.resize(m);
        return true;
    }
    /// The subtree with the largest price again and again, of equals the leftmost.
    void one_by_one(std::uint32_t m) {
        found_.clear();
        open_.assign(1, {values_[1], 0, 1});
        while (!open_.empty() && found_.size() != m) {
            auto [value, first, i] = open_.front();
            std::pop_heap(open_.begin(), open_.end());
            open_.pop_back();
            if (value == none) return;
            for (auto size = leaves() / std::bit_floor(i); i < leaves();) { // down to that price
                size /= 2;
                auto const right = values_[2 * i] != value;
                auto const other = 2 * i + !right;
                if (values_[other] != none) {
                    open_.push_back({values_[other], first + (right ? 0 : size), other});
                    std::push_heap(open_.begin(), open_.end());
                }
                first += right ? size : 0;
                i = 2 * i + right;
            }
            found_.push_back({value, first});
        }
    }

    std::vector<price> values_;
    price last_ = highest; ///< the m-th of the last answer
    std::vector<subtree> open_;
    std::vector<entry> found_;
};

} // namespace rota::queueing

#endif
