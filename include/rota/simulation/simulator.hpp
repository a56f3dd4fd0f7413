// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_SIMULATOR_HPP
#define ROTA_SIMULATION_SIMULATOR_HPP

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/settle.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/quota_change.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/due.hpp>
#include <rota/simulation/ended_as.hpp>
#include <rota/simulation/news.hpp>
#include <rota/simulation/results.hpp>
#include <rota/simulation/runs.hpp>

namespace rota::simulation {

/// The simulated world: books, virtual time, and the truth about every job.
///
/// At one instant: completions, changes of nodes and quotas, confirmations and late news, timers, arrivals;
/// then the scheduler decides until nothing changes.
/// Expects   cluster and workload outlive it; specs are sorted by submit.
class simulator {
public:
    enum class ending : std::uint8_t {
        complete,  ///< every job ended
        stuck,     ///< jobs remain and nothing will ever happen again
        unsettled, ///< the scheduler did not come to rest within an instant
        stopped,   ///< the caller asked for it
    };

    simulator(cluster::spec const& cluster, job::workload const& workload, conditions under = {},
              recorder log = {})
        : workload_{&workload}, under_{std::move(under)},
          books_{cluster, tenant_tree{workload.tenants}, log, {under_.moves_in_place, under_.log_orders}},
          random_{under_.seed}, runs_{workload} {
        ROTA_EXPECTS(std::is_sorted(workload.specs.begin(), workload.specs.end(),
                                    [](auto const& a, auto const& b) { return a.submit < b.submit; }),
                     "jobs are sorted by submission");
        ROTA_EXPECTS(workload.specs.size() == workload.works.size(), "every job has its work");
        books_.reserve(workload.size());
        instant_.spurious_pass = under_.spurious_pass;
    }
    template <class... More>
    simulator(cluster::spec&&, More&&...) = delete; // it must outlive the simulator
    simulator(simulator const&) = delete;           // the oracle points into it
    simulator& operator=(simulator const&) = delete;

    [[nodiscard]] estimate::oracle clairvoyance() const noexcept {
        return {workload_->works, runs_.progress()};
    }
    [[nodiscard]] books const& state() const noexcept { return books_; }
    [[nodiscard]] simulation::results const& results() const noexcept { return runs_.results(); }
    [[nodiscard]] instant const& instants() const noexcept { return instant_; }
    [[nodiscard]] std::size_t ended() const noexcept { return ended_; }

    /// make() builds the scheduler, again wherever conditions::new_scheduler says so.
    /// watch(simulator const&) is asked every few thousand instants; false stops the run.
    template <std::invocable Make, class Watch>
    ending run(Make make, Watch watch) {
        static_assert(explain_scheduling_policy<std::invoke_result_t<Make&>>());
        auto scheduler = make();
        auto const send = [this](order const& what) { execute(what); };
        auto next_scheduler = under_.new_scheduler.begin();
        for (auto turn = std::uint64_t{1};; ++turn) {
            auto now = next_instant();
            if (next_scheduler != under_.new_scheduler.end()) now = std::min(now, *next_scheduler);
            if (done()) return ending::complete;
            if (now == never) return ending::stuck;
            books_.set_now(now);
            happen(now);
            for (; next_scheduler != under_.new_scheduler.end() && *next_scheduler <= now; ++next_scheduler) {
                scheduler = make();
                books_.resync();
            }
            if (under_.round_ms != 0 && index(now) % under_.round_ms != 0) continue; // until the round ends
            auto const settled = instant_.settle(books_, scheduler, send);
            for (auto id : books_.rejected) conclude(id, job::outcome::rejected);
            books_.rejected.clear();
            if (!settled) return ending::unsettled;
            if (turn % 4096 == 0 && !watch(*this)) return ending::stopped;
        }
    }
    template <std::invocable Make>
    ending run(Make make) {
        return run(std::move(make), [](simulator const&) { return true; });
    }

private:
    [[nodiscard]] bool done() const noexcept {
        return next_arrival_ == workload_->size() && books_.jobs().active().empty() && books_.inbox.empty();
    }
    [[nodiscard]] sim_time next_instant() {
        auto at = std::min({books_.next_timer(), node_changes_.next(), quota_changes_.next(), news_.next(),
                            runs_.next_end()});
        if (next_arrival_ != workload_->size()) at = std::min(at, workload_->specs[next_arrival_].submit);
        if (under_.round_ms != 0 && !(books_.inbox.empty() && books_.outbox.empty()))
            at = std::min(at, sim_time{(index(books_.now()) / under_.round_ms + 1) * under_.round_ms});
        return at;
    }
    void happen(sim_time now) {
        while (auto const done = runs_.pop_end(now)) complete(*done);
        while (auto const* const one = node_changes_.pop(now)) change(*one);
        while (auto const* const one = quota_changes_.pop(now)) books_.quota(one->tenant, one->nominal_milli);
        while (auto const arrived = news_.pop(now)) deliver(*arrived);
        books_.tick();
        while (next_arrival_ != workload_->size() && workload_->specs[next_arrival_].submit <= now) {
            auto const& spec = workload_->specs[next_arrival_++];
            if (auto const id = books_.submit(spec); books_.at(id).over) conclude(id, job::outcome::rejected);
        }
    }

    // --- the executor
    void execute(order const& what) {
        if (!current(what)) return;
        auto const fails =
            what.kind != order_kind::stop && under_.start_failure > 0 && random_.chance(under_.start_failure);
        auto wait = under_.latency_ms_max == 0 ? 0 : 1 + up_to(under_.latency_ms_max - 1);
        if (what.kind == order_kind::stop) {
            runs_.stop_working_at(what.job, books_.now() + wait); // until the order arrives; then it saves
            if (what.mode == stop_mode::graceful) wait += cost(what.job).save_ms;
        }
        auto const answer = news::item{.at = books_.now() + wait,
                                       .kind = fails ? news::kind::failure : news::kind::confirmation,
                                       .about = what,
                                       .why = log::cause::launch_error};
        if (wait == 0) deliver(answer);
        else news_.send(answer);
    }
    [[nodiscard]] bool current(order const& what) const noexcept {
        auto const& j = books_.at(what.job);
        return !j.over && j.flight == what.kind && j.op == what.op;
    }
    [[nodiscard]] preemption::transition cost(job_id id) const noexcept {
        return preemption::cost_of(under_.cost, workload_->specs[index(id)], books_.sent(id).gpus());
    }
    void deliver(news::item const& arrived) {
        auto const id = arrived.about.job;
        auto const& what = arrived.about;
        switch (arrived.kind) {
        case news::kind::end: tell_end(id, what.incarnation, arrived.repeated); return;
        case news::kind::interruption:
            books_.interrupted(id, what.incarnation, arrived.why, books_.now() + under_.requeue_ms);
            repeat(arrived);
            return;
        case news::kind::crash:
            if (what.op == runs_.number(id)) crash(id, arrived.why);
            return;
        case news::kind::failure:
            books_.order_failed(what.op, what.kind, id, arrived.why, books_.now() + under_.backoff_ms);
            repeat(arrived);
            return;
        case news::kind::confirmation: confirm(arrived); return;
        }
    }
    void confirm(news::item const& arrived) {
        auto const& what = arrived.about;
        auto const id = what.job;
        if (arrived.repeated || !current(what)) { // the books know what to do with it
            books_.order_done(what.op, what.kind, id, arrived.repeated ? arrived.when : books_.now());
            return;
        }
        if (what.kind == order_kind::stop) {
            if (runs_.over(id)) return; // it ended by itself; that news is on its way
            halt(id, what.mode == stop_mode::kill);
            runs_.results().preempt(id);
            answered(arrived, books_.now() + under_.requeue_ms);
            return;
        }
        auto const& target = books_.sent(id);
        if (what.kind == order_kind::move && runs_.over(id)) return;
        auto const& free = books_.want().free();
        if (what.kind == order_kind::start ? !free.open(target)
                                           : !free.open(difference(target, books_.jobs().held(id)))) {
            books_.order_failed(what.op, what.kind, id, log::cause::node_down,
                                books_.now() + under_.backoff_ms);
            return;
        }
        if (what.kind == order_kind::move) halt(id, false);
        begin(id, target);
        answered(arrived, runs_.progress().of(id).run_from);
    }
    void answered(news::item const& arrived, sim_time when) {
        books_.order_done(arrived.about.op, arrived.about.kind, arrived.about.job, when);
        repeat(arrived, when);
    }
    void repeat(news::item const& arrived, sim_time when = never) {
        if (under_.repeat == 0 || arrived.repeated || !random_.chance(under_.repeat)) return;
        auto again = arrived;
        again.at = books_.now() + static_cast<millis>(random_.below(25'000));
        again.repeated = true;
        again.when = when;
        news_.send(again);
    }

    void begin(job_id id, cluster::placement const& on) {
        auto const& work = workload_->works[index(id)];
        auto const& need = books_.jobs().asked_by(books_.at(id).shape);
        auto const model = [this](node_id n) { return books_.held().of(n).model; };
        auto rate = std::numeric_limits<std::int64_t>::max(); // the slowest part of a gang sets its pace
        auto milli = 0;
        for (auto const& part : on) // of one model, mostly of one share
            if (part.share() != milli)
                rate = std::min(rate, work.rate(need, on.gpus(), milli = part.share(), model(part.node)));
        auto const again = runs_.results().started(id);
        runs_.begin(id, books_.now(), rate, under_.launch_ms + (again ? cost(id).restore_ms : 0));
        if (under_.crash_mean_ms == 0) return;
        auto const gap = -std::log(1.0 - random_.unit()) * static_cast<double>(under_.crash_mean_ms);
        news_.send({.at = books_.now() + 1 + static_cast<millis>(gap),
                    .kind = news::kind::crash,
                    .about = {.op = runs_.number(id), .job = id},
                    .why = log::cause::job_error});
    }
    void halt(job_id id, bool lose) { runs_.halt(id, books_.now(), lose, under_.checkpoint_every_ms); }
    void complete(job_id id) {
        halt(id, false);
        runs_.end(id, true);
        auto const late = up_to(under_.late_ms_max);
        if (late == 0) {
            tell_end(id, books_.at(id).incarnation, false);
        } else {
            news_.send({.at = books_.now() + late,
                        .kind = news::kind::end,
                        .about = {.job = id, .incarnation = books_.at(id).incarnation}});
        }
    }
    [[nodiscard]] millis up_to(millis most) noexcept {
        return most == 0 ? 0 : static_cast<millis>(random_.below(static_cast<std::uint64_t>(most) + 1));
    }
    void tell_end(job_id id, std::uint32_t incarnation, bool repeated) {
        auto const before = books_.at(id).over;
        auto const how = workload_->works[index(id)].ends;
        auto const said = end_of(how);
        books_.ended(id, incarnation, said.how, said.why);
        if (!before && books_.at(id).over) conclude(id, how);
        repeat({.at = books_.now(),
                .kind = news::kind::end,
                .about = {.job = id, .incarnation = incarnation},
                .repeated = repeated});
    }
    void conclude(job_id id, job::outcome how) {
        runs_.results().conclude(id, books_.now(), how);
        ++ended_;
    }
    void crash(job_id id, log::cause why) {
        halt(id, true);
        runs_.results().interrupt(id);
        runs_.end(id, false);
        auto const what = news::item{.at = books_.now() + up_to(under_.late_ms_max),
                                     .kind = news::kind::interruption,
                                     .about = {.job = id, .incarnation = books_.at(id).incarnation},
                                     .why = why};
        if (what.at == books_.now()) deliver(what);
        else news_.send(what);
    }
    void change(cluster::node_change const& what) {
        using enum cluster::node_state;
        books_.node(what.node, what.to == up, what.to == drained ? log::cause::drained : log::cause::none,
                    {.node = what.node, .gpus = 0, .cpu_milli = what.cpu_milli, .mem_mib = what.mem_mib});
        if (what.to != down) return;
        auto const active = std::vector<job_id>(books_.jobs().active().begin(), books_.jobs().active().end());
        for (auto id : active) {
            auto const here = books_.jobs().held(id).touches(what.node) || books_.sent(id).touches(what.node);
            if (here && runs_.works(id) && !runs_.over(id)) crash(id, log::cause::node_down);
        }
    }

    job::workload const* workload_;
    conditions under_;
    due<cluster::node_change> node_changes_{under_.node_changes};
    due<job::quota_change> quota_changes_{under_.quota_changes};
    books books_;
    instant instant_;
    random random_;
    simulation::runs runs_;
    simulation::news news_;
    std::size_t next_arrival_ = 0;
    std::size_t ended_ = 0;
};

} // namespace rota::simulation

#endif
