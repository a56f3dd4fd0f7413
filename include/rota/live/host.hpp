// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_HOST_HPP
#define ROTA_LIVE_HOST_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/settle.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/close_taken.hpp>
#include <rota/live/ended_as.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/live/leave_others.hpp>
#include <rota/live/link.hpp>
#include <rota/live/pace.hpp>
#include <rota/live/realised.hpp>
#include <rota/live/recover.hpp>
#include <rota/live/start_list.hpp>
#include <rota/live/tell_nodes.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

namespace rota::live {

/// A live cluster as the third host: books, an executor made of its manager's verbs, and the caller's clock.
///
/// Meaning   Every round polls, tells the books what changed, and lets the scheduler decide. Jobs are those first
///           seen held; whatever the manager runs besides is not touched, and where it has GPUs nothing is given out.
///           Who holds what is the books' alone; of a job the host knows its name in the manager and how far an order
///           has been carried. With a journal it survives its own death, as if it had been deaf for a while.
/// Expects   cluster and backend outlive it; rounds come in order of time.
template <backend B>
class host {
public:
    enum class outcome : std::uint8_t {
        ran,
        blind,     ///< the manager did not answer: nothing was decided
        unsettled, ///< the scheduler did not come to rest
    };

    host(cluster::spec const& cluster, tenant_tree tenants, B& manager, pace at = {}, recorder log = {},
         bool log_orders = true)
        : manager_{&manager}, pace_{at},
          books_{cluster, std::move(tenants), log, {.moves_in_place = false, .log_orders = log_orders}} {}
    host(cluster::spec&&, auto&&...) = delete; // it must outlive the host
    host(host const&) = delete;
    host& operator=(host const&) = delete;

    [[nodiscard]] books const& state() const noexcept { return books_; }
    [[nodiscard]] instant& instants() noexcept { return instant_; }
    [[nodiscard]] std::deque<job::spec> const& specs() const noexcept { return specs_; }
    /// The manager's name of a job.
    [[nodiscard]] std::string const& name(job_id id) const noexcept { return links_[index(id)].name; }
    /// The job of that name, unless it is over for the books.
    [[nodiscard]] std::optional<job_id> driven(std::string const& name) const {
        auto const its = ids_.find(name);
        return its == ids_.end() || books_.at(its->second).over ? std::nullopt : std::optional{its->second};
    }
    /// A round is due by then, whatever happens.
    [[nodiscard]] sim_time next_timer() const noexcept { return books_.next_timer(); }
    /// Runs that nobody had ordered, each seen once.
    [[nodiscard]] std::uint64_t strays() const noexcept { return strays_; }
    /// From here on another scheduler object decides.
    void resync() { books_.resync(); }
    void set_pace(pace at) noexcept { pace_ = at; }

    /// From now on every input of the books is journaled. Expects the log that the recorder writes, with orders.
    void keep_journal(log::schedule const& log, journal_sink to) { books_.keep(log, std::move(to)); }
    /// With this a journal may begin anew: how the host stands. Expects a round before, and none under way.
    [[nodiscard]] std::string standing() const { return journal_standing(books_, links_); }
    /// Becomes the host that wrote this journal, with its books and its log; the bytes that count, or what is wrong.
    /// Expects a fresh host without a journal; `keep_journal` and `resync` before the next round.
    [[nodiscard]] std::variant<std::size_t, log::text_error> recover(std::string_view journal) {
        auto replay = journal_replay{
            books_,
            {[this](auto name, auto run, auto const& spec) { add(std::move(name), run, spec); },
             [this](job_id id, std::uint32_t run) { runs_as(id, run); }}};
        auto const got = replay.read(journal);
        for (auto id : books_.jobs().active()) // what became of its orders, the next poll shows
            if (auto const& j = books_.at(id); j.flight != order_kind::none)
                links_[index(id)].carries(j.op, books_.now(),
                                          j.flight == order_kind::start ? carried::told : carried::nothing);
        return got;
    }

    template <scheduling_policy S>
    [[nodiscard]] outcome round(sim_time now, S& scheduler) {
        auto seen = manager_->poll();
        if (!seen) return outcome::blind;
        books_.set_now(now);
        match(*seen);
        auto const ours = [this](job_status const& one) { return driven(one.id); };
        close_taken(*seen, ours);
        leave_others(*seen, books_, ours);
        // a state has no inner order: runs are told before their nodes close, ends before releases, others' devices last
        tell_nodes(books_, *seen, true);
        each([this](job_id id, job_status const* s) { note_end(id, s); });
        each([this](job_id id, job_status const* s) { note_start(id, s, false); });
        tell_nodes(books_, *seen, false);
        each([this](job_id id, job_status const* s) { note_release(id, s); });
        each([this](job_id id, job_status const* s) { note_start(id, s, true); });
        books_.tick();
        adopt();
        auto const rests = books_.settle(instant_, scheduler, [this](order const& o) { begin_order(o); });
        books_.rejected.clear(); // they stay held: an operator decides
        say_starts();
        each([this](job_id id, job_status const* s) { tend(id, s); });
        say_starts();
        return rests ? outcome::ran : outcome::unsettled;
    }

private:
    /// f(job, its status) for every job that has not ended, in order of their ids.
    template <class F>
    void each(F f) {
        for (auto i = std::size_t{0}; i != links_.size(); ++i)
            if (auto const id = job_id{static_cast<std::uint32_t>(i)}; !books_.at(id).over)
                f(id, links_[i].now);
    }
    void match(snapshot const& seen) {
        fresh_.clear();
        for (auto& one : links_) one.now = nullptr, one.known = false;
        for (auto const& s : seen.jobs) {
            auto const at = ids_.find(s.id);
            auto* const its = at == ids_.end() ? nullptr : &links_[index(at->second)];
            auto const fresh = its == nullptr || (books_.at(at->second).over && its->is_another(s));
            if (fresh && s.state == job_state::held && s.unmapped.empty()) fresh_.push_back(&s);
            if (its != nullptr) its->sees(s, books_.now());
        }
        for (auto& one : links_) one.gone = one.gone || one.now == nullptr || is_over(one.now->state);
    }
    void adopt() {
        for (auto const* s : fresh_) {
            auto const id = add(s->id, s->restarts, s->asked);
            links_.back().sees(*s, books_.now());
            if (s->idle && s->restarts != 0) books_.ran(id, s->restarts), runs_as(id, s->restarts);
        }
    }
    job_id add(std::string name, std::uint32_t run, job::spec const& asked) {
        auto& spec = specs_.emplace_back(asked);
        spec.submit = books_.now();
        auto const id = ids_[name] = books_.submit(name, run, spec);
        links_.push_back({.name = std::move(name), .run = run});
        return id;
    }

    // --- facts
    void note_end(job_id id, job_status const* s) {
        auto const& j = books_.at(id);
        if (s != nullptr && !is_over(s->state)) return;
        if (j.flight == order_kind::stop && links_[index(id)].dies_of_us()) return;
        note_release(id, s);
        if (s != nullptr && j.flight == order_kind::start && !s->where.empty()) confirm(id, *s);
        auto const [how, why] = end_of(s, j.held != 0 && j.flight != order_kind::start);
        books_.ended(id, j.incarnation, how, why);
    }
    void runs_as(job_id id, std::uint32_t run) {
        links_[index(id)].runs_as(run, books_.now() + pace_.requeued_ms);
    }
    /// Its run was requeued: by our order, by an operator, or since a node was lost. Or its manager has forgotten it.
    void note_release(job_id id, job_status const* s) {
        auto const& its = links_[index(id)];
        auto const& j = books_.at(id);
        if (s == nullptr || s->state == job_state::completing) return;
        auto const forgotten = s->idle && j.held != 0 && j.flight != order_kind::start;
        if (s->restarts <= its.run && !forgotten) return;
        books_.ran(id, s->restarts);
        runs_as(id, s->restarts);
        if (j.flight == order_kind::stop) {
            books_.order_done(j.op, order_kind::stop, id, its.ready);
        } else if (j.held != 0) {
            auto const& on = books_.jobs().held(id);
            auto const why = books_.want().free().open(on) ? log::cause::lost : log::cause::node_down;
            books_.interrupted(id, j.incarnation, why, its.ready);
        }
    }
    void note_start(job_id id, job_status const* s, bool elsewhere) {
        auto& its = links_[index(id)];
        auto const& j = books_.at(id);
        if (s == nullptr || j.flight != order_kind::start || j.op != its.op) return;
        if (s->state == job_state::running && s->restarts == its.run) {
            if (elsewhere || as_asked(books_.sent(id), s->where)) confirm(id, *s);
        } else if (elsewhere && s->state == job_state::held &&
                   (its.how_far == carried::withdrawn || its.how_far == carried::refused)) {
            auto const why = its.how_far == carried::refused ? log::cause::launch_error : log::cause::lost;
            books_.order_failed(j.op, order_kind::start, id, why, books_.now() + pace_.backoff(its.failed++));
        }
    }
    /// Where it runs elsewhere than any fact allows, it is left unconfirmed, and taken for a stray.
    void confirm(job_id id, job_status const& s) {
        auto const& j = books_.at(id);
        links_[index(id)].failed = 0;
        if (as_asked(books_.sent(id), s.where)) {
            books_.order_done(j.op, order_kind::start, id, books_.now());
        } else if (auto const real = realised(books_, id, s.where)) {
            books_.order_done(j.op, order_kind::start, id, books_.now(), &*real);
        }
    }

    // --- the executor
    void begin_order(order const& what) {
        auto const& j = books_.at(what.job);
        if (j.over || j.flight != what.kind || j.op != what.op) return;
        auto& its = links_[index(what.job)];
        auto const escalates = what.kind == order_kind::stop && its.how_far == carried::saving; // in haste
        its.carries(what.op, books_.now(), escalates ? carried::told : carried::nothing);
        its.again = what.kind == order_kind::start ? its.ready : books_.now();
        if (what.kind == order_kind::start && its.ready <= books_.now()) tell_start(what.job);
    }
    void tell_start(job_id id) {
        auto& its = links_[index(id)];
        starts_.add(id, its.name, books_.sent(id));
        its.how_far = carried::told;
        its.again = books_.now() + pace_.repeat_ms;
    }
    /// A client may complain of what its manager has done all the same: the next poll shows it.
    void say_starts() {
        books_.flush();
        starts_.say(*manager_, [this](job_id id) {
            if (books_.at(id).flight == order_kind::start) links_[index(id)].how_far = carried::refused;
        });
    }
    /// What is due of one job: an order to carry on, a run that nobody ordered, a job that the manager might start.
    void tend(job_id id, job_status const* s) {
        auto& its = links_[index(id)];
        auto const& j = books_.at(id);
        if (s == nullptr || books_.now() < its.again) return;
        auto const touchable =
            s->state == job_state::running && books_.now() >= its.runs_since + pace_.young_ms;
        if (j.flight == order_kind::start) return tend_start(id, *s);
        if (j.flight == order_kind::stop) {
            if (touchable || is_over(s->state)) tend_stop(id, j.mode);
        } else if (j.held == 0 && touchable) {
            ++strays_;
            manager_->requeue(its.name);
            its.again = books_.now() + pace_.repeat_ms;
        } else if (j.held == 0 && s->state == job_state::pending) {
            manager_->hold(its.name);
        }
    }
    void tend_start(job_id id, job_status const& s) {
        auto& its = links_[index(id)];
        if (s.state == job_state::running) { // and was not to be believed
            if (books_.now() < its.runs_since + pace_.young_ms) return;
            manager_->requeue(its.name);
            its.again = books_.now() + pace_.repeat_ms;
        } else if (books_.now() < its.since + pace_.patience(s.behind) &&
                   !(s.refused && s.state == job_state::pending)) {
            auto const unsaid = s.state == job_state::pending && its.how_far == carried::nothing;
            if (s.state == job_state::held || unsaid) tell_start(id); // it was lost, or had to wait
        } else if (its.how_far != carried::withdrawn) {
            auto const got = manager_->hold(its.name);
            its.how_far = got == reply::done ? carried::withdrawn : carried::withdrawing;
        } else if (s.state == job_state::pending) { // an older word came later
            its.how_far = carried::withdrawing;
        }
    }
    void tend_stop(job_id id, stop_mode mode) {
        auto& its = links_[index(id)];
        auto const saves = mode == stop_mode::graceful && its.how_far == carried::nothing &&
                           its.now->state == job_state::running && pace_.save_ms != 0;
        auto const got = saves ? manager_->save(its.name) : manager_->requeue(its.name);
        if (saves) its.how_far = carried::saving;
        else if (got == reply::refused) its.how_far = carried::refused;
        its.again = books_.now() + (saves ? pace_.save_ms : pace_.repeat_ms); // a stop may only be late
    }

    B* manager_;
    pace pace_;
    journaled_books books_;
    instant instant_;
    start_list starts_;
    std::deque<job::spec> specs_; ///< stay where they are
    std::vector<link> links_;     ///< [jobs]
    std::unordered_map<std::string, job_id> ids_;
    std::vector<job_status const*> fresh_;
    std::uint64_t strays_ = 0;
};

} // namespace rota::live

#endif
