// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_RESIDENTS_HPP
#define ROTA_QUEUEING_RESIDENTS_HPP

#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/job_table.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/queueing/departures.hpp>

namespace rota::queueing {

/// Keeps the index of departures equal to the intents in the view, job by job.
///
/// Exact for jobs that hold whole GPUs only and whose ranks stand still; while any other job is placed, regular() is
/// false and the index must not be asked.
class residents {
public:
    explicit residents(bool tells_changes = false) noexcept : tells_changes_{tells_changes} {}

    [[nodiscard]] bool regular() const noexcept { return irregular_ == 0; }
    [[nodiscard]] departures& index_of() noexcept { return index_; }
    [[nodiscard]] departures const& index_of() const noexcept { return index_; }

    /// Brings one job up to date. rank(job) is asked if it is placed, and rank.steady(job), where there is one,
    /// whether it stands still.
    template <class Rank>
    void track(view const& v, job_id j, Rank rank) {
        if (index_.empty()) return rebuild(v, rank);
        auto const row = v.row(j);
        if (known_.size() <= row) known_.resize(v.rows());
        auto& known = known_[row];
        if (known.held != 0 && v.intent(j) == pool_.at(known.held)) {
            if (!known.regular) return;
            if (auto const now = rank(j); rank_of(j, known.held) != now)
                index_.rank_anew(j, now, pool_.at(known.held));
            return;
        }
        if (known.held != 0) {
            if (known.regular) index_.remove(j, pool_.at(known.held));
            else irregular_changes(known.held, false);
            note(pool_.at(known.held));
            pool_.clear(known.held);
        }
        if (!v.placed(j)) return;
        pool_.assign(known.held, v.intent(j));
        known.regular = placement::plain(v.need(j));
        if constexpr (requires { rank.steady(j); }) known.regular = known.regular && rank.steady(j);
        if (known.regular) index_.add(j, rank(j), v.intent(j));
        else irregular_changes(known.held, true);
        note(v.intent(j));
    }
    /// Calls visit(node) for the nodes whose residents changed since the last call, or that were open and are not, in
    /// no order, if it was told to say so.
    template <class Visit>
    void each_changed(Visit visit) {
        for (auto n : changed_) {
            told_[index(n)] = 0;
            visit(n);
        }
        changed_.clear();
    }
    /// Forgets everything and reads the view.
    template <class Rank>
    void rebuild(view const& v, Rank rank) {
        index_.reset(v.free());
        pool_ = {};
        irregular_ = 0;
        known_.assign(v.rows(), {});
        if (!index_.empty())
            for (auto j : v.jobs()) track(v, j, rank);
    }
    /// Follows one event.
    template <class Rank>
    void on(event const& happened, view const& v, Rank rank) {
        if (happened.kind == event_kind::resync) rebuild(v, rank);
        else if (happened.kind == event_kind::node_down || happened.kind == event_kind::node_up) {
            if (!index_.empty()) index_.touch(happened.node);
            note(happened.node);
        } else if (happened.about_a_job() && happened.kind != event_kind::submitted)
            track(v, happened.job, rank);
    }

private:
    struct entry {
        std::uint32_t held = 0; ///< number of the copy in pool_, 0: not placed
        bool regular = true;    ///< stands in the index
    };

    /// It is in nobody's way by rank, but what is free beside it is another number.
    void irregular_changes(std::uint32_t held, bool comes) {
        if (comes) ++irregular_;
        else --irregular_;
        for (auto const& part : pool_.at(held)) index_.touch(part.node);
    }
    [[nodiscard]] departures::rank rank_of(job_id j, std::uint32_t known) const noexcept {
        auto const n = pool_.at(known).front().node;
        auto const* r = index_.begin(n);
        while (r->job != j) ++r;
        return r->rank;
    }
    void note(cluster::placement const& p) {
        for (auto const& part : p) note(part.node);
    }
    void note(node_id n) {
        if (!tells_changes_) return;
        if (told_.size() <= index(n)) told_.resize(index(n) + 1u);
        if (std::exchange(told_[index(n)], std::uint8_t{1}) == 0) changed_.push_back(n);
    }

    departures index_;
    placement_pool pool_;
    std::vector<entry> known_; ///< [rows]
    std::vector<node_id> changed_;
    std::vector<std::uint8_t> told_; ///< [nodes] stands in changed_
    std::uint32_t irregular_ = 0;
    bool tells_changes_;
};

} // namespace rota::queueing

#endif
