// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_EASY_HPP
#define ROTA_QUEUEING_EASY_HPP

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/queueing/backlog.hpp>
#include <rota/queueing/residents.hpp>
#include <rota/queueing/shape_table.hpp>

namespace rota::queueing {

/// Backfill that never delays the first waiting job: EASY, exact on nodes.
///
/// The blocked head is promised the shadow time: the earliest at which running jobs, ending as estimated,
/// leave it its nodes H. Then, in order: a job that ends by the shadow may use any free GPUs; a longer one
/// must leave on the nodes of H what the head will need. The shadow is found when a job becomes the head
/// and whenever another would fit; it only improves while the head stays head and jobs do not outlive their
/// estimates. A job that does is
/// believed to end in the next ms.
/// Cost      a pass with a blocked head: O(H log nodes + shapes) for whole GPUs on few nodes; otherwise the
///           running jobs are released in thought, O(running + waiting x running).
/// Source    D. Lifka, "The ANL/IBM SP scheduling system", JSSPP 1995; A. W. Mu'alem, D. G. Feitelson, IEEE
///           TPDS 2001. differs: extra GPUs are counted on the head's nodes, not over the cluster: a count
///           promises what fragmentation does not keep.
template <estimate::estimator Estimator = estimate::user_limit>
class easy {
public:
    static constexpr claim claims = claim::head_never_waits | claim::easy_promise | claim::event_driven;

    static constexpr bool learns =
        estimate::learning<Estimator>; ///< limits change without an event of the job

    easy() = default;
    explicit easy(Estimator estimate) : estimate_{std::move(estimate)} {}

    void on(event const& happened, view const& v) {
        estimate::tell(estimate_, happened, v);
        running_.on(happened, v, [&](job_id j) { return leaves(v, j); });
        if (happened.kind == event_kind::resync) {
            shapes_ = {};
            long_world_.reset();
            hidden_.clear();
        }
    }
    /// The longest that a waiting job is believed to run.
    [[nodiscard]] millis limit_ms(view const& v, job_id j) const { return estimate_.remaining_ms(v, j); }
    void started(view const& v, job_id j) {
        running_.track(v, j, [&](job_id one) { return leaves(v, one); });
    }

    /// Starts what may pass the blocked head.
    template <class Placement>
    void backfill(view const& v, actions& a, Placement const& place, backlog& waiting) {
        auto const head = waiting.first().job;
        if (running_.index_of().empty()) running_.rebuild(v, [&](job_id j) { return leaves(v, j); });
        if (!somebody_may_pass<Placement>(v, waiting, head) && v.state(head).promised != never) return;
        auto const together = shapes_.stays_together<Placement>(v, v.state(head).shape);
        if (together && running_.regular() && placement::plain(v.need(head)) && shadow(v, head)) {
            a.promise(head, shadow_);
            on_nodes(v, a, place, waiting);
        } else {
            by_question(v, a, place, waiting, head);
        }
    }

private:
    /// Shapes of which the first job would fit now; the others are shut until something is released.
    template <class Placement>
    bool somebody_may_pass(view const& v, backlog& waiting, job_id head) {
        candidates_.clear();
        waiting.each_open([&](std::uint32_t s) {
            if (s == v.state(head).shape) return;
            if (shapes_.may_fit<Placement>(v, s, v.free())) candidates_.push_back({backlog::no_job, s});
            else waiting.shut(s);
        });
        return !candidates_.empty();
    }
    [[nodiscard]] std::int64_t ends_at(view const& v, job_id j) const {
        auto const from = v.state(j).accrues_from;
        return index((from == never ? v.now() : std::max(v.now(), from)) + estimate_.remaining_ms(v, j));
    }

    /// The earliest end leaves first.
    [[nodiscard]] departures::rank leaves(view const& v, job_id j) const {
        return departures::ranked(-ends_at(v, j), 0);
    }

    // --- whole GPUs on few nodes: the index of departures
    /// Finds shadow_ and the head's nodes; false where the index cannot tell.
    bool shadow(view const& v, job_id head) {
        auto const& need = v.need(head);
        auto& index_of = running_.index_of();
        auto best = departures::no_price;
        nodes_.clear();
        for (auto m = 0; m != v.free().models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(model) || v.free().largest(model) == 0) continue;
            auto const shape = placement::compact_shape(need.gpus_max, v.free().largest(model));
            if (shape.rest != 0) return false;
            if (shape.full > 1 && need.span == job::span::one_node) continue;
            if (need.span != job::span::one_rack) {
                auto const price = index_of.mth(v.free(), model, shape.each, shape.full, &found_);
                if (price <= best) continue;
                best = price;
            } else {
                auto const price =
                    index_of.mth_in_a_rack(v.free(), model, shape.each, shape.full, &found_, best);
                if (price <= best) continue;
                best = price;
            }
            nodes_.swap(found_);
            each_ = shape.each;
        }
        if (best == departures::no_price || best == departures::free_now) return false;
        shadow_ = std::max(sim_time{-departures::measure_of(best)}, v.now() + 1);
        return true;
    }
    /// GPUs of a head's node that a job may hold past the shadow.
    [[nodiscard]] int usable(view const& v, node_id n) const {
        auto const now = v.free().whole_count(n);
        auto then = now;
        for (auto const* r = running_.index_of().begin(n);
             r != running_.index_of().end(n) && -departures::measure_of(r->rank) <= index(shadow_); ++r)
            then += r->gpus;
        return std::min(now, std::max(then - each_, 0));
    }
    /// Makes the node of the long jobs' world equal to the real one, or to what the head, which needs GPUs alone, leaves of it.
    void sync(view const& v, node_id n) {
        auto mask = std::uint32_t{v.free().state().whole(n)};
        if (of_the_head_[index(n)] != 0)
            for (auto surplus = v.free().whole_count(n) - usable(v, n); surplus > 0; --surplus)
                mask ^= std::bit_floor(mask);
        if (long_world_->open(n) != v.free().open(n)) long_world_->set_open(n, v.free().open(n));
        auto const& real = v.free().state();
        auto const& ours = long_world_->state();
        auto const before = std::uint32_t{ours.whole(n)};
        auto const more = [](std::uint32_t x, std::uint32_t y) { return x > y ? x - y : 0; };
        auto const nothing = cluster::slice{.node = n};
        auto const gone = cluster::slice{.node = n,
                                         .gpus = static_cast<std::uint16_t>(before & ~mask),
                                         .cpu_milli = more(ours.cpu_milli(n), real.cpu_milli(n)),
                                         .mem_mib = more(ours.mem_mib(n), real.mem_mib(n))};
        auto const back = cluster::slice{.node = n,
                                         .gpus = static_cast<std::uint16_t>(mask & ~before),
                                         .cpu_milli = more(real.cpu_milli(n), ours.cpu_milli(n)),
                                         .mem_mib = more(real.mem_mib(n), ours.mem_mib(n))};
        if (!(gone == nothing)) long_world_->take(gone);
        if (!(back == nothing)) long_world_->give(back);
    }
    void sync_all(view const& v) {
        if (!long_world_) {
            long_world_.emplace(v.free().layout());
            of_the_head_.assign(v.free().size(), 0);
            for (auto n : nodes_) of_the_head_[n] = 1;
            running_.each_changed([](node_id) {});
            for (auto n = std::uint32_t{0}; n != v.free().size(); ++n) sync(v, node_id{n});
        } else {
            auto const same = nodes_ == hidden_ && std::pair{shadow_, each_} == hidden_for_;
            for (auto n : hidden_) of_the_head_[n] = 0;
            for (auto n : nodes_) of_the_head_[n] = 1;
            running_.each_changed([&](node_id n) { sync(v, n); });
            for (auto const* all : {&hidden_, &nodes_})
                for (auto n : *all)
                    if (!same) sync(v, node_id{n});
        }
        hidden_ = nodes_;
        hidden_for_ = {shadow_, each_};
    }
    template <class Placement>
    void on_nodes(view const& v, actions& a, Placement const& place, backlog& waiting) {
        auto const slack = shadow_ - v.now();
        if (candidates_.empty()) return;
        sync_all(v);
        auto const eligible = [&](std::uint32_t s, bool may_fit) {
            if (waiting.head(s) == backlog::no_job || !may_fit) return backlog::no_job;
            if (shapes_.may_fit<Placement>(v, s, *long_world_)) return waiting.head(s);
            auto const* short_enough = waiting.line(s).first_within(slack);
            return short_enough == nullptr ? backlog::no_job : *short_enough;
        };
        auto const now_eligible = [&](std::uint32_t s) {
            return eligible(s, shapes_.may_fit<Placement>(v, s, v.free()));
        };
        for (auto& one : candidates_) one.best = eligible(one.shape, true); // that is why they are
        for (;;) {
            auto first = std::min_element(candidates_.begin(), candidates_.end(),
                                          [](auto const& x, auto const& y) { return x.best < y.best; });
            if (first->best == backlog::no_job) return;
            if (auto const now = now_eligible(first->shape);
                !(now == first->best)) { // GPUs only shrink in a pass
                first->best = now;
                continue;
            }
            auto const j = first->best.job;
            auto const short_enough = estimate_.remaining_ms(v, j) <= slack;
            auto const where =
                short_enough ? place.place(v.need(j), v.free()) : place.place(v.need(j), *long_world_);
            if (!where || a.start(j, *where) != answer::accepted) { // may_fit was optimistic
                waiting.shut(first->shape);
                first->best = backlog::no_job;
                continue;
            }
            waiting.erase(v, j);
            started(v, j);
            for (auto const& part : *where) sync(v, part.node);
            first->best = now_eligible(first->shape);
        }
    }

    // --- everything else: ask in the transaction
    template <class Placement>
    void by_question(view const& v, actions& a, Placement const& place, backlog& waiting, job_id head) {
        auto ends = std::vector<std::pair<std::int64_t, job_id>>{};
        for (auto j : v.jobs())
            if (v.placed(j)) ends.emplace_back(std::max(ends_at(v, j), index(v.now()) + 1), j);
        std::sort(ends.begin(), ends.end());
        auto const before = a.checkpoint();
        auto shadow = never;
        auto freed = std::size_t{0};
        while (shadow == never && freed != ends.size()) {
            auto const at = ends[freed].first;
            for (; freed != ends.size() && ends[freed].first == at; ++freed) a.preempt(ends[freed].second);
            if (place.place(v.need(head), v.free())) shadow = sim_time{at};
        }
        a.rollback(before); // nobody was preempted: a question, not an order
        if (shadow != never) a.promise(head, shadow);
        auto order = std::vector<rank>{};
        waiting.each([&](job_id j) { order.push_back({waiting.key_of(v, j), j}); });
        std::sort(order.begin(), order.end());
        for (auto const& one : order) {
            auto const j = one.job;
            if (j == head || !placement::may_fit(place, v.need(j), v.free())) continue;
            auto const now = a.checkpoint();
            auto const where = place.place(v.need(j), v.free());
            if (!where || a.start(j, *where) != answer::accepted) continue;
            if (shadow != never && v.now() + estimate_.remaining_ms(v, j) > shadow) {
                auto const then = a.checkpoint();
                for (auto i = std::size_t{0}; i != freed; ++i)
                    if (v.placed(ends[i].second)) a.preempt(ends[i].second);
                auto const head_fits = static_cast<bool>(place.place(v.need(head), v.free()));
                a.rollback(head_fits ? then : now);
                if (!head_fits) continue;
            }
            waiting.erase(v, j);
            started(v, j);
        }
    }

    struct candidate {
        rank best;
        std::uint32_t shape;
    };

    Estimator estimate_{};
    residents running_{true};
    shape_table shapes_;
    sim_time shadow_ = never;
    int each_ = 0;                     ///< GPUs of the head on each of its nodes
    std::vector<std::uint32_t> nodes_; ///< H
    std::vector<std::uint32_t> found_;
    std::vector<std::uint32_t> hidden_;     ///< nodes of which the long jobs' world hides something
    std::vector<std::uint8_t> of_the_head_; ///< [nodes] is among them
    std::pair<sim_time, int> hidden_for_;   ///< shadow_ and each_ then
    std::optional<cluster::ledger> long_world_;
    std::vector<candidate> candidates_;
};

easy() -> easy<>;
template <class Estimator>
easy(Estimator) -> easy<Estimator>;

} // namespace rota::queueing

#endif
