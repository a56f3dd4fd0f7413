// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_RESIDENTS_HPP
#define ROTA_QUEUEING_RESIDENTS_HPP

#include <cstdint>
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
/// Exact for jobs that hold whole GPUs only; while any other job is placed, regular() is false and the index
/// must not be asked.
class residents {
public:
    explicit residents(bool tells_changes = false) noexcept : tells_changes_{tells_changes} {}

    [[nodiscard]] bool regular() const noexcept { return irregular_ == 0; }
    [[nodiscard]] departures& index_of() noexcept { return index_; }
    [[nodiscard]] departures const& index_of() const noexcept { return index_; }

    /// Brings one job up to date. rank(job) is asked if it is placed.
    template <class Rank>
    void track(view const& v, job_id j, Rank rank) {
        if (index_.empty()) return rebuild(v, rank);
        if (known_.size() <= index(j)) known_.resize(v.submitted() + v.submitted() / 2 + 1);
        auto& known = known_[index(j)];
        if (known != 0 && known != irregular_mark && v.intent(j) == pool_.at(known)) {
            if (auto const now = rank(j); rank_of(j, known) != now) index_.rank_anew(j, now, pool_.at(known));
            return;
        }
        if (known == irregular_mark) {
            --irregular_;
            known = 0;
        } else if (known != 0) {
            index_.remove(j, pool_.at(known));
            note(pool_.at(known));
            pool_.clear(known);
        }
        if (!v.placed(j)) return;
        if (!placement::plain(v.need(j))) {
            ++irregular_;
            known = irregular_mark;
            return;
        }
        pool_.assign(known, v.intent(j));
        index_.add(j, rank(j), v.intent(j));
        note(v.intent(j));
    }
    /// Nodes whose residents changed since the last clear, in no order and perhaps twice, if it was told to say so.
    [[nodiscard]] std::vector<node_id>& changed() noexcept { return changed_; }
    /// Forgets everything and reads the view.
    template <class Rank>
    void rebuild(view const& v, Rank rank) {
        index_.reset(v.free());
        pool_ = {};
        irregular_ = 0;
        known_.assign(v.submitted(), 0);
        if (!index_.empty())
            for (auto j : v.jobs()) track(v, j, rank);
    }
    /// Follows one event.
    template <class Rank>
    void on(event const& happened, view const& v, Rank rank) {
        if (happened.kind == event_kind::resync) rebuild(v, rank);
        else if (happened.kind == event_kind::node_down || happened.kind == event_kind::node_up) {
            if (!index_.empty()) index_.touch(happened.node);
        } else if (happened.about_a_job() && happened.kind != event_kind::submitted)
            track(v, happened.job, rank);
    }

private:
    static constexpr std::uint32_t irregular_mark = 0xffffffffu;

    [[nodiscard]] departures::rank rank_of(job_id j, std::uint32_t known) const noexcept {
        auto const n = pool_.at(known).front().node;
        auto const* r = index_.begin(n);
        while (r->job != j) ++r;
        return r->rank;
    }
    void note(cluster::placement const& p) {
        if (tells_changes_)
            for (auto const& part : p) changed_.push_back(part.node);
    }

    departures index_;
    placement_pool pool_;
    std::vector<std::uint32_t> known_; ///< [jobs] number of the copy in pool_, 0: not placed
    std::vector<node_id> changed_;
    std::uint32_t irregular_ = 0;
    bool tells_changes_;
};

} // namespace rota::queueing

#endif
