// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BLOCK_MINIMUM_HPP
#define ROTA_PLACEMENT_BLOCK_MINIMUM_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/change_log.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/minima.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/sum_scorer.hpp>

namespace rota::placement {

/// The engine for any scorer: for each request the keys of all nodes with a tree of minima above them,
/// brought up to date by making only those anew whose nodes have changed since the request was last asked.
///
/// For a sum_scorer the keys are sums; and where so much has changed since the last question that a look at
/// all nodes costs less, it takes that look.
/// Cost      a question: a key and about one level of the tree for each changed node, then a walk down the
/// tree; the first computes every key. Under a sum_scorer never much more than simd_scan. A change is noted
/// once. Memory 8.5 bytes for each pair of request and node.
template <pod_scorer Scorer>
class block_minimum {
    static_assert(
        locality_of<Scorer>() == locality::node,
        "rota: block_minimum keeps a score until its node changes, and this scorer looks beyond the node; "
        "use scan");

public:
    explicit block_minimum(state_table const& nodes, Scorer score = {})
        : nodes_{&nodes}, score_{score}, changes_{nodes.size()}, anew_{nodes, score} {}
    explicit block_minimum(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back({need, std::nullopt, 0, 0});
        static_cast<void>(anew_.add(need));
        return changes_.add_reader();
    }
    void changed(node_id n) {
        ++now_;
        changes_.changed(n);
        anew_.changed(n);
    }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) {
        auto& asked = requests_[request];
        if constexpr (sum_scorer<Scorer>)
            if (anew_.compares(request)) {
                if (!pays(asked, request)) return anew_.best(request);
                auto const limit = [&](std::int64_t least) { return anew_.limit(request, least); };
                return best(asked, request, anew_.sums(request), limit);
            }
        auto const key = [&](std::size_t n) {
            return key_of(score_, *nodes_, node_id{static_cast<std::uint32_t>(n)}, asked.need);
        };
        return best(asked, request, key, [](std::int64_t least) { return least; });
    }

private:
    struct question {
        job::pod need;
        std::optional<minima> keys;
        std::uint64_t last = 0;   ///< change before which it was asked last
        std::uint64_t credit = 0; ///< nodes looked at anew, in a row, where keys would have been cheaper
    };

    template <class Key, class Limit>
    std::optional<node_id> best(question& asked, std::uint32_t request, Key key, Limit limit) {
        if (!asked.keys) asked.keys = first_keys(request, key);
        changes_.read(request, [&](node_id n) { asked.keys->set(index(n), key(index(n))); });
        auto const least = asked.keys->least();
        if (least == no_key) return {};
        return node_id{
            static_cast<std::uint32_t>(asked.keys->first_within(std::min(limit(least), no_key - 1)))};
    }
    template <class Key>
    minima first_keys(std::uint32_t request, Key key) {
        changes_.read(request, [](node_id) {}); // all are made now
        auto keys = std::vector<std::int64_t>(std::max(nodes_->size(), 1u), no_key);
        for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n) {
            auto const same =
                n != 0 && (*nodes_)[node_id{n}] == (*nodes_)[node_id{n - 1}] &&
                nodes_->open(node_id{n}) == nodes_->open(node_id{n - 1}) &&
                nodes_->predicates(node_id{n}) == nodes_->predicates(node_id{n - 1}); // as where all is idle
            keys[n] = same ? keys[n - 1] : key(n);
        }
        return minima{std::move(keys)};
    }
    /// Keys cost less than looking at all nodes anew, and bringing them up to date no more than has been
    /// lost by not having them.
    [[nodiscard]] bool pays(question& asked, std::uint32_t request) const noexcept {
        auto const all = std::uint64_t{nodes_->size()};
        auto const changes = now_ - std::exchange(asked.last, now_);
        if (changes * nodes_a_key > all) {
            asked.credit = 0;
            return false;
        }
        asked.credit += all;
        auto const behind = asked.keys ? std::min<std::uint64_t>(changes_.unread(request), all)
                                       : all / 4; // in a row they are cheap
        return behind * nodes_a_key <= asked.credit;
    }

    static constexpr std::uint64_t nodes_a_key =
        32; ///< looked at by simd_scan in the time of one key's update

    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    change_log changes_;
    std::conditional_t<sum_scorer<Scorer>, simd_scan<Scorer>, scan<Scorer>> anew_;
    std::uint64_t now_ = 0; ///< changes since the start
    std::vector<question> requests_;
};

} // namespace rota::placement

#endif
