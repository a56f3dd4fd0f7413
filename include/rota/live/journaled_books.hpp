// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_JOURNALED_BOOKS_HPP
#define ROTA_LIVE_JOURNALED_BOOKS_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/settle.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/live/retold_books.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

namespace rota::live {

/// Takes a group of lines, and returns when they would survive the death of the program.
using journal_sink = std::function<void(std::string_view)>;

/// Books whose inputs are lines of a journal: told again in the same order they give the same books and log.
///
/// Meaning   Inputs are what the world did and what a pass decided. A line is a record of the schedule log, as the
///           input's and not as its consequence: `value` is a time (useful since, may start again from) or the mode of
///           a stop. Besides there are `job NAME`, `run`, `tick`, `pass` (a scheduler has decided) and `rest`. A group
///           of lines is whole when it ends with `end`; only whole groups count.
///           The first group may be a journal_standing instead.
/// Expects   flush() before anything is done that follows from an input.
class journaled_books : public retold_books {
public:
    using retold_books::retold_books;

    /// From now on; `log` is the one that these books write, with every order.
    void keep(log::schedule const& log, journal_sink to) {
        log_seen_ = &log;
        to_ = std::move(to);
    }
    /// Hands the lines of the group to the sink.
    void flush() {
        if (group_.empty()) return;
        group_ += group_end;
        to_(group_);
        group_.clear();
    }

    // --- inputs, as of books
    job_id submit(std::string_view name, std::uint32_t run, job::spec const& spec) {
        if (on()) {
            append_job(group_, name, run, spec);
            told_ = true;
        }
        return books::submit(spec);
    }
    void order_done(std::uint32_t op, order_kind kind, job_id id, sim_time when,
                    cluster::placement const* realised = nullptr) {
        line(kind == order_kind::start ? log::kind::start : log::kind::preempt, id, op, {}, index(when),
             realised);
        books::order_done(op, kind, id, when, realised);
    }
    void order_failed(std::uint32_t op, order_kind kind, job_id id, log::cause why, sim_time eligible) {
        line(log::kind::start_failed, id, op, why, index(eligible));
        books::order_failed(op, kind, id, why, eligible);
    }
    void ended(job_id id, std::uint32_t incarnation, log::kind how, log::cause why) {
        line(how, id, 0, why, 0, nullptr, incarnation);
        books::ended(id, incarnation, how, why);
    }
    void interrupted(job_id id, std::uint32_t incarnation, log::cause why, sim_time eligible) {
        line(log::kind::interrupt, id, 0, why, index(eligible), nullptr, incarnation);
        books::interrupted(id, incarnation, why, eligible);
    }
    void node(node_id n, bool up, log::cause why = {}, cluster::slice const& taken = {}) {
        if (!changes(n, up, taken)) return;
        auto const where = cluster::placement{{n, 0, 0, up ? taken.cpu_milli : 0, up ? taken.mem_mib : 0}};
        line(up ? log::kind::node_up : log::kind::node_down, {}, 0, why, 0, &where);
        books::node(n, up, why, taken);
    }
    void tick() {
        if (next_timer() <= now()) word("tick");
        books::tick();
    }
    void resync() {
        line(log::kind::resync, {}, 0, {}, 0);
        books::resync();
    }
    /// The number that the manager has given to the job's run. Books know nothing of it.
    void ran(job_id id, std::uint32_t run) {
        if (!on()) return;
        log::detail::append_number(group_ += "run ", index(id));
        log::detail::append_number(group_ += ' ', run);
        group_ += '\n';
    }

    /// As the instant does it, and the journal tells what every pass has decided.
    template <class S, class Send>
    [[nodiscard]] bool settle(instant& how, S& scheduler, Send&& send) {
        auto decides = noting<S>{&scheduler, this};
        auto const settled = how.settle(*this, decides, [&](order const& what) {
            pass_ends();
            send(what);
        });
        pass_ends();
        if (told_) word("rest");
        told_ = false;
        return settled;
    }

private:
    /// A scheduler whose passes the journal tells of.
    template <class S>
    struct noting {
        S* scheduler;
        journaled_books* to;
        void on(event const& happened, view const& v) { scheduler->on(happened, v); }
        void decide(view const& v, actions& a) {
            to->pass_begins();
            scheduler->decide(v, a);
        }
    };
    void pass_begins() {
        pass_ends();
        if (!on()) return;
        from_ = log_seen_->records.size();
        open_ = true;
    }
    /// Before any other input.
    void pass_ends() {
        if (!std::exchange(open_, false)) return;
        if (told_) word("pass");
        for (auto i = from_; i != log_seen_->records.size(); ++i) {
            auto what = log_seen_->records[i];
            auto const decided = what.kind == log::kind::order || what.kind == log::kind::promise ||
                                 what.kind == log::kind::reject;
            if (!decided) continue;
            if (!told_) word("pass");
            if (what.kind == log::kind::order)
                what.value = static_cast<std::int64_t>(at(job_id{what.job}).mode);
            log::append_line(group_, *log_seen_, what);
            group_ += '\n';
        }
    }
    [[nodiscard]] bool on() const noexcept { return log_seen_ != nullptr; }
    void word(std::string_view what) {
        if (!on()) return;
        (group_ += what) += ' ';
        log::detail::append_number(group_, index(now()));
        group_ += '\n';
        told_ = true;
    }
    void line(log::kind what, job_id id, std::uint32_t op, log::cause why, std::int64_t value,
              cluster::placement const* where = nullptr, std::uint32_t incarnation = 0) {
        if (!on()) return;
        auto one = log::schedule{};
        one.add({.at = now(),
                 .value = value,
                 .job = index(id),
                 .incarnation = incarnation,
                 .op = op,
                 .kind = what,
                 .why = why},
                where == nullptr ? cluster::placement{} : *where);
        log::append_line(group_, one, one.records.front());
        group_ += '\n';
        told_ = true;
    }

    log::schedule const* log_seen_ = nullptr;
    journal_sink to_;
    std::string group_;
    std::size_t from_ = 0; ///< the records since the pass began
    bool open_ = false;
    bool told_ = false; ///< something since the last rest
};

} // namespace rota::live

#endif
