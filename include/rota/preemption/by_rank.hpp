// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_BY_RANK_HPP
#define ROTA_PREEMPTION_BY_RANK_HPP

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/preemption/minimal_victims.hpp>
#include <rota/queueing/concepts.hpp>
#include <rota/queueing/departures.hpp>
#include <rota/queueing/residents.hpp>
#include <rota/queueing/shape_table.hpp>

namespace rota::preemption {

/// Victims by a measure of badness: a job may stop those that are strictly worse, the worst first, of equals
/// the one that started last.
///
/// Measure   badness(view, order, job) -> std::int64_t for waiting and running jobs alike; drift() says how a
///           running job's falls. Where it follows the order, that of a waiting job is its key.
/// Indexed   finds the victims on the index of departures, whole GPUs on few nodes; everything else, and
/// every job if
///           false, is found by sorting the running jobs. Both ways choose the same victims.
/// Cost      indexed: O(nodes of the gang x log nodes) to find them; otherwise O(running log running).
template <class Measure, bool Indexed = true>
class by_rank {
public:
    template <class Order>
    [[nodiscard]] static constexpr bool follows(std::type_identity<Order> order) noexcept {
        return Measure::follows(order);
    }
    template <class Order>
    void on(event const& happened, view const& v, Order const& by) {
        if (happened.kind == event_kind::resync) shapes_ = {};
        if constexpr (indexed<Order>()) {
            running_.on(happened, v, ranker<Order>{v, by});
        }
    }
    template <class Order>
    void started(view const& v, job_id j, Order const& by) {
        ranked_anew(v, j, by);
    }
    template <class Order>
    void ranked_anew(view const& v, job_id j, Order const& by) {
        if constexpr (indexed<Order>()) running_.track(v, j, ranker<Order>{v, by});
    }
    template <placement::policy Placement, class Order>
    [[nodiscard]] bool may_start(view const& v, Placement const&, Order const&, job_id j, std::int64_t key) {
        if constexpr (indexed<Order>() && follows(std::type_identity<Order>{})) {
            if (!answerable<Placement>(v, j)) return true;
            // it did not fit when it was last asked: only a node whose price has risen above its bound can help
            auto measure = key;
            if constexpr (Measure::drift(std::type_identity<Order>{}) == queueing::drift::down)
                measure += index(v.now());
            auto const above = queueing::departures::ranked(measure, 0xffffffffu);
            auto& of = running_.index_of();
            for (auto const& row : shapes_.of(v, v.state(j).shape))
                if (of.risen(v.free(), row.model, row.gang.each) > above && enough_above(v, row, j, above))
                    return true;
            return false;
        } else {
            return true;
        }
    }
    /// The largest key with which a job may gain from what has changed, since the last refusals, on nodes of the model
    /// where it needs k GPUs.
    template <class Order>
    [[nodiscard]] std::int64_t gains_up_to(view const& v, Order const&, gpu_model model, int k) {
        using keys = std::numeric_limits<std::int64_t>;
        if constexpr (indexed<Order>() && follows(std::type_identity<Order>{})) {
            if (!running_.regular() || running_.index_of().empty()) return keys::max();
            auto const risen = running_.index_of().risen(v.free(), model, k);
            if (risen == queueing::departures::free_now) return keys::max();
            if (risen <= queueing::departures::ranked(keys::min(), 0xffffffffu)) return keys::min();
            auto const worse_than = queueing::departures::measure_of(risen) - 1;
            if constexpr (Measure::drift(std::type_identity<Order>{}) == queueing::drift::down)
                return worse_than - index(v.now());
            else return worse_than;
        } else {
            return keys::max();
        }
    }
    /// Every job that did not fit has been asked: rises count from here.
    void all_asked(view const& v) {
        if (!running_.index_of().empty()) running_.index_of().forget_rises(v.free());
    }
    /// Those that the last start may have stopped.
    [[nodiscard]] std::span<job_id const> victims() const noexcept { return victims_; }
    template <placement::policy Placement, class Order>
    [[nodiscard]] bool start(view const& v, actions& a, Placement const& place, Order const& by, job_id j) {
        if constexpr (indexed<Order>()) {
            if (answerable<Placement>(v, j)) {
                auto const worst = threshold(v, by, j);
                if (worst == queueing::departures::no_price) return false;
                collect(v, j, worst);
                if (!start_by_evicting(v, a, place, j, victims_, true)) return false;
                for (auto victim : victims_) ranked_anew(v, victim, by);
                return true;
            }
        }
        collect_all(v, by, j);
        auto const found = start_by_evicting(v, a, place, j, victims_);
        if (found)
            for (auto victim : victims_) ranked_anew(v, victim, by);
        else if constexpr (indexed<Order>())
            running_.index_of().see(v.free()); // may_start counts from this refusal
        return found;
    }

private:
    using rank_type = queueing::departures::rank;

    template <class Order>
    static constexpr bool indexed() noexcept {
        return Indexed && Measure::drift(std::type_identity<Order>{}) != queueing::drift::free;
    }
    /// Badness made constant while a job runs: remaining time becomes the time of its end.
    template <class Order>
    [[nodiscard]] static std::int64_t measure(view const& v, Order const& by, job_id j) {
        auto const badness = Measure::badness(v, by, j);
        if constexpr (Measure::drift(std::type_identity<Order>{}) == queueing::drift::down) {
            auto const from = v.state(j).accrues_from;
            if (from == rota::never) return badness + index(v.now());
            // the pause after its start is forgiven: two jobs in their pauses would stop each other for ever
            return badness + index(std::max(v.now(), from)) - (from - v.state(j).since);
        } else {
            return badness;
        }
    }
    /// The worst first; of equals the one that started last: decisions are numbered.
    template <class Order>
    [[nodiscard]] static rank_type rank(view const& v, Order const& by, job_id j) {
        return queueing::departures::ranked(measure(v, by, j), v.state(j).decided);
    }
    template <class Order>
    struct ranker {
        view const& v;
        Order const& by;

        [[nodiscard]] rank_type operator()(job_id j) const { return rank(v, by, j); }
        [[nodiscard]] bool steady(job_id j) const {
            return Measure::drift(std::type_identity<Order>{}) != queueing::drift::down ||
                   queueing::steady(by, v, j);
        }
    };
    /// Whoever is above it is strictly worse than the job.
    template <class Order>
    [[nodiscard]] static rank_type bound(view const& v, Order const& by, job_id j) {
        return queueing::departures::ranked(measure(v, by, j), 0xffffffffu);
    }
    /// The index, which knows the nodes one by one, can say who would have to leave for this job.
    template <class Placement>
    [[nodiscard]] bool answerable(view const& v, job_id j) {
        return running_.regular() && !running_.index_of().empty() &&
               shapes_.by_nodes<Placement>(v, v.state(j).shape);
    }
    /// Enough nodes of the model, in one rack if it must be, would have room without those above the bound.
    [[nodiscard]] bool enough_above(view const& v, queueing::shape_table::row const& row, job_id j,
                                    rank_type above) {
        auto& of = running_.index_of();
        auto const& [model, shape] = row;
        return v.need(j).span == job::span::one_rack && shape.full > 1
                   ? of.rack_risen_above(v.free(), model, shape.each, shape.full, above)
                   : of.above(v.free(), model, shape.each, shape.full, above);
    }
    /// The rank of the last job that must leave, if it is worse than the asking job; no_price otherwise.
    template <class Order>
    [[nodiscard]] rank_type threshold(view const& v, Order const& by, job_id j) {
        auto const above = bound(v, by, j);
        auto worst = queueing::departures::no_price;
        for (auto const& [model, shape] : shapes_.of(v, v.state(j).shape)) {
            auto& of = running_.index_of();
            if (!of.above(v.free(), model, shape.each, shape.full, above)) continue;
            auto const here = v.need(j).span == job::span::one_rack && shape.full > 1
                                  ? of.mth_in_a_rack(v.free(), model, shape.each, shape.full, nullptr, above)
                                  : of.mth(v.free(), model, shape.each, shape.full);
            if (here > above) worst = std::max(worst, here);
        }
        return worst;
    }
    /// Whoever has at least the rank `worst` on a node that then has room, the worst first.
    void collect(view const& v, job_id j, rank_type worst) {
        found_.clear();
        for (auto const& row : shapes_.of(v, v.state(j).shape)) {
            running_.index_of().each_at_least(v.free(), row.model, row.gang.each, worst, [&](node_id n) {
                for (auto const* r = running_.index_of().begin(n);
                     r != running_.index_of().end(n) && r->rank >= worst; ++r)
                    found_.push_back({r->rank, r->job});
            });
        }
        sort_into_victims();
    }
    template <class Order>
    void collect_all(view const& v, Order const& by, job_id j) {
        found_.clear();
        auto const above = bound(v, by, j);
        for (auto other : v.jobs())
            if (v.placed(other))
                if (auto const here = rank(v, by, other); here > above) found_.push_back({here, other});
        sort_into_victims();
    }
    void sort_into_victims() {
        std::sort(found_.begin(), found_.end(), [](candidate const& a, candidate const& b) {
            return a.rank != b.rank ? a.rank > b.rank : a.job > b.job;
        });
        victims_.clear();
        for (auto const& one : found_)
            if (victims_.empty() || victims_.back() != one.job) victims_.push_back(one.job);
    }

    struct candidate {
        rank_type rank;
        job_id job;
    };

    queueing::residents running_;
    queueing::shape_table shapes_;
    std::vector<candidate> found_;
    std::vector<job_id> victims_;
};

} // namespace rota::preemption

#endif
