// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_KIND_SEARCH_HPP
#define ROTA_PLACEMENT_KIND_SEARCH_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/placement/topology_gang.hpp>

namespace rota::placement {

/// What of a node pods of several kinds may share among them.
struct room_for_kinds {
    std::uint32_t gpus = 0; ///< on which a pod's share has room
    std::uint64_t cpu_milli = 0;
    std::uint64_t mem_mib = 0;

    friend bool operator==(room_for_kinds const&, room_for_kinds const&) = default;
};

/// Whether pods of several kinds fit on some nodes at all, and how many of each kind go where: by trying all that
/// differs, node after node.
///
/// Of what may be left after a node only that is followed up which no other undercuts in every kind.
/// Cost      exponential in the kinds, so it counts its tries: `tries_left` of them at most, and what is said once
/// there is none left says nothing.
class kind_search {
public:
    /// counts[node][kind]
    using counts = std::vector<std::vector<std::uint32_t>>;

    explicit kind_search(std::vector<pod_kind> const& kinds) : kinds_{&kinds} {}
    explicit kind_search(std::vector<pod_kind> const&&) = delete;

    /// So that each kind has its `least`; empty where there is no such way, or no more tries.
    [[nodiscard]] counts run(std::vector<room_for_kinds> const& nodes, std::uint32_t& tries_left) {
        after_.assign(nodes.size() + 1, 0);
        for (auto n = nodes.size(); n-- != 0;) after_[n] = after_[n + 1] + nodes[n].gpus;
        tried_.assign(1, {});
        for (auto const& kind : *kinds_) tried_[0].left.push_back(kind.least);
        auto first = std::size_t{0}; // of what may be left before the node
        for (auto n = std::size_t{0}; n != nodes.size(); ++n) {
            auto const end = tried_.size();
            for (auto i = first; i != end; ++i) {
                from_ = i;
                end_ = end;
                lay(nodes[n], after_[n + 1], 0, tried_[i].left, tries_left);
                if (tries_left == 0) return {};
            }
            if (end == tried_.size()) return {}; // too little is left for any of them
            first = end;
            for (auto i = first; i != tried_.size(); ++i)
                if (gpus_of(tried_[i].left) == 0) return told(nodes.size(), n, i);
        }
        return {};
    }

private:
    struct state {
        std::vector<std::uint32_t> left; ///< of each kind
        std::size_t from = 0;            ///< which state it was before the node
    };

    [[nodiscard]] std::uint64_t gpus_of(std::vector<std::uint32_t> const& left) const noexcept {
        auto sum = std::uint64_t{0};
        for (auto k = std::size_t{0}; k != left.size(); ++k)
            sum += std::uint64_t{left[k]} * (*kinds_)[k].each.gpus_max;
        return sum;
    }
    /// Every way of laying kinds from the k-th on into the room.
    void lay(room_for_kinds room, std::uint64_t after, std::size_t k, std::vector<std::uint32_t> left,
             std::uint32_t& tries_left) {
        if (tries_left == 0) return;
        if (k == kinds_->size()) {
            tries_left -= std::min(tries_left, 1 + static_cast<std::uint32_t>((tried_.size() - end_) / 8));
            if (gpus_of(left) <= after) keep(std::move(left));
            return;
        }
        auto const& each = (*kinds_)[k].each;
        auto const cpu_milli = std::uint64_t{each.cpu_milli} * each.gpus_max;
        auto const mem_mib = std::uint64_t{each.mem_mib} * each.gpus_max;
        auto const last = k + 1 == kinds_->size(); // takes all it can: less would leave more
        for (;;) {
            auto const more = left[k] != 0 && room.gpus >= each.gpus_max && room.cpu_milli >= cpu_milli &&
                              room.mem_mib >= mem_mib;
            if (!last || !more) lay(room, after, k + 1, left, tries_left);
            if (!more) return;
            --left[k];
            room.gpus -= each.gpus_max;
            room.cpu_milli -= cpu_milli;
            room.mem_mib -= mem_mib;
        }
    }
    void keep(std::vector<std::uint32_t> left) {
        auto const undercuts = [](std::vector<std::uint32_t> const& a, std::vector<std::uint32_t> const& b) {
            return std::equal(a.begin(), a.end(), b.begin(), [](auto x, auto y) { return x <= y; });
        };
        for (auto i = end_; i != tried_.size(); ++i)
            if (undercuts(tried_[i].left, left)) return;
        for (auto i = end_; i != tried_.size();)
            if (undercuts(left, tried_[i].left)) {
                std::swap(tried_[i], tried_.back());
                tried_.pop_back();
            } else {
                ++i;
            }
        tried_.push_back({std::move(left), from_});
    }
    [[nodiscard]] counts told(std::size_t nodes, std::size_t n, std::size_t at) const {
        auto made = counts(nodes, std::vector<std::uint32_t>(kinds_->size()));
        for (;; --n) {
            auto const& before = tried_[tried_[at].from];
            for (auto k = std::size_t{0}; k != kinds_->size(); ++k)
                made[n][k] = before.left[k] - tried_[at].left[k];
            at = tried_[at].from;
            if (n == 0) return made;
        }
    }

    std::vector<pod_kind> const* kinds_;
    std::vector<std::uint64_t> after_; ///< GPUs of the nodes from this one on
    std::vector<state> tried_;         ///< node after node
    std::size_t from_ = 0;             ///< what is being continued
    std::size_t end_ = 0;              ///< of the states before the node
};

} // namespace rota::placement

#endif
