// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_EXACT_WAVE_HPP
#define ROTA_PLACEMENT_EXACT_WAVE_HPP

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/candidates.hpp>
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
/// Expects   where `Candidates` keeps states: changed(n) after the caller has changed a node between queues.
/// Cost      a round: a score for each pair of node and request that it meets, or what `Candidates` takes
/// instead. A pod: a score for each node touched in the round so far.
template <pod_scorer Scorer, candidate_source Candidates = scanned_candidates<Scorer>>
class exact_wave {
    static_assert(
        locality_of<Scorer>() == locality::node,
        "rota: exact_wave keeps a score until its node changes, and this scorer looks beyond the node; "
        "use scan");

public:
    /// Expects   keep > 0, the length of a list.
    explicit exact_wave(state_table& nodes, Scorer score = {}, std::size_t keep = 64)
        requires std::same_as<Candidates, scanned_candidates<Scorer>>
        : exact_wave{nodes, score, Candidates{nodes, score, keep}} {}
    exact_wave(state_table& nodes, Scorer score, Candidates from)
        : nodes_{&nodes}, score_{score}, from_{std::move(from)}, is_touched_(nodes.size(), 0) {}

    std::uint32_t add(job::pod const& need) {
        lists_.push_back({need, {}, 0, 0});
        return from_.add(need);
    }
    void changed(node_id n) { from_.changed(n); }
    /// Takes the nodes for these requests, in this order. Where each lies; none where it does not fit.
    std::vector<std::optional<seat>> place(std::span<std::uint32_t const> queue) {
        auto where = std::vector<std::optional<seat>>{};
        where.reserve(queue.size());
        begin_round(queue);
        while (where.size() != queue.size()) {
            auto const request = queue[where.size()];
            auto& list = lists_[request];
            if (list.round != rounds_) {
                from_.list(request, is_touched_, list.of);
                list.at = 0;
                list.round = rounds_;
            }
            auto const found = best(list);
            if (!found) begin_round(queue.subspan(where.size()));
            else if (*found == nowhere) where.push_back(std::nullopt);
            else where.push_back(take(node_id{found->node}, list.need));
        }
        return where;
    }
    /// Rounds begun since the start.
    [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }

private:
    struct listed {
        job::pod need;
        candidate_list of;
        std::size_t at;      ///< those before it are touched
        std::uint64_t round; ///< in which it was made
    };
    static constexpr auto nowhere = candidate{no_key, ~std::uint32_t{0}};

    void begin_round(std::span<std::uint32_t const> queue) {
        ++rounds_;
        for (auto const n : touched_) is_touched_[n] = 0;
        touched_.clear();
        from_.begin(queue);
    }
    /// Nothing where only a new round can tell.
    [[nodiscard]] std::optional<candidate> best(listed& list) const {
        auto const& [nodes, complete] = list.of;
        while (list.at != nodes.size() && is_touched_[nodes[list.at].node]) ++list.at;
        auto const ends = list.at == nodes.size();
        auto found = ends ? nowhere : nodes[list.at];
        for (auto const n : touched_)
            found = std::min(found, {key_of(score_, *nodes_, node_id{n}, list.need), n});
        if (found.key == no_key) found = nowhere;
        if (ends && !complete && (nodes.empty() || nodes.back() < found)) return {};
        return found;
    }
    seat take(node_id n, job::pod const& need) {
        auto const made = seat{n, score_.pick((*nodes_)[n], need)};
        nodes_->take(n, need, made.gpus);
        from_.changed(n);
        if (!std::exchange(is_touched_[index(n)], std::uint8_t{1})) touched_.push_back(index(n));
        return made;
    }

    state_table* nodes_;
    [[no_unique_address]] Scorer score_;
    Candidates from_;
    std::uint64_t rounds_ = 0;
    std::vector<listed> lists_;
    std::vector<std::uint8_t> is_touched_;
    std::vector<std::uint32_t> touched_;
};

} // namespace rota::placement

#endif
