// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_RELAXED_WAVE_HPP
#define ROTA_PLACEMENT_RELAXED_WAVE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/candidates.hpp>
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
        lists_.push_back({.need = need, .of = {}});
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
                if (list.round != rounds_) {
                    list_best(score_, *nodes_, list.need, keep_, {}, list.of);
                    list.at = 0;
                    list.round = rounds_;
                }
                if (list.of.best.empty()) return true; // no node takes it
                auto const n = choose(list);
                if (n == nowhere) return What == relax::stale_scores && list.of.complete;
                where[at] = take(node_id{n}, list.need);
                return true;
            });
        }
        return where;
    }
    /// Rounds begun since the start.
    [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }

private:
    struct listed {
        job::pod need;
        candidate_list of;
        std::uint64_t round = 0; ///< in which it was made
        std::size_t at = 0;      ///< those before it are out
    };
    static constexpr auto nowhere = ~std::uint32_t{0};

    /// The first node of the list that may still have the pod: what may not, may not later in the round.
    [[nodiscard]] std::uint32_t choose(listed& list) const {
        auto const& best = list.of.best;
        for (; list.at != best.size(); ++list.at) {
            auto const n = best[list.at].node;
            if (What == relax::one_winner ? taken_[n] != rounds_ : nodes_->takes(node_id{n}, list.need))
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
