// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_SIMULATOR_HPP
#define ROTA_SIMULATION_SIMULATOR_HPP

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/settle.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/event_heap.hpp>
#include <rota/simulation/result.hpp>

namespace rota::simulation {

/// The simulated world: books, virtual time, and the truth about every job.
///
/// At one instant: completions, node failures and returns, confirmations and late news, timers, arrivals;
/// then the scheduler decides until nothing changes. Expects   cluster and workload outlive it; specs are
/// sorted by submit.
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
          random_{under_.seed} {
        ROTA_EXPECTS(std::is_sorted(workload.specs.begin(), workload.specs.end(),
                                    [](auto const& a, auto const& b) { return a.submit < b.submit; }),
                     "jobs are sorted by submission");
        ROTA_EXPECTS(workload.specs.size() == workload.works.size(), "every job has its work");
        books_.reserve(workload.size());
        progress_.resize(workload.size());
        runs_.resize(workload.size());
        results_.resize(workload.size());
        for (std::size_t j = 0; j != workload.size(); ++j)
            progress_[j].left = workload.works[j].duration_ms * 1000;
        instant_.spurious_pass = under_.spurious_pass;
    }
    simulator(simulator const&) = delete; // the oracle points into it
    simulator& operator=(simulator const&) = delete;

    [[nodiscard]] estimate::oracle clairvoyance() const noexcept { return {workload_->works, progress_}; }
    [[nodiscard]] books const& state() const noexcept { return books_; }
    [[nodiscard]] std::vector<result> const& results() const noexcept { return results_; }
    [[nodiscard]] instant const& instants() const noexcept { return instant_; }
    [[nodiscard]] std::size_t ended() const noexcept { return ended_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

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
            for (auto id : std::exchange(books_.rejected, {})) conclude(id, job::outcome::rejected);
            if (!settled) return ending::unsettled;
            if (turn % 4096 == 0 && !watch(*this)) return ending::stopped;
        }
    }
    template <std::invocable Make>
    ending run(Make make) {
        return run(std::move(make), [](simulator const&) { return true; });
    }

private:
    struct run_state { ///< of the present run
        sim_time held_from = never;
        std::uint32_t generation = 0; ///< a completion of an older one is void
        bool over = false;            ///< ended in truth, though the books may not know yet
    };
    struct completion { ///< many and lean
        sim_time at;
        std::uint32_t job;
        std::uint32_t generation;
        [[nodiscard]] bool before(completion const& b) const noexcept {
            return at != b.at ? at < b.at : job < b.job;
        }
    };
    enum class notice_kind : std::uint8_t { confirmation, failure, end, interruption, crash };
    struct notice { ///< few and fat
        sim_time at;
        std::uint32_t number; ///< in the order of their making
        notice_kind kind;
        order about;
        log::cause why;
        bool repeated;
        sim_time when;
        [[nodiscard]] bool before(notice const& b) const noexcept {
            return at != b.at ? at < b.at : number < b.number;
        }
    };

    [[nodiscard]] bool done() const noexcept {
        return next_arrival_ == workload_->size() && books_.jobs().active().empty() && books_.inbox.empty();
    }
    [[nodiscard]] sim_time next_instant() {
        auto at =
            std::min(books_.next_timer(),
                     next_arrival_ == workload_->size() ? never : workload_->specs[next_arrival_].submit);
        if (next_outage_ != under_.outages.size()) at = std::min(at, under_.outages[next_outage_].at);
        if (!notices_.empty()) at = std::min(at, notices_.top().at);
        while (!ends_.empty() && ends_.top().generation != runs_[ends_.top().job].generation) ends_.pop();
        if (!ends_.empty()) at = std::min(at, ends_.top().at);
        if (under_.round_ms != 0 && !(books_.inbox.empty() && books_.outbox.empty()))
            at = std::min(at, sim_time{(index(books_.now()) / under_.round_ms + 1) * under_.round_ms});
        return at;
    }
    void happen(sim_time now) {
        while (!ends_.empty() && ends_.top().at == now) {
            auto const end = ends_.top();
            ends_.pop();
            if (end.generation == runs_[end.job].generation) complete(end.job);
        }
        while (next_outage_ != under_.outages.size() && under_.outages[next_outage_].at <= now)
            strike(under_.outages[next_outage_++]);
        while (!notices_.empty() && notices_.top().at <= now) {
            auto const news = notices_.top();
            notices_.pop();
            deliver(news);
        }
        books_.tick();
        while (next_arrival_ != workload_->size() && workload_->specs[next_arrival_].submit <= now) {
            auto const& spec = workload_->specs[next_arrival_++];
            ++events_;
            if (auto const id = books_.submit(spec); books_.at(id).over) conclude(id, job::outcome::rejected);
        }
    }

    // --- the executor
    void execute(order const& what) {
        if (!current(what)) return;
        auto const fails =
            what.kind != order_kind::stop && under_.start_failure > 0 && random_.chance(under_.start_failure);
        auto wait =
            under_.latency_ms_max == 0
                ? 0
                : 1 + static_cast<millis>(random_.below(static_cast<std::uint64_t>(under_.latency_ms_max)));
        if (what.kind == order_kind::stop) {
            auto& p = progress_[index(what.job)];
            p.halt_at =
                std::min(p.halt_at, books_.now() + wait); // it works until the order arrives, then saves
            if (what.mode == stop_mode::graceful) wait += cost(what.job).save_ms;
        }
        auto const news = notice{books_.now() + wait,
                                 ++notice_count_,
                                 fails ? notice_kind::failure : notice_kind::confirmation,
                                 what,
                                 log::cause::launch_error,
                                 false,
                                 never};
        if (wait == 0) deliver(news);
        else notices_.push(news);
    }
    [[nodiscard]] bool current(order const& what) const noexcept {
        auto const& j = books_.at(what.job);
        return !j.over && j.flight == what.kind && j.op == what.op;
    }
    [[nodiscard]] preemption::transition cost(job_id id) const noexcept {
        return preemption::cost_of(under_.cost, workload_->specs[index(id)], books_.sent(id).gpus());
    }
    void deliver(notice const& news) {
        ++events_;
        auto const id = news.about.job;
        auto const& what = news.about;
        switch (news.kind) {
        case notice_kind::end: tell_end(id, what.incarnation, news.repeated); return;
        case notice_kind::interruption:
            books_.interrupted(id, what.incarnation, news.why, books_.now() + under_.requeue_ms);
            repeat(news);
            return;
        case notice_kind::crash:
            if (what.op == runs_[index(id)].generation) crash(id, news.why);
            return;
        case notice_kind::failure:
            books_.order_failed(what.op, what.kind, id, news.why, books_.now() + under_.backoff_ms);
            repeat(news);
            return;
        case notice_kind::confirmation: confirm(news); return;
        }
    }
    void confirm(notice const& news) {
        auto const& what = news.about;
        auto const id = what.job;
        if (news.repeated || !current(what)) { // the books know what to do with it
            books_.order_done(what.op, what.kind, id, news.repeated ? news.when : books_.now());
            return;
        }
        auto& run = runs_[index(id)];
        if (what.kind == order_kind::stop) {
            if (run.over) return; // it ended by itself; that news is on its way
            halt(id, what.mode == stop_mode::kill);
            ++results_[index(id)].preemptions;
            answered(news, books_.now() + under_.requeue_ms);
            return;
        }
        auto const& target = books_.sent(id);
        if (what.kind == order_kind::move && run.over) return;
        if (!books_.want().free().open(target)) { // the node died under the order
            books_.order_failed(what.op, what.kind, id, log::cause::node_down,
                                books_.now() + under_.backoff_ms);
            return;
        }
        if (what.kind == order_kind::move) halt(id, false);
        begin(id, target);
        answered(news, progress_[index(id)].run_from);
    }
    void answered(notice news, sim_time when) {
        books_.order_done(news.about.op, news.about.kind, news.about.job, when);
        news.when = when;
        repeat(news);
    }
    void repeat(notice news) {
        if (under_.repeat == 0 || news.repeated || !random_.chance(under_.repeat)) return;
        news.at = books_.now() + static_cast<millis>(random_.below(25'000));
        news.number = ++notice_count_;
        news.repeated = true;
        notices_.push(news);
    }

    // --- the truth
    void begin(job_id id, cluster::placement const& on) {
        auto& p = progress_[index(id)];
        auto& run = runs_[index(id)];
        auto& r = results_[index(id)];
        auto const now = books_.now();
        auto const& work = workload_->works[index(id)];
        p.rate = INT64_MAX; // the slowest part of a gang sets its pace
        for (auto const& part : on)
            p.rate = std::min(p.rate, work.rate(workload_->specs[index(id)].need, on.gpus(), part.milli,
                                                books_.want().free().of(part.node).model));
        auto const again = r.first_start != never;
        auto const pause = under_.launch_ms + (again ? cost(id).restore_ms : 0);
        p.run_from = now + pause;
        p.halt_at = never;
        run = {now, run.generation + 1, false};
        if (!again) r.first_start = now;
        if (p.ends_at() != never) ends_.push({p.ends_at(), index(id), run.generation});
        if (under_.crash_mean_ms != 0) {
            auto const gap = -std::log(1.0 - random_.unit()) * static_cast<double>(under_.crash_mean_ms);
            notices_.push({now + 1 + static_cast<millis>(gap),
                           ++notice_count_,
                           notice_kind::crash,
                           {run.generation, id, 0, order_kind::none, {}},
                           log::cause::job_error,
                           false,
                           never});
        }
    }
    /// The present run is over: its work is kept, or lost back to the last checkpoint.
    void halt(job_id id, bool lose) {
        auto& p = progress_[index(id)];
        auto& run = runs_[index(id)];
        auto& r = results_[index(id)];
        if (p.run_from == never) return;
        auto const now = books_.now();
        auto const done = p.done(now);
        auto const useful = std::max<millis>(0, std::min(now, p.halt_at) - p.run_from);
        auto const every = under_.checkpoint_every_ms * 1000;
        auto const lost = !lose ? 0 : every != 0 ? done % every : done;
        // charged in time at the rate of this run, rounded down where it does not divide
        r.run_ms += now - run.held_from;
        r.overhead_ms += now - run.held_from - useful;
        r.lost_ms += p.rate == 0 ? 0 : lost / p.rate;
        p.left -= done - lost;
        p.run_from = p.halt_at = never;
        ++run.generation;
    }
    void complete(std::uint32_t job) {
        auto const id = job_id{job};
        if (books_.now() > progress_[job].halt_at) return; // it was already saving
        halt(id, false);
        progress_[job].left = 0;
        runs_[job].over = true;
        auto const late =
            under_.late_ms_max == 0 ? 0 : random_.below(static_cast<std::uint64_t>(under_.late_ms_max) + 1);
        if (late == 0) {
            ++events_;
            tell_end(id, books_.at(id).incarnation, false);
        } else {
            notices_.push({books_.now() + static_cast<millis>(late),
                           ++notice_count_,
                           notice_kind::end,
                           {0, id, books_.at(id).incarnation, order_kind::none, {}},
                           {},
                           false,
                           never});
        }
    }
    void tell_end(job_id id, std::uint32_t incarnation, bool repeated) {
        auto const before = books_.at(id).over;
        auto const how = workload_->works[index(id)].ends;
        books_.ended(id, incarnation,
                     how == job::outcome::cancelled   ? log::kind::cancel
                     : how == job::outcome::completed ? log::kind::finish
                                                      : log::kind::fail,
                     how == job::outcome::cancelled   ? log::cause::user
                     : how == job::outcome::timed_out ? log::cause::timed_out
                     : how == job::outcome::failed    ? log::cause::job_error
                                                      : log::cause::none);
        if (!before && books_.at(id).over) conclude(id, how);
        repeat({books_.now(),
                0,
                notice_kind::end,
                {0, id, incarnation, order_kind::none, {}},
                {},
                repeated,
                never});
    }
    void conclude(job_id id, job::outcome how) {
        results_[index(id)].finish = books_.now();
        results_[index(id)].outcome = how;
        ++ended_;
    }
    void crash(job_id id, log::cause why) {
        halt(id, true);
        ++results_[index(id)].interruptions;
        runs_[index(id)].over = true;
        auto const late =
            under_.late_ms_max == 0 ? 0 : random_.below(static_cast<std::uint64_t>(under_.late_ms_max) + 1);
        auto const news = notice{books_.now() + static_cast<millis>(late),
                                 ++notice_count_,
                                 notice_kind::interruption,
                                 {0, id, books_.at(id).incarnation, order_kind::none, {}},
                                 why,
                                 false,
                                 never};
        if (late == 0) deliver(news);
        else notices_.push(news);
    }
    void strike(cluster::outage const& what) {
        ++events_;
        books_.node(what.node, what.up);
        if (what.up) return;
        auto const active = std::vector<job_id>(books_.jobs().active().begin(), books_.jobs().active().end());
        for (auto id : active) {
            auto const here = books_.jobs().held(id).touches(what.node) || books_.sent(id).touches(what.node);
            if (here && progress_[index(id)].run_from != never && !runs_[index(id)].over)
                crash(id, log::cause::node_down);
        }
    }

    job::workload const* workload_;
    conditions under_;
    books books_;
    instant instant_;
    random random_;
    std::vector<job::progress> progress_;
    std::vector<run_state> runs_;
    std::vector<result> results_;
    event_heap<completion> ends_;
    event_heap<notice> notices_;
    std::size_t next_arrival_ = 0;
    std::size_t next_outage_ = 0;
    std::size_t ended_ = 0;
    std::uint64_t events_ = 0;
    std::uint32_t notice_count_ = 0;
};

} // namespace rota::simulation

#endif
