// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_TOURNAMENT_HPP
#define ROTA_QUEUEING_TOURNAMENT_HPP

#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace rota::queueing {

/// The least of some values, each of which may change: a tree of winners.
///
/// Cost      a change O(log size), the least O(1).
template <class Value>
class tournament {
public:
    explicit tournament(Value none) : none_{std::move(none)}, nodes_(2, none_) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Value const& operator[](std::size_t i) const noexcept {
        return nodes_[nodes_.size() / 2 + i];
    }
    [[nodiscard]] Value const& least() const noexcept { return nodes_[1]; }

    void resize(std::size_t size) {
        size_ = size;
        auto const leaves = std::bit_ceil(size + 1);
        if (2 * leaves <= nodes_.size()) return;
        auto const before = std::exchange(nodes_, std::vector<Value>(2 * leaves, none_));
        for (std::size_t i = 0; i != before.size() / 2; ++i) set(i, before[before.size() / 2 + i]);
    }
    void set(std::size_t i, Value const& value) noexcept {
        i += nodes_.size() / 2;
        if (nodes_[i] == value) return;
        nodes_[i] = value;
        while ((i >>= 1) != 0) {
            auto const& winner = nodes_[2 * i + 1] < nodes_[2 * i] ? nodes_[2 * i + 1] : nodes_[2 * i];
            if (nodes_[i] == winner) return;
            nodes_[i] = winner;
        }
    }
    void clear() noexcept {
        size_ = 0;
        nodes_.assign(2, none_);
    }

private:
    Value none_;
    std::size_t size_ = 0;
    std::vector<Value> nodes_;
};

} // namespace rota::queueing

#endif
