// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_CANDIDATES_HPP
#define ROTA_PLACEMENT_CANDIDATES_HPP

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// A node that takes a pod, as an engine ranks it: the smaller the better.
struct candidate {
    std::int64_t key;
    std::uint32_t node;
    friend auto operator<=>(candidate const&, candidate const&) = default;
    friend bool operator==(candidate const&, candidate const&) = default;
};

/// The best few nodes for a request.
struct candidate_list {
    std::vector<candidate> best; ///< ascending
    bool complete = false;       ///< false: nodes that take the pod, too, may sort after the last
};

/// Where a wave has its lists from.
///
/// Syntax    c.add(pod) -> the number of a request, as of an engine; c.changed(node_id);
///           c.begin(requests): a round begins, which may ask for those; c.list(request, touched, into).
/// Meaning   A list holds the best of the nodes as they were when the round began. It may leave out those
///           that the round has touched, touched[n] != 0, wherever they would stand.
template <class C>
concept candidate_source = requires(C& c, job::pod const& need, std::uint32_t request, node_id n,
                                    std::span<std::uint32_t const> requests,
                                    std::span<std::uint8_t const> touched, candidate_list& into) {
    { c.add(need) } -> std::same_as<std::uint32_t>;
    c.changed(n);
    c.begin(requests);
    c.list(request, touched, into);
};

/// Lists the best `keep` nodes by a score for each, as they are now; where there is one mark a node, those that
/// are marked are left out.
template <pod_scorer Scorer>
void list_best(Scorer const& score, state_table const& nodes, job::pod const& need, std::size_t keep,
               std::span<std::uint8_t const> marked, candidate_list& into) {
    auto& best = into.best;
    best.clear();
    for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
        if (auto const key = key_of(score, nodes, node_id{n}, need);
            key != no_key && (marked.empty() || marked[n] == 0))
            best.push_back({key, n});
    into.complete = best.size() <= keep;
    auto const end = into.complete ? best.end() : best.begin() + static_cast<std::ptrdiff_t>(keep);
    std::partial_sort(best.begin(), end, best.end());
    best.erase(end, best.end());
}

/// Makes a list when it is asked for, by a score for each node.
template <pod_scorer Scorer>
class scanned_candidates {
public:
    /// Expects   keep > 0, the length of a list.
    scanned_candidates(state_table const& nodes, Scorer score, std::size_t keep)
        : nodes_{&nodes}, score_{score}, keep_{keep} {
        ROTA_EXPECTS(keep > 0, "a list of no nodes has no last");
    }

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id) noexcept {}
    void begin(std::span<std::uint32_t const>) noexcept {}
    void list(std::uint32_t request, std::span<std::uint8_t const> touched, candidate_list& into) const {
        list_best(score_, *nodes_, requests_[request], keep_, touched, into);
    }

private:
    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    std::size_t keep_;
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
