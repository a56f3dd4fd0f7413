// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_RETOLD_BOOKS_HPP
#define ROTA_LIVE_RETOLD_BOOKS_HPP

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>

namespace rota::live {

/// What books know of a job besides what it asked for, at rest.
struct standing {
    std::int64_t attained = 0;
    sim_time accrues_from = never;
    sim_time since = never;
    sim_time eligible{};
    sim_time promised = never;
    std::uint32_t incarnation = 0;
    std::uint32_t preemptions = 0;
    std::uint32_t op = 0;
    std::uint32_t decided = 0;
    order_kind flight = order_kind::none;
    stop_mode mode = stop_mode::graceful;
    cluster::placement intent{};
    cluster::placement held{};
};

/// Books that can be told what other books decided, and how these stood: what was written down, as it was.
class retold_books : public books {
public:
    using books::books;

    // --- how they stand
    [[nodiscard]] std::uint32_t ops() const noexcept { return ops_; }
    /// Whose starts wait for devices, in the order in which they are tried.
    [[nodiscard]] std::vector<job_id> const& waiting_for_devices() const noexcept { return blocked_; }
    [[nodiscard]] standing standing_of(job_id id) const {
        auto const& j = at(id);
        return {j.attained,    j.accrues_from,    j.since,        j.eligible, j.promised,
                j.incarnation, j.preemptions,     j.op,           j.decided,  j.flight,
                j.mode,        jobs().intent(id), jobs().held(id)};
    }
    /// From here to `stood` nothing has happened, it only was so.
    void stand() { quiet_ = std::exchange(log_, recorder{}); }
    /// False where it cannot have been so, and then these books are of no use any more.
    [[nodiscard]] bool stand(job_id id, standing const& as) {
        auto& j = job(id);
        auto const& need = j.spec->need;
        if (j.over || j.intent != 0 || j.held != 0 || j.flight != order_kind::none) return false;
        if (!may_be(as.intent, need, want_.free().state()) || !may_be(as.held, need, held_)) return false;
        j.attained = as.attained;
        j.accrues_from = as.accrues_from;
        j.since = as.since;
        j.eligible = as.eligible;
        j.promised = as.promised;
        j.incarnation = as.incarnation;
        j.preemptions = as.preemptions;
        j.op = as.op;
        j.decided = as.decided;
        j.flight = as.flight;
        j.mode = as.mode;
        in_flight_ += as.flight != order_kind::none;
        if (!as.intent.empty()) want_.set(j, as.intent);
        if (!as.held.empty()) {
            held_.take(as.held);
            table().set_held(j, as.held);
        }
        return true;
    }
    void stand_closed(node_id n) { want_.set_open(n, false); }
    /// It waits for the devices that it was given; false where it was given none.
    [[nodiscard]] bool stand_waiting(job_id id) {
        if (at(id).over || at(id).intent == 0) return false;
        block(id);
        return true;
    }
    /// The log begins with how things stood: whoever reads it needs nothing of what was before.
    void stood(std::uint32_t ops) {
        ops_ = ops;
        for (auto id : jobs().active()) cool(id);
        log_ = quiet_;
        say_standing();
    }

    // --- what happened
    /// A start that was confirmed, on those devices or, where none are named, on those that were ordered.
    /// False where it cannot have been so: somebody else is confirmed on them, or they are none.
    [[nodiscard]] bool started(std::uint32_t op, job_id id, sim_time when, cluster::placement const& where) {
        auto const& j = at(id);
        auto const known =
            where.empty() || j.over || j.flight != order_kind::start || j.op != op || where == jobs().held(j);
        if (!known) {
            auto unconfirmed = held_;
            for (auto other : jobs().active())
                if (at(other).flight == order_kind::start) unconfirmed.give(jobs().held(other));
            if (!may_be(where, j.spec->need, unconfirmed)) return false;
        }
        order_done(op, order_kind::start, id, when, where.empty() ? nullptr : &where);
        return true;
    }

    // --- what was decided
    /// What the scheduler decided in a pass that a journal tells of: the orders, promises and rejections of `log`.
    /// False where these books do not allow it, and then they are of no use any more.
    [[nodiscard]] bool decide_again(log::schedule const& log) {
        auto const places = [&](log::record const& what) {
            auto where = cluster::placement{};
            for (auto const& part : log.devices(what)) where.add(part);
            return where;
        };
        for (auto const& what : log.records) {
            if (at(job_id{what.job}).over) return false;
            if (what.kind == log::kind::order) want_.drop(job(job_id{what.job}));
        }
        for (auto const& what : log.records) {
            if (what.kind != log::kind::order || what.count == 0) continue;
            auto const id = job_id{what.job};
            auto const where = places(what);
            if (!want_.right_gang(at(id).spec->need, where) || !want_.free().fits(where)) return false;
            want_.set(job(id), where);
        }
        for (auto const& what : log.records) {
            auto const id = job_id{what.job};
            auto& j = job(id);
            if (what.kind == log::kind::promise) {
                j.promised = sim_time{what.value};
                note(what.kind, id, {}, nullptr, what.value);
            } else if (what.kind == log::kind::reject) {
                end(id, what.kind, what.why);
            } else {
                j.decided = ++ops_;
                j.mode = static_cast<stop_mode>(what.value);
                note(what.kind, id, what.why, &jobs().intent(id), 0, j.decided);
                if (what.count == 0 && j.held == 0 && j.flight == order_kind::none) {
                    unblock(id);
                    note(log::kind::start_failed, id, log::cause::withdrawn, nullptr, 0, j.decided);
                    back_to_waiting(id, event_kind::preempted, log::cause::withdrawn);
                }
                reconcile(id);
            }
        }
        retry_blocked();
        return true;
    }
    /// All events are delivered and all orders are sent, as far as the journal tells.
    void deliver() {
        while (!inbox.empty() || !outbox.empty()) {
            inbox.clear();
            outbox.clear();
            untangle();
        }
    }

private:
    /// Devices that are there and free, each node once, with their CPU and memory, or less where a manager chose the place.
    [[nodiscard]] static bool may_be(cluster::placement const& p, job::request const& need,
                                     cluster::occupancy const& of) {
        for (auto const& part : p) {
            auto const count = static_cast<std::uint32_t>(part.count());
            if (part.gpus == 0 || part.milli == 0 || part.cpu_milli > need.cpu_milli * count ||
                part.mem_mib > need.mem_mib * count)
                return false;
        }
        return p.names_once() && of.fits(p);
    }

    /// As if all that stands had been submitted when it was, and ordered and begun just now. A closed node may be one
    /// where jobs go on, since how it was closed is not known.
    void say_standing() {
        struct decision {
            std::uint32_t op;
            job_id job;
            cluster::placement const* where;
            bool begun;
        };
        auto decided = std::vector<decision>{};
        for (auto i = std::uint32_t{0}; i != jobs().size(); ++i) {
            auto const id = job_id{i};
            auto const& j = at(id);
            if (j.over) continue;
            log_.add(
                {.at = j.spec->submit, .value = j.spec->need.gpus_max, .job = i, .kind = log::kind::submit});
            auto const& held = jobs().held(id);
            auto const& intent = jobs().intent(id);
            auto const sent = !held.empty() || j.flight != order_kind::none;
            // a stop that the next start is decided with: the number of the last start is forgotten
            auto const moves = j.flight == order_kind::stop && j.decided == j.op && !intent.empty();
            if (sent) // what the start in flight assumed, others may have by now
                decided.push_back({moves ? 0 : j.op, id, held.empty() ? &intent : &held,
                                   !held.empty() && j.flight != order_kind::start});
            if (moves || (sent ? j.decided != j.op : !intent.empty()))
                decided.push_back({j.decided, id, &intent, false});
        }
        auto spare = std::uint32_t{0}; // any number will do that no other decision has
        for (auto& one : decided)
            while (one.op == 0)
                if (std::none_of(decided.begin(), decided.end(),
                                 [wanted = ++spare](auto const& other) { return other.op == wanted; }))
                    one.op = spare;
        std::sort(decided.begin(), decided.end(), [](auto const& a, auto const& b) { return a.op < b.op; });
        for (auto const& one : decided) {
            if (how_.log_orders) note(log::kind::order, one.job, log::cause::ordered, one.where, 0, one.op);
            if (!one.begun) continue;
            auto const asked = want_.right_gang(at(one.job).spec->need, *one.where);
            note(log::kind::start, one.job, asked ? log::cause::none : log::cause::elsewhere, one.where, 0,
                 one.op);
        }
        for (auto n = std::uint32_t{0}; n != held().size(); ++n) {
            auto const where = cluster::placement{cluster::slice{.node = node_id{n}, .gpus = 0, .milli = 0}};
            if (!want_.free().open(node_id{n}))
                log_.add({.at = now(), .kind = log::kind::node_down, .why = log::cause::drained}, &where);
        }
    }

    recorder quiet_;
};

} // namespace rota::live

#endif
