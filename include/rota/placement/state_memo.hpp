// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_STATE_MEMO_HPP
#define ROTA_PLACEMENT_STATE_MEMO_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_kind.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// The engine that scores distinct states instead of nodes, each once for each request, and keeps the score
/// also while no node is in that state.
///
/// Pods that lie on a node make its state only for a scorer that reads them.
/// Cost      a question: a load for each distinct state that some node is in, whatever the number of nodes.
/// A change: one look into a hash table. Memory: a state and a score a request for each distinct state.
template <pod_scorer Scorer>
class state_memo {
    static_assert(
        locality_of<Scorer>() == locality::node,
        "rota: state_memo keeps a score until its node changes, and this scorer looks beyond the node; "
        "use scan");

public:
    explicit state_memo(state_table const& nodes, Scorer score = {})
        : nodes_{&nodes}, score_{score}, kind_(nodes.size(), none) {
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) changed(node_id{n});
    }
    explicit state_memo(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back({need, {}});
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    void changed(node_id n) {
        auto const now = nodes_->open(n) ? kind_of((*nodes_)[n], nodes_->predicates(n)) : none;
        auto const was = std::exchange(kind_[index(n)], now);
        if (was == now) return;
        if (was != none && kinds_[was].leave()) { // the last one: out of the list of those in use
            auto const at = kinds_[was].listed;
            used_[at] = used_.back();
            kinds_[used_[at]].listed = at;
            used_.pop_back();
        }
        if (now != none && kinds_[now].enter(index(n), now, kind_)) {
            kinds_[now].listed = static_cast<std::uint32_t>(used_.size());
            used_.push_back(now);
        }
        if (kinds_.size() > 2 * used_.size() + kind_.size() / 4 + 64) forget();
    }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) {
        auto& [need, keys] = requests_[request];
        for (auto k = keys.size(); k < kinds_.size(); ++k) {
            auto const& [on, satisfied] = kinds_[k].of;
            auto const takes = (need.predicates & ~satisfied) == 0 && fits(on, need);
            keys.push_back(takes ? ~score_.score(on, need) : no_key);
        }
        auto least = no_key;
        auto first = none;
        for (auto const k : used_) {
            if (keys[k] > least || keys[k] == no_key) continue;
            auto const lowest = kinds_[k].lowest(k, kind_);
            if (keys[k] == least && lowest > first) continue;
            least = keys[k];
            first = lowest;
        }
        if (first == none) return {};
        return node_id{first};
    }

private:
    static constexpr auto none = state_kind::none;

    [[nodiscard]] std::uint32_t kind_of(node_state state, std::uint64_t satisfied) {
        if constexpr (!reads_held<Scorer>())
            for (auto& count : state.held) count = 0;
        state.pods = state.pods != 0; // more is not asked for
        auto const now = state_kind::key{state, satisfied};
        auto const [at, fresh] = number_.try_emplace(now, static_cast<std::uint32_t>(kinds_.size()));
        if (fresh) kinds_.emplace_back(now);
        return at->second;
    }
    /// Drops the states that no node is in.
    void forget() {
        auto kept = std::vector<state_kind>{};
        auto renamed = std::vector<std::uint32_t>(kinds_.size(), none);
        number_.clear();
        for (auto& k : used_) {
            renamed[k] = static_cast<std::uint32_t>(kept.size());
            number_.emplace(kinds_[k].of, renamed[k]);
            kept.push_back(std::move(kinds_[k]));
            k = renamed[k];
        }
        kinds_ = std::move(kept);
        for (auto& k : kind_)
            if (k != none) k = renamed[k];
        for (auto& asked : requests_) asked.second.clear();
    }

    state_table const* nodes_;
    [[no_unique_address]] Scorer score_;
    std::vector<std::uint32_t> kind_; ///< of each node; none where it is closed
    std::vector<state_kind> kinds_;
    std::vector<std::uint32_t> used_; ///< kinds that some open node is of
    std::unordered_map<state_kind::key, std::uint32_t, state_kind::hash> number_;
    std::vector<std::pair<job::pod, std::vector<std::int64_t>>> requests_; ///< with the key of each kind
};

} // namespace rota::placement

#endif
