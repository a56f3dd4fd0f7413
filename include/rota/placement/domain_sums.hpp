// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_DOMAIN_SUMS_HPP
#define ROTA_PLACEMENT_DOMAIN_SUMS_HPP

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>

namespace rota::placement {

/// How many pods of one kind every domain has room for: below the level of the slices in pods, from there on in
/// slices.
///
/// Expects   the tree outlives it; slice_level <= tree.top().
class domain_sums {
public:
    explicit domain_sums(cluster::domain_tree const& tree, std::uint32_t slice = 1,
                         std::uint32_t slice_level = 0)
        : tree_{&tree}, slice_{slice}, slice_level_{slice_level}, room_(tree.top() + std::size_t{1}),
          pods_(tree.size(slice_level)) {
        for (auto level = std::uint32_t{0}; level != room_.size(); ++level)
            room_[level].resize(tree.size(level));
    }
    explicit domain_sums(cluster::domain_tree&&, std::uint32_t = 1, std::uint32_t = 0) = delete;

    [[nodiscard]] std::uint32_t slice() const noexcept { return slice_; }
    [[nodiscard]] std::uint32_t slice_level() const noexcept { return slice_level_; }
    [[nodiscard]] std::uint32_t room(std::uint32_t level, std::uint32_t domain) const noexcept {
        return room_[level][domain];
    }
    /// Of every domain of a level.
    [[nodiscard]] std::vector<std::uint32_t> const& rooms(std::uint32_t level) const noexcept {
        return room_[level];
    }

    /// Sums up one domain and all below it from the nodes: pods_on(position) -> pods that fit there.
    template <class PodsOn>
    void fill(std::uint32_t level, std::uint32_t domain, PodsOn pods_on) {
        auto first = domain;
        auto end = domain + 1;
        auto ranges = std::vector<std::pair<std::uint32_t, std::uint32_t>>{{first, end}};
        for (auto l = level; l != 0; --l) {
            first = tree_->first(l, first);
            end = tree_->end(l, end - 1);
            ranges.emplace_back(first, end);
        }
        for (auto l = std::uint32_t{0}; l <= level; ++l) {
            auto const [from, to] = ranges[level - l];
            for (auto d = from; d != to; ++d) {
                auto sum = std::uint32_t{0};
                if (l == 0) sum = pods_on(d);
                else
                    for (auto child = tree_->first(l, d); child != tree_->end(l, d); ++child)
                        sum += room_[l - 1][child];
                if (l == slice_level_) pods_[d] = std::exchange(sum, sum / slice_);
                room_[l][d] = sum;
            }
        }
    }
    /// The node at that position has room for so many pods now. Calls moved(level, domain, before, after) for
    /// every domain whose room changes, lowest first.
    /// Cost      O(levels).
    template <class Moved>
    void change(std::uint32_t position, std::uint32_t pods, Moved moved) {
        auto more =
            pods - (slice_level_ == 0 ? pods_[position] : room_[0][position]); // modulo 2^32, as all sums
        auto domain = position;
        for (auto level = std::uint32_t{0}; more != 0; ++level) {
            auto& room = room_[level][domain];
            auto const before = room;
            if (level == slice_level_) room = (pods_[domain] += more) / slice_;
            else room += more;
            more = room - before;
            if (more != 0) moved(level, domain, before, room);
            if (level == tree_->top()) return;
            domain = tree_->parent(level, domain);
        }
    }

    friend bool operator==(domain_sums const& a, domain_sums const& b) noexcept {
        return a.room_ == b.room_ && a.pods_ == b.pods_;
    }

private:
    cluster::domain_tree const* tree_;
    std::uint32_t slice_;
    std::uint32_t slice_level_;
    std::vector<std::vector<std::uint32_t>> room_; ///< [levels], each [domains]
    std::vector<std::uint32_t> pods_;              ///< of the domains at the level of the slices
};

} // namespace rota::placement

#endif
