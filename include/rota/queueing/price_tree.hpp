// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_PRICE_TREE_HPP
#define ROTA_QUEUEING_PRICE_TREE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <rota/core/checked.hpp>

namespace rota::queueing {

/// Prices in a fixed order, each of which may change: the largest ones without a scan.
///
/// A max tree over the positions, four children a node, and before it the list of the largest prices, kept sorted through the changes:
/// most questions end there, and the tree is searched only when the list has run short.
/// Equal prices count from the left.
/// Cost      a change O(log size), and a move within the list where it is among the largest; whether m lie above a
///           bound, the m largest: O(m), or O(m log size) where the list is made anew.
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
    [[nodiscard]] price largest() const noexcept { return values_[0]; }
    /// The position of the largest price.
    [[nodiscard]] std::size_t first() const noexcept {
        auto i = std::size_t{0};
        while (i < inner_)
            for (i = 4 * i + 1; values_[i] != values_[0];) ++i;
        return i - inner_;
    }
    /// The prices in their order.
    [[nodiscard]] price const* begin() const noexcept { return values_.data() + inner_; }
    [[nodiscard]] price operator[](std::size_t at) const noexcept { return values_[inner_ + at]; }

    void assign(std::vector<price> const& prices) {
        inner_ = 0;
        for (auto leaves = std::size_t{1}; leaves < prices.size(); leaves *= 4) inner_ += leaves;
        values_.assign(inner_ + (prices.size() + 3) / 4 * 4, none);
        std::copy(prices.begin(), prices.end(), values_.begin() + static_cast<std::ptrdiff_t>(inner_));
        for (auto i = values_.size() - 1; i != 0; --i)
            values_[(i - 1) / 4] = std::max(values_[(i - 1) / 4], values_[i]);
        top_.clear();
    }
    void set(std::size_t at, price value) {
        auto* const values = values_.data();
        auto i = inner_ + at;
        auto const before = std::exchange(values[i], value);
        if (!top_.empty() && std::max(before, value) >= top_.back().value) follow({before, at}, {value, at});
        if (value > before) {
            for (; i != 0 && values[(i - 1) / 4] < value; i = (i - 1) / 4) values[(i - 1) / 4] = value;
        } else {
            for (; i != 0 && values[(i - 1) / 4] == before; i = (i - 1) / 4) { // else another was the largest
                auto const* const child = values + (i - 1) / 4 * 4 + 1;
                value = std::max(std::max(child[0], child[1]), std::max(child[2], child[3]));
                if (value == before) return;
                values[(i - 1) / 4] = value;
            }
        }
    }
    /// At least m prices are above the bound.
    [[nodiscard]] bool above(std::uint32_t m, price bound) {
        if (m <= 1 || largest() <= bound) return m == 0 || largest() > bound;
        if (top_.size() < m && !top_.empty() && top_.back().value <= bound)
            return false; // they all stand there
        auto const most = best(m);
        return most.size() == m && most.back().value > bound;
    }
    /// Calls visit(position) for the prices that are at least `least`, in no order.
    template <class Visit>
    void each_at_least(price least, Visit visit) const {
        if (!top_.empty() && top_.back().value < least) {
            for (auto const* one = top_.data(); one->value >= least; ++one) visit(one->at);
        } else {
            walk(std::max(least, none + 1), visit);
        }
    }
    /// The m largest prices in order; fewer where there are not as many. Valid until a price changes.
    [[nodiscard]] std::span<entry const> best(std::uint32_t m) {
        if (top_.size() < m) search(std::size_t{m} + 16);
        return {top_.data(), std::min<std::size_t>(m, top_.size())};
    }

private:
    struct subtree {
        price largest;
        std::size_t first; ///< position
        std::size_t at;    ///< in the tree
        std::size_t size;  ///< positions
        [[nodiscard]] bool operator<(subtree const& b) const noexcept {
            return largest != b.largest ? largest < b.largest : first > b.first;
        }
    };

    /// Visits the positions whose price is at least `least`, left to right.
    template <class Visit>
    void walk(price least, Visit visit) const {
        if (values_[0] < least) return;
        for (auto i = std::size_t{0};;) {
            while (i < inner_) // one of the four is large enough
                for (i = 4 * i + 1; values_[i] < least;) ++i;
            visit(i - inner_);
            do { // up, past subtrees that are done
                for (; i % 4 == 0; i = (i - 1) / 4)
                    if (i == 0) return;
                ++i;
            } while (values_[i] < least);
        }
    }
    /// Keeps the list complete down to its last entry, which it may lose.
    void follow(entry const& gone, entry const& come) {
        auto const place_of = [this](entry const& one) {
            return std::lower_bound(top_.begin(), top_.end(), one);
        };
        auto const last = top_.back();
        auto const was_there = !(last < gone);
        if (!(come < last)) {
            if (was_there) top_.erase(place_of(gone));
            return;
        }
        auto const to = place_of(come);
        if (!was_there) {
            top_.insert(to, come);
            if (top_.size() > room_) top_.pop_back();
            return;
        }
        if (auto const from = place_of(gone); from < to) {
            *std::move(from + 1, to, from) = come;
        } else {
            std::move_backward(to, from, from + 1);
            *to = come;
        }
    }
    /// Makes the list anew: the subtree with the largest price again and again, of equals the leftmost.
    void search(std::size_t m) {
        room_ = 2 * m;
        top_.clear();
        auto leaves = std::size_t{1};
        while (leaves < values_.size() - inner_) leaves *= 4;
        open_.assign(1, {values_[0], 0, 0, leaves});
        while (!open_.empty() && top_.size() != m) {
            auto [value, first, i, size] = open_.front();
            std::pop_heap(open_.begin(), open_.end());
            open_.pop_back();
            if (value == none) return;
            while (i < inner_) { // down to that price
                size /= 4;
                auto next = std::size_t{0};
                auto const child = 4 * i + 1;
                for (auto k = std::size_t{0}; k != 4; ++k)
                    if (next == 0 && values_[child + k] == value) {
                        next = child + k;
                    } else if (values_[child + k] != none) {
                        open_.push_back({values_[child + k], first + k * size, child + k, size});
                        std::push_heap(open_.begin(), open_.end());
                    }
                first += (next - child) * size;
                i = next;
            }
            top_.push_back({value, first});
        }
    }

    std::size_t inner_ = 0;     ///< nodes above the leaves
    std::vector<price> values_; ///< the children of i are 4i + 1 .. 4i + 4
    std::vector<entry> top_;    ///< whatever is not in it comes after its last
    std::size_t room_ = 0;      ///< for the list
    std::vector<subtree> open_;
};

} // namespace rota::queueing

#endif
