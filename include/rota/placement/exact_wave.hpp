// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_EXACT_WAVE_HPP
#define ROTA_PLACEMENT_EXACT_WAVE_HPP

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// Places a queue of pods in rounds: for each distinct request a round scores all nodes once and lists the
/// best few, then gives nodes away in the order of the queue. The result is that of placing one by one.
///
/// A node that the round has touched is scored again; any other keeps its key, and one that a list left out
/// sorts after the list's last. So the first untouched node of the list or the best touched one is the
/// answer. Where that would lie beyond a list that left nodes out, a new round begins.
/// Cost      a round: a score for each pair of node and request that it meets. A pod: a score for each node
/// touched in the round so far.
template <pod_scorer Scorer>
class exact_wave {
    static_assert(
        locality_of<Scorer>() == locality::node,
        "rota: exact_wave keeps a score until its node changes, and this scorer looks beyond the node; "
        "use scan");

public:
    /// Expects   keep > 0, the length of a list.
    explicit exact_wave(state_table& nodes, Scorer score = {}, std::size_t keep = 64)
        : nodes_{&nodes}, score_{score}, keep_{keep}, is_touched_(nodes.size(), 0) {
        ROTA_EXPECTS(keep > 0, "a list of no nodes has no last");
    }

    std::uint32_t add(job::pod const& need) {
        lists_.push_back({need, {}, 0, false, 0});
        return static_cast<std::uint32_t>(lists_.size() - 1);
    }
    /// Takes the nodes for these requests, in this order. Where each lies; none where it does not fit.
    std::vector<std::optional<seat>> place(std::span<std::uint32_t const> queue) {
        auto where = std::vector<std::optional<seat>>{};
        where.reserve(queue.size());
        begin_round();
        while (where.size() != queue.size()) {
            auto& list = lists_[queue[where.size()]];
            if (list.round != rounds_) fill(list);
            auto const found = best(list);
            if (!found) begin_round();
            else if (*found == nowhere) where.push_back(std::nullopt);
            else where.push_back(take(node_id{found->node}, list.need));
        }
        return where;
    }
    /// Rounds begun since the start.
    [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }

private:
    struct entry {
        std::int64_t key;
        std::uint32_t node;
        friend auto operator<=>(entry const&, entry const&) = default;
    };
    struct listed {
        job::pod need;
        std::vector<entry> best; ///< ascending, of nodes untouched when it was made
        std::size_t at;          ///< those before it are touched
        bool complete;           ///< no untouched node that takes the pod was left out
        std::uint64_t round;     ///< in which it was made
    };
    static constexpr auto nowhere = entry{no_key, ~std::uint32_t{0}};

    void begin_round() {
        ++rounds_;
        for (auto const n : touched_) is_touched_[n] = 0;
        touched_.clear();
    }
    void fill(listed& of) {
        of.best.clear();
        for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n)
            if (auto const key = key_of(score_, *nodes_, node_id{n}, of.need);
                key != no_key && !is_touched_[n])
                of.best.push_back({key, n});
        of.complete = of.best.size() <= keep_;
        auto const end = of.complete ? of.best.end() : of.best.begin() + static_cast<std::ptrdiff_t>(keep_);
        std::partial_sort(of.best.begin(), end, of.best.end());
        of.best.erase(end, of.best.end());
        of.at = 0;
        of.round = rounds_;
    }
    /// Nothing where only a new round can tell.
    [[nodiscard]] std::optional<entry> best(listed& of) const {
        while (of.at != of.best.size() && is_touched_[of.best[of.at].node]) ++of.at;
        auto const ends = of.at == of.best.size();
        auto found = ends ? nowhere : of.best[of.at];
        for (auto const n : touched_)
            found = std::min(found, {key_of(score_, *nodes_, node_id{n}, of.need), n});
        if (found.key == no_key) found = nowhere;
        if (ends && !of.complete && (of.best.empty() || of.best.back() < found)) return {};
        return found;
    }
    seat take(node_id n, job::pod const& need) {
        auto const made = seat{n, score_.pick((*nodes_)[n], need)};
        nodes_->take(n, need, made.gpus);
        if (!std::exchange(is_touched_[index(n)], std::uint8_t{1})) touched_.push_back(index(n));
        return made;
    }

    state_table* nodes_;
    [[no_unique_address]] Scorer score_;
    std::size_t keep_;
    std::uint64_t rounds_ = 0;
    std::vector<listed> lists_;
    std::vector<std::uint8_t> is_touched_;
    std::vector<std::uint32_t> touched_;
};

} // namespace rota::placement

#endif
