// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_RELAXED_WAVE_HPP
#define ROTA_PLACEMENT_RELAXED_WAVE_HPP

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

/// What a round gives up.
enum class relax : std::uint8_t {
    one_winner,   ///< a node gets one pod a round; the next pod that wants it takes its next choice
    stale_scores, ///< scores are those of the round's beginning; whether the pod fits is asked anew
};

/// Places a queue of pods in rounds that score each distinct request once, as `exact_wave`, but never score a
/// node again within the round.
///
/// A round looks at so many pods of the queue, in its order; a pod that finds nothing in its list comes first
/// in the next.
/// Gives up  the best node, by the score's change through the pods of one round; and the order of the queue:
/// a pod may be passed by those of its round.
/// Keeps     no node holds more than it has; a round places a pod or refuses one, so there are no more rounds
/// than pods; a pod is refused only where no node takes it. With rounds of one pod it is `scan`.
/// Cost      a round: a score for each pair of node and request that it meets; then a look into a list a pod.
/// Source    the rounds of D. P. Bertsekas, "The auction algorithm", Annals of OR 1988, without prices;
/// A. Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015, section 3.4, whose
/// cached scores may be stale, too.
template <pod_scorer Scorer, relax What>
class relaxed_wave {
    static_assert(locality_of<Scorer>() == locality::node,
                  "rota: relaxed_wave keeps a score for a round, and this scorer looks beyond the node; use "
                  "scan");

public:
    /// Expects   keep > 0, the length of a list; pods > 0, that a round looks at.
    relaxed_wave(state_table& nodes, std::size_t keep, std::size_t pods, Scorer score = {})
        : nodes_{&nodes}, score_{score}, keep_{keep}, pods_{pods}, taken_(nodes.size(), 0) {
        ROTA_EXPECTS(keep > 0 && pods > 0, "a round has pods, and each a choice");
    }

    std::uint32_t add(job::pod const& need) {
        lists_.push_back({need, {}, false, 0});
        return static_cast<std::uint32_t>(lists_.size() - 1);
    }
    /// Takes nodes for these requests. Where each lies; none where it does not fit.
    std::vector<std::optional<seat>> place(std::span<std::uint32_t const> queue) {
        auto where = std::vector<std::optional<seat>>(queue.size());
        auto waiting = std::vector<std::size_t>{}; // positions in the queue, those of the last round first
        for (auto next = std::size_t{0}; next != queue.size() || !waiting.empty();) {
            while (waiting.size() != pods_ && next != queue.size()) waiting.push_back(next++);
            ++rounds_;
            std::erase_if(waiting, [&](std::size_t at) {
                auto& list = lists_[queue[at]];
                if (list.round != rounds_) fill(list);
                if (list.best.empty()) return true; // no node takes it
                auto const n = choose(list);
                if (n == nowhere) return What == relax::stale_scores && list.complete;
                where[at] = take(node_id{n}, list.need);
                return true;
            });
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
        std::vector<entry> best; ///< ascending
        bool complete;           ///< no node that takes the pod was left out
        std::uint64_t round;     ///< in which it was made
        std::size_t at = 0;      ///< those before it are out
    };
    static constexpr auto nowhere = ~std::uint32_t{0};

    void fill(listed& of) {
        of.best.clear();
        for (auto n = std::uint32_t{0}; n != nodes_->size(); ++n)
            if (auto const key = key_of(score_, *nodes_, node_id{n}, of.need); key != no_key)
                of.best.push_back({key, n});
        of.complete = of.best.size() <= keep_;
        auto const end = of.complete ? of.best.end() : of.best.begin() + static_cast<std::ptrdiff_t>(keep_);
        std::partial_sort(of.best.begin(), end, of.best.end());
        of.best.erase(end, of.best.end());
        of.at = 0;
        of.round = rounds_;
    }
    /// The first node of the list that may still have the pod: what may not, may not later in the round.
    [[nodiscard]] std::uint32_t choose(listed& of) const {
        for (; of.at != of.best.size(); ++of.at) {
            auto const n = of.best[of.at].node;
            if (What == relax::one_winner ? taken_[n] != rounds_ : nodes_->takes(node_id{n}, of.need))
                return n;
        }
        return nowhere;
    }
    seat take(node_id n, job::pod const& need) {
        auto const made = seat{n, score_.pick((*nodes_)[n], need)};
        nodes_->take(n, need, made.gpus);
        taken_[index(n)] = rounds_;
        return made;
    }

    state_table* nodes_;
    [[no_unique_address]] Scorer score_;
    std::size_t keep_;
    std::size_t pods_;
    std::uint64_t rounds_ = 0;
    std::vector<listed> lists_;
    std::vector<std::uint64_t> taken_; ///< the round in which a node got a pod last
};

} // namespace rota::placement

#endif
