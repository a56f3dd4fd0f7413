// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_BOOKS_HPP
#define ROTA_CONTRACT_BOOKS_HPP

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/event.hpp>

#include <rota/contract/intents.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/reconciler.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/placement/feasible.hpp>

namespace rota {

/// Turns facts into events, and intents into orders. Every host is books, an executor and a clock.
///
/// Facts may come late, twice, from elsewhere, or contradict what was believed; events come exactly once and
/// in order. A fact is accepted if the job is alive and either kind and op of the order in flight match, or
/// the incarnation matches and the job holds something. Otherwise it is stale: logged and dropped. At most
/// one order a job is in flight; intents may change meanwhile, and are compared again when it resolves.
class books : public reconciler {
public:
    books(cluster::spec const& cluster, tenant_tree tenants, recorder log, settings how)
        : reconciler{cluster, std::move(tenants), log, how} {}
    explicit books(cluster::spec const& cluster, tenant_tree tenants = {}, recorder log = {})
        : books(cluster, std::move(tenants), log, settings{}) {}

    // --- facts
    /// Expects the spec to stay where it is until the job has ended.
    job_id submit(job::spec const& spec) {
        auto const id = table().add(spec);
        note(log::kind::submit, id, {}, nullptr, spec.need.gpus_max);
        auto const& j = at(id);
        if (!feasible(j.shape, spec.need)) {
            end(id, log::kind::reject, log::cause::infeasible);
            tell(event_kind::cancelled, id, log::cause::infeasible);
        } else {
            tell(event_kind::submitted, id, j, phase::waiting, {});
        }
        return id;
    }
    /// `when`: since when the job does useful work; after a stop: from when on it may be started again.
    /// `realised`: where it really runs, if the executor knows better.
    void order_done(std::uint32_t op, order_kind kind, job_id id, sim_time when,
                    cluster::placement const* realised = nullptr) {
        auto& j = job(id);
        if (j.over || j.flight != kind || j.op != op) return drop_stale(id, op);
        --in_flight_;
        j.flight = order_kind::none;
        if (kind == order_kind::start) {
            auto why = log::cause::none;
            if (realised != nullptr && !(*realised == jobs().held(j))) {
                relocate(id, *realised);
                why = log::cause::elsewhere;
            }
            j.accrues_from = when;
            j.since = now();
            note(log::kind::start, id, why, &jobs().held(j));
            tell(event_kind::started, id, why);
        } else if (kind == order_kind::stop) {
            ++j.preemptions;
            note(log::kind::preempt, id,
                 j.mode == stop_mode::kill ? log::cause::killed : log::cause::checkpointed);
            vacate(id);
            j.eligible = when;
            back_to_waiting(id, event_kind::preempted, log::cause::ordered);
        } else {
            settle(j);
            auto const target = std::move(targets_.extract(id).mapped());
            held_.give(difference(jobs().held(j), target));
            table().set_held(j, target);
            j.accrues_from = when;
            j.since = now();
            note(log::kind::move, id, {}, &target);
            tell(event_kind::moved, id);
        }
        reconcile(id);
        retry_blocked();
    }
    /// A start or a move may fail; a stop may only be late: the executor repeats it until it is confirmed.
    void order_failed(std::uint32_t op, order_kind kind, job_id id, log::cause why, sim_time eligible) {
        auto& j = job(id);
        if (j.over || j.flight != kind || j.op != op || kind == order_kind::stop) return drop_stale(id, op);
        --in_flight_;
        j.flight = order_kind::none;
        auto const still_wanted = j.decided == op;
        if (kind == order_kind::start) {
            note(log::kind::start_failed, id, why);
            held_.give(jobs().held(j));
            table().clear_held(j);
            j.eligible = eligible;
            if (still_wanted) want_.drop(j);
            back_to_waiting(id, event_kind::start_failed, why);
        } else {
            auto const target = std::move(targets_.extract(id).mapped());
            held_.give(difference(target, jobs().held(id)));
            note(log::kind::move_failed, id, why);
            if (still_wanted) {
                stay(id);
                tell(event_kind::move_failed, id, why);
            }
        }
        reconcile(id);
        retry_blocked();
    }
    /// The run ended: finish, fail or cancel. An end implies the start that nobody saw.
    void ended(job_id id, std::uint32_t incarnation, log::kind how, log::cause why = {}) {
        auto& j = job(id);
        if (j.over) return drop_stale(id, 0);
        if (how != log::kind::cancel) {
            if (incarnation != j.incarnation || (j.held == 0 && j.flight != order_kind::start))
                return drop_stale(id, 0);
            if (j.flight == order_kind::start) order_done(j.op, order_kind::start, id, now());
        }
        end(id, how, why);
        tell(how == log::kind::finish ? event_kind::finished
             : how == log::kind::fail ? event_kind::failed
                                      : event_kind::cancelled,
             id, j, phase::ended, why);
        retry_blocked();
    }
    /// The world stopped the run; the job may be started again from `eligible` on.
    void interrupted(job_id id, std::uint32_t incarnation, log::cause why, sim_time eligible) {
        auto& j = job(id);
        if (j.over || incarnation != j.incarnation || (j.held == 0 && j.flight == order_kind::none))
            return drop_stale(id, 0);
        if (j.flight == order_kind::start) return order_failed(j.op, order_kind::start, id, why, eligible);
        note(log::kind::interrupt, id, why);
        // on its way to healthy devices: it goes on there
        auto const goes_on = j.intent != 0 && !jobs().as_intended(id) && want_.free().open(jobs().intent(id));
        vacate(id);
        j.eligible = eligible;
        if (!goes_on) want_.drop(j);
        back_to_waiting(id, event_kind::interrupted, why);
        reconcile(id);
        retry_blocked();
    }
    /// `why`: drained where what runs there goes on. `taken`: the CPU and memory that others have of an open node, apart from
    /// what is held here; intents give way.
    void node(node_id n, bool up, log::cause why = {}, cluster::slice const& taken = {}) {
        if (!changes(n, up, taken)) return;
        want_.set_open(n, up);
        auto const left = up ? beside(n, taken) : cluster::slice{.node = n, .gpus = 0};
        auto const where = cluster::placement{{n, 0, 0, left.cpu_milli, left.mem_mib}};
        held_.give(others(n));
        held_.take(left);
        make_way(left);
        want_.leave(left);
        log_.add({.at = now(), .kind = up ? log::kind::node_up : log::kind::node_down, .why = why}, &where);
        if (!up)
            for (auto id : std::vector<job_id>(jobs().active().begin(), jobs().active().end()))
                if (jobs().intent(id).touches(n) && at(id).flight == order_kind::none &&
                    !jobs().as_intended(id))
                    revoke(id, log::cause::node_down);
        inbox.push_back({.at = now(), .kind = up ? event_kind::node_up : event_kind::node_down, .node = n});
        retry_blocked();
    }
    void quota(tenant_id t, std::int64_t nominal_milli) {
        want_.tenants().set_nominal(t, nominal_milli);
        log_.add({.at = now(), .value = nominal_milli, .job = index(t), .kind = log::kind::quota});
        inbox.push_back({.at = now(), .kind = event_kind::quota_changed, .tenant = t});
    }
    /// From here on another scheduler object decides. It hears of that first: what nobody has heard of yet is in the view.
    void resync() {
        log_.add({.at = now(), .kind = log::kind::resync});
        inbox.assign(1, {.at = now(), .kind = event_kind::resync});
    }

    /// The CPU and memory of a node that others have.
    [[nodiscard]] cluster::slice others(node_id n) const { return want_.others(n); }

    // --- the end of a pass
    /// Turns what the pass staged into orders, stops first. True where anything changed.
    bool commit() {
        auto& steps = want_.end_pass();
        wake_ = want_.wake() <= now() ? now() + 1 : want_.wake();
        auto changed = false;
        if (steps.empty()) return changed;
        for (auto const& one : steps)
            if (one.what == intents::step_kind::promise && job(one.job).promised != one.promised)
                note(log::kind::promise, one.job, {}, nullptr, index(job(one.job).promised));
        for (auto const stops : {true, false}) {
            ++round_;
            for (auto const& one : steps) {
                auto& j = job(one.job);
                // the first step of a job holds what it was before the pass
                if (one.what == intents::step_kind::promise || j.seen == round_) continue;
                j.seen = round_;
                if ((j.intent == 0) == stops) changed |= decide(one, j, stops);
            }
        }
        retry_blocked();
        return changed;
    }
    /// Orders that wait for each other's devices while nothing is under way: one of the jobs must stop.
    void untangle() {
        if (!blocked_.empty() && in_flight_ == 0 && outbox.empty()) free_one();
    }

protected:
    [[nodiscard]] bool changes(node_id n, bool up, cluster::slice const& taken) const {
        return want_.free().open(n) != up || (up && !(beside(n, taken) == others(n)));
    }

private:
    /// As much of it as nobody holds here.
    [[nodiscard]] cluster::slice beside(node_id n, cluster::slice const& taken) const {
        auto const had = others(n);
        return {.node = n,
                .gpus = 0,
                .cpu_milli = std::min(taken.cpu_milli, held_.cpu_milli(n) + had.cpu_milli),
                .mem_mib = std::min(taken.mem_mib, held_.mem_mib(n) + had.mem_mib)};
    }
    /// Intents that are no facts yet give way to what others have.
    void make_way(cluster::slice const& have) {
        auto const n = have.node;
        auto const had = others(n);
        auto const& free = want_.free().state();
        while (free.cpu_milli(n) + had.cpu_milli < have.cpu_milli ||
               free.mem_mib(n) + had.mem_mib < have.mem_mib) {
            auto const* const other = in_the_way(
                [&](job_id id) { return jobs().intent(id).touches(n) && !jobs().as_intended(id); });
            if (other == nullptr) return;
            revoke(*other, log::cause::displaced);
        }
    }
    /// An empty cluster could hold it: asked once a shape.
    [[nodiscard]] bool feasible(std::uint32_t shape, job::request const& need) {
        if (feasible_.size() <= shape) {
            feasible_.push_back(placement::feasible(need, want_.free()));
            if (feasible_[shape] != 0) table().serve(shape, placement::largest_feasible(need, want_.free()));
        }
        return feasible_[shape] != 0;
    }
    void free_one() {
        for (auto id : blocked_)
            if (job(id).held != 0) return send(id, order_kind::stop);
        revoke(blocked_.front(), log::cause::displaced);
    }

    bool decide(intents::step const& one, job_state& j, bool stops) {
        auto const id = one.job;
        if (j.rejected != 0) {
            auto const why = static_cast<log::cause>(j.rejected);
            end(id, log::kind::reject, why);
            tell(event_kind::cancelled, id, why);
            rejected.push_back(id);
            return true;
        }
        if ((one.was == j.intent || jobs().pool().at(one.was) == jobs().intent(j)) &&
            (!stops || one.mode == j.mode))
            return false;
        j.decided = ++ops_;
        if (how_.log_orders)
            note(log::kind::order, id, stops ? log::cause::none : log::cause::ordered, &jobs().intent(j), 0,
                 j.decided);
        if (stops && j.held == 0 && j.flight == order_kind::none) { // never sent: back at once, and said so
            unblock(id);
            note(log::kind::start_failed, id, log::cause::withdrawn, nullptr, 0, j.decided);
            back_to_waiting(id, event_kind::preempted, log::cause::withdrawn);
        }
        reconcile(id);
        return true;
    }

    std::vector<std::uint8_t> feasible_; ///< [shapes]
};

} // namespace rota

#endif
