// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_RECONCILER_HPP
#define ROTA_CONTRACT_RECONCILER_HPP

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <utility>
#include <vector>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/intents.hpp>
#include <rota/contract/job_table.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>

namespace rota {

/// Compares what is wanted with what is held, job by job, and sends the orders that are missing.
///
/// At most one order a job is in flight; intents may change meanwhile and are compared again when it
/// resolves. A start on devices that others have yet to release waits, and keeps them: nobody can be given
/// them meanwhile.
class reconciler {
public:
    struct settings {
        bool moves_in_place = true; ///< the executor can resize and migrate without a stop
        bool log_orders = false;    ///< write every order before it is sent
    };

    reconciler(cluster::spec const& cluster, tenant_tree tenants, recorder log, settings how)
        : want_{cluster, std::move(tenants)}, held_{cluster}, log_{log}, how_{how} {}
    // --- what is believed
    [[nodiscard]] intents& want() noexcept { return want_; }
    [[nodiscard]] intents const& want() const noexcept { return want_; }
    [[nodiscard]] cluster::occupancy const& held() const noexcept { return held_; }
    [[nodiscard]] job_table const& jobs() const noexcept { return want_.jobs(); }
    [[nodiscard]] job_state const& at(job_id id) const noexcept { return want_.jobs().at(id); }
    [[nodiscard]] sim_time now() const noexcept { return want_.now(); }
    void set_now(sim_time now) {
        want_.set_now(now);
        if (inbox.empty()) table().forget_retired(); // everybody knows
    }
    void reserve(std::size_t jobs) { want_.jobs().reserve(jobs); }
    /// The devices that the order in flight is about.
    [[nodiscard]] cluster::placement const& sent(job_id id) const {
        if (targets_.empty()) return jobs().held(id);
        auto const moving = targets_.find(id);
        return moving == targets_.end() ? jobs().held(id) : moving->second;
    }
    [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] std::uint32_t stale() const noexcept { return stale_; }
    [[nodiscard]] std::uint32_t displaced() const noexcept { return displaced_; }

    // --- queues between the host, the scheduler and the executor
    std::vector<event> inbox;
    std::vector<order> outbox;
    std::vector<job_id> rejected; ///< by the scheduler, since the host last looked

    // --- timers: the wake that the last pass asked for, and the cooling jobs
    [[nodiscard]] sim_time next_timer() const noexcept {
        return cooling_.empty() ? wake_ : std::min(wake_, cooling_.top().first);
    }
    void tick() {
        while (!cooling_.empty() && cooling_.top().first <= now()) {
            auto const [at, id] = cooling_.top();
            cooling_.pop();
            auto const& j = job(id);
            if (j.over || j.eligible != at) continue;
            if (j.intent != 0) reconcile(id);
            else if (j.held == 0 && j.flight == order_kind::none) tell(event_kind::eligible, id);
        }
        if (wake_ > now()) return;
        wake_ = never;
        inbox.push_back({.at = now(), .kind = event_kind::wake});
    }

protected:
    job_table& table() noexcept { return want_.jobs(); }
    job_state& job(job_id id) noexcept { return want_.jobs().at(id); }

    void note(log::kind what, job_id id, log::cause why = {}, cluster::placement const* where = nullptr,
              std::int64_t value = 0, std::uint32_t op = 0) {
        if (log_.on()) write(what, id, why, where, value, op);
    }
    void write(log::kind what, job_id id, log::cause why, cluster::placement const* where, std::int64_t value,
               std::uint32_t op) {
        auto const& j = at(id);
        log_.add({.at = now(),
                  .value = value,
                  .job = index(id),
                  .incarnation = j.incarnation,
                  .op = op != 0 ? op : j.op,
                  .kind = what,
                  .why = why},
                 where);
    }
    void tell(event_kind what, job_id id, log::cause why = {}) {
        auto const& j = at(id);
        tell(what, id, j, want_.where(j), why);
    }
    void tell(event_kind what, job_id id, job_state const& j, phase after, log::cause why) {
        auto& fresh = inbox.emplace_back(); // field by field: a copy of what was just written would stall
        fresh.at = now();
        fresh.kind = what;
        fresh.after = after;
        fresh.why = why;
        fresh.job = id;
        fresh.incarnation = j.incarnation;
        fresh.tenant = j.tenant;
    }
    void drop_stale(job_id id, std::uint32_t op) {
        ++stale_;
        log_.add({.at = now(), .job = index(id), .op = op, .kind = log::kind::stale});
    }
    /// Every entry into waiting is one event, whatever caused it.
    void back_to_waiting(job_id id, event_kind what, log::cause why) {
        if (at(id).intent != 0) return;
        cool(id);
        tell(what, id, why);
    }
    void cool(job_id id) {
        if (at(id).eligible > now() && at(id).eligible != never) cooling_.emplace(at(id).eligible, id);
    }
    void settle(job_state& j) {
        j.attained = want_.attained(j);
        j.accrues_from = never;
    }
    /// Nothing is held any more; what was under way is void.
    void vacate(job_id id) {
        auto& j = job(id);
        settle(j);
        if (!targets_.empty())
            if (auto moving = targets_.extract(id)) held_.give(difference(moving.mapped(), jobs().held(j)));
        held_.give(jobs().held(j));
        table().clear_held(j);
        if (j.flight == order_kind::none) return;
        --in_flight_;
        j.flight = order_kind::none;
    }
    void end(job_id id, log::kind how, log::cause why) {
        note(how, id, why);
        vacate(id);
        want_.drop(job(id));
        unblock(id);
        table().retire(id);
    }
    void send(job_id id, order_kind kind) {
        auto& j = job(id);
        j.flight = kind;
        j.op = j.decided;
        ++in_flight_;
        auto& fresh = outbox.emplace_back();
        fresh.op = j.op;
        fresh.job = id;
        fresh.incarnation = j.incarnation;
        fresh.kind = kind;
        fresh.mode = j.mode;
    }
    void block(job_id id) {
        if (!std::exchange(job(id).blocked, true)) blocked_.push_back(id);
    }
    void unblock(job_id id) {
        if (std::exchange(job(id).blocked, false)) std::erase(blocked_, id);
    }
    /// Compares what is wanted with what is held, and sends the next order, if none is in flight.
    void reconcile(job_id id) {
        auto& j = job(id);
        if (j.over) return;
        if (j.flight == order_kind::stop && j.mode == stop_mode::kill && j.op != j.decided && j.intent == 0) {
            j.op = j.decided; // the graceful stop escalates
            outbox.push_back({j.op, id, j.incarnation, order_kind::stop, j.mode});
            return;
        }
        if (j.flight != order_kind::none || jobs().as_intended(j)) return;
        auto const& wanted = jobs().intent(j);
        auto const& held = jobs().held(j);
        if (held.empty()) {
            if (j.eligible > now()) return cool(id);
            if (!want_.free().open(wanted)) return revoke(id, log::cause::node_down);
            if (!held_.fits(wanted)) return block(id); // promised devices not yet released
            held_.take(wanted);
            table().hold_intent(j);
            ++j.incarnation;
            send(id, order_kind::start);
        } else if (wanted.empty() || !how_.moves_in_place) {
            send(id, order_kind::stop);
        } else {
            auto const more = difference(wanted, held);
            if (!want_.free().open(more)) return revoke(id, log::cause::node_down);
            if (!held_.fits(more)) return block(id);
            held_.take(more);
            targets_[id] = wanted;
            send(id, order_kind::move);
        }
    }
    void retry_blocked() {
        if (!blocked_.empty()) retry_them();
    }
    void retry_them() {
        auto const again = std::exchange(blocked_, {});
        for (auto id : again) job(id).blocked = false;
        for (auto id : again) reconcile(id);
    }
    /// The job keeps what it holds: others' unconfirmed intents give way.
    void stay(job_id id) {
        auto& j = job(id);
        want_.drop(j);
        make_room(jobs().held(j), id);
        want_.set(j, jobs().held(j));
        table().intend_held(j);
    }
    /// Facts have overtaken an intent.
    void revoke(job_id id, log::cause why) {
        if (why == log::cause::displaced) ++displaced_;
        unblock(id);
        auto& j = job(id);
        if (j.flight != order_kind::none || j.held == 0) want_.drop(j);
        if (j.flight != order_kind::none) return; // what is under way is undone when it resolves
        if (j.held == 0) {
            note(log::kind::start_failed, id, why);
            cool(id);
            tell(event_kind::start_failed, id, why);
        } else {
            stay(id);
            note(log::kind::move_failed, id, why);
            tell(event_kind::move_failed, id, why);
        }
    }
    /// The first active job for which `in` holds, null if the facts contradict each other.
    template <class In>
    [[nodiscard]] job_id const* in_the_way(In in) const {
        auto const active = jobs().active();
        auto const found = std::find_if(active.begin(), active.end(), in);
        ROTA_EXPECTS(found != active.end(), "two confirmed holders of one device: stop and resync");
        return found == active.end() ? nullptr : &*found;
    }
    /// In the ledger of intents facts beat intents.
    void make_room(cluster::placement const& p, job_id keep) {
        while (!want_.free().fits(p)) {
            auto const* const other = in_the_way([&](job_id id) {
                return id != keep && at(id).intent != 0 &&
                       cluster::competes(jobs().intent(id), p, want_.free().state()) &&
                       (at(id).flight == order_kind::start || !jobs().as_intended(id));
            });
            if (other == nullptr) return;
            revoke(*other, log::cause::displaced);
        }
    }
    /// It runs elsewhere than ordered: only assumptions about others can be wrong.
    void relocate(job_id id, cluster::placement const& p) {
        auto& j = job(id);
        auto const assumed = jobs().held(j);
        held_.give(assumed);
        table().clear_held(j);
        while (!held_.fits(p)) {
            auto const* const other = in_the_way([&](job_id one) {
                return one != id && at(one).flight == order_kind::start &&
                       cluster::competes(jobs().held(one), p, held_);
            });
            if (other == nullptr) return;
            held_.give(jobs().held(*other));
            table().clear_held(job(*other));
        }
        held_.take(p);
        table().set_held(j, p);
        // nothing else has been decided since, though others may have displaced the assumption meanwhile
        if (j.op == j.decided || (!assumed.empty() && jobs().intent(j) == assumed)) stay(id);
    }

    using cooling = std::pair<sim_time, job_id>;

    intents want_;
    cluster::occupancy held_;
    recorder log_;
    settings how_;
    std::map<job_id, cluster::placement> targets_; ///< of the moves in flight
    std::vector<job_id> blocked_;
    std::priority_queue<cooling, std::vector<cooling>, std::greater<>> cooling_;
    sim_time wake_ = never;
    std::uint32_t ops_ = 0;
    std::uint32_t in_flight_ = 0;
    std::uint32_t round_ = 0;
    std::uint32_t stale_ = 0;
    std::uint32_t displaced_ = 0;
};

} // namespace rota

#endif
