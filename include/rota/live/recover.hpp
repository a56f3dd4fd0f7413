// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_RECOVER_HPP
#define ROTA_LIVE_RECOVER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/order.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

namespace rota::live {

/// Tells books again what a journal says, group by group. Only whole groups count: what a death has torn off at the
/// end had no consequence.
class journal_replay {
public:
    /// submit(name, run, spec): a job came, and the books are to be told; ran(job, run): its run has that number.
    struct listener {
        std::function<void(std::string, std::uint32_t, job::spec const&)> submit;
        std::function<void(job_id, std::uint32_t)> ran;
    };
    /// Expects fresh books that keep no journal yet, of the cluster that the journal speaks of.
    journal_replay(journaled_books& to, listener hears) : to_{&to}, hears_{std::move(hears)} {}

    /// The bytes up to the end of the last whole group; an error where a whole group is not what was written.
    [[nodiscard]] std::variant<std::size_t, log::text_error> read(std::string_view text) {
        auto whole = std::size_t{0};
        auto number = std::size_t{0};
        auto group = std::vector<std::string_view>{};
        for (auto at = std::size_t{0}; at != text.size();) {
            auto const end = text.find('\n', at);
            if (end == text.npos) break;
            auto const row = text.substr(at, end - at);
            at = end + 1;
            ++number;
            if (row.starts_with('#')) {
                if (number == 1 && std::string{row} + '\n' != journal_header)
                    return log::text_error{1, 1, "not the header of a journal that this version reads"};
                if (group.empty()) whole = at;
                continue;
            }
            if (row != "end") {
                group.push_back(row);
                continue;
            }
            for (auto i = std::size_t{0}; i != group.size(); ++i) {
                tell(group[i]);
                if (wrong_) return log::text_error{number - group.size() + i, column_, *wrong_};
            }
            decide();
            if (wrong_) return log::text_error{number, column_, *wrong_};
            group.clear();
            whole = at;
        }
        to_->inbox.clear(); // nobody has heard of it, but a new scheduler reads the view
        to_->outbox.clear();
        to_->rejected.clear();
        return whole;
    }

private:
    void tell(std::string_view row) {
        if (!row.empty() && row.front() >= '0' && row.front() <= '9') return tell_record(row);
        decide();
        auto const space = std::min(row.find(' '), row.size());
        auto const word = row.substr(0, space);
        if (word == "job") return tell_job(row);
        if (word == "gone" && standing_) return tell_gone(row);
        auto in = log::detail::line_reader(row);
        in.expect(word);
        in.expect(" ");
        if (standing_) return tell_standing(word, in);
        auto const first = in.number<std::int64_t>("a whole number");
        if (word == "run") {
            in.expect(" ");
            auto const run = in.number<std::uint32_t>("the number of a run");
            if (first < 0 || first >= std::int64_t(to_->jobs().size())) in.refuse("a job");
            if (ends(in)) hears_.ran(static_cast<job_id>(first), run);
        } else if (word == "tick") {
            if (ends(in) && set_now(sim_time{first})) to_->tick();
        } else if (word == "stand") {
            if (to_->jobs().size() != 0 || index(to_->now()) != 0) in.refuse("this at the beginning only");
            if (ends(in)) to_->stand(), standing_ = true;
        } else if (word == "pass" || word == "rest") {
            if (ends(in)) to_->deliver();
            pass_ = word == "pass";
        } else {
            wrong_ = "unknown line '" + std::string{row.substr(0, 20)} + "'";
            column_ = 1;
        }
    }
    /// Between `stand` and `stood`.
    void tell_standing(std::string_view word, log::detail::line_reader& in) {
        auto const time = [&in] {
            in.expect(" ");
            return sim_time{in.number<std::int64_t>("a time in ms")};
        };
        auto const first = in.number<std::int64_t>("a whole number");
        if ((word == "waits" || word == "stands") && (first < 0 || first >= std::int64_t(to_->jobs().size())))
            in.refuse("a job");
        if (word == "closed") {
            if (first < 0 || first >= std::int64_t(to_->held().size())) in.refuse("a node");
            if (ends(in)) to_->stand_closed(node_id{static_cast<std::uint32_t>(first)});
        } else if (word == "waits") {
            if (ends(in) && !to_->stand_waiting(static_cast<job_id>(first))) refuse("a wait for nothing");
        } else if (word == "stands") {
            as_.accrues_from = time(), as_.since = time(), as_.eligible = time(), as_.promised = time();
            in.expect(" ");
            as_.preemptions = in.number<std::uint32_t>("a count");
            in.expect(" ");
            auto const flight = in.number<std::uint8_t>("an order");
            if (flight > static_cast<std::uint8_t>(order_kind::stop)) in.refuse("an order from 0 to 2");
            as_.flight = static_cast<order_kind>(flight);
            if (!ends(in)) return;
            if (!to_->stand(static_cast<job_id>(first), std::exchange(as_, {})))
                refuse("devices that are not there, or not free");
        } else if (word == "stood") {
            in.expect(" ");
            auto const ops = in.number<std::uint32_t>("the number of the last order");
            if (!ends(in) || !set_now(sim_time{first})) return;
            standing_ = false;
            to_->stood(ops);
            to_->inbox.clear();
        } else {
            refuse("a line that does not say how something stood");
        }
    }
    [[nodiscard]] static auto name_in(log::detail::line_reader& in, std::string_view row,
                                      std::string_view word) {
        auto const rest = row.substr(std::min(row.size(), word.size()));
        auto const name = rest.substr(0, rest.find(' '));
        in.expect(word);
        in.expect(name);
        return name;
    }
    void tell_gone(std::string_view row) {
        auto in = log::detail::line_reader(row);
        auto const name = name_in(in, row, "gone ");
        in.expect(" ");
        auto const run = in.number<std::uint32_t>("the number of a run");
        if (!ends(in)) return;
        auto const id = job_id{static_cast<std::uint32_t>(to_->jobs().size())};
        hears_.submit(std::string{name}, run, job::spec{});
        to_->ended(id, 0, log::kind::cancel, log::cause::lost);
    }
    void tell_job(std::string_view row) {
        auto in = log::detail::line_reader(row);
        auto const name = name_in(in, row, "job ");
        auto const number = [&in]<class N>(N& to) {
            in.expect(" ");
            auto const value = in.template number<std::int64_t>("a whole number");
            if (value < std::int64_t{std::numeric_limits<N>::min()} ||
                (sizeof(N) < 8 && value > std::int64_t(std::numeric_limits<N>::max())))
                in.refuse("a smaller number");
            to = static_cast<N>(value);
        };
        auto spec = job::spec{};
        auto& need = spec.need;
        auto at = std::int64_t{};
        auto deadline = std::int64_t{};
        auto run = std::uint32_t{};
        auto tenant = std::uint32_t{};
        auto user = std::uint32_t{};
        auto span = std::uint8_t{};
        number(at), number(run), number(tenant), number(user), number(spec.priority), number(spec.limit_ms);
        number(deadline), number(spec.state_mib), number(need.gpus_min), number(need.gpus_max);
        number(need.milli), number(need.milli_min), number(need.cpu_milli), number(need.mem_mib);
        number(need.models), number(span);
        if (span > static_cast<std::uint8_t>(job::span::one_rack)) in.refuse("a span from 0 to 3");
        if (tenant >= to_->want().tenants().size()) in.refuse("a tenant of this configuration");
        if (!ends(in)) return;
        spec.submit = sim_time{at};
        spec.tenant = tenant_id{static_cast<decltype(index(tenant_id{}))>(tenant)};
        spec.user = user_id{user};
        spec.deadline = sim_time{deadline};
        need.span = static_cast<job::span>(span);
        if (set_now(spec.submit)) hears_.submit(std::string{name}, run, spec);
    }
    void tell_record(std::string_view row) {
        auto got = log::from_text(row);
        if (auto const* const bad = std::get_if<log::text_error>(&got)) {
            wrong_ = bad->message;
            column_ = bad->column;
            return;
        }
        auto const& log = std::get<log::schedule>(got);
        auto const& what = log.records.front();
        if (!sound(log, what)) return;
        using log::kind;
        if (standing_) {
            auto& to = what.kind == kind::order ? as_.intent : as_.held;
            for (auto const& part : log.devices(what)) to.add(part);
            as_.incarnation = what.incarnation;
            if (what.kind == kind::order) {
                as_.decided = what.op;
                as_.mode = what.value == 0 ? stop_mode::graceful : stop_mode::kill;
            } else {
                as_.op = what.op;
                as_.attained = what.value;
            }
            return;
        }
        if (what.kind == kind::order || what.kind == kind::promise || what.kind == kind::reject) {
            if (!pass_) wrong_ = "a decision outside a pass";
            auto where = cluster::placement{};
            for (auto const& part : log.devices(what)) where.add(part);
            if (decided_.records.empty() && !set_now(what.at)) return;
            decided_.add(what, where);
            return;
        }
        decide();
        if (wrong_ || !set_now(what.at)) return;
        auto const id = job_id{what.job};
        auto const when = sim_time{what.value};
        auto where = cluster::placement{};
        for (auto const& part : log.devices(what)) where.add(part);
        switch (what.kind) {
        case kind::start:
            if (!to_->started(what.op, id, when, where)) refuse("devices that are not there, or not free");
            break;
        case kind::preempt: to_->order_done(what.op, order_kind::stop, id, when); break;
        case kind::start_failed: to_->order_failed(what.op, order_kind::start, id, what.why, when); break;
        case kind::interrupt: to_->interrupted(id, what.incarnation, what.why, when); break;
        case kind::finish:
        case kind::fail:
        case kind::cancel: to_->ended(id, what.incarnation, what.kind, what.why); break;
        case kind::node_up: to_->node(where.front().node, true, what.why, where.front()); break;
        case kind::node_down: to_->node(where.front().node, false, what.why); break;
        case kind::resync: to_->resync(); break;
        default: wrong_ = "no input of books"; column_ = 1;
        }
    }
    /// Whom and what it names exists.
    [[nodiscard]] bool sound(log::schedule const& log, log::record const& what) {
        auto const& nodes = to_->want().free().layout().nodes;
        auto const named = log.devices(what);
        auto const of_node = what.kind == log::kind::node_up || what.kind == log::kind::node_down;
        if (log::about_a_job(what.kind) && what.job >= to_->jobs().size()) wrong_ = "no such job";
        else if (of_node && named.size() != 1) wrong_ = "not exactly one node";
        for (auto const& part : named)
            if (index(part.node) >= nodes.size() || part.gpus >> nodes[index(part.node)].gpus != 0)
                refuse("no such device");
        return !wrong_;
    }
    [[nodiscard]] bool ends(log::detail::line_reader& in) {
        if (!in.failed() && !in.done()) in.refuse("the end of the line");
        if (!in.failed()) return true;
        wrong_ = in.error();
        column_ = in.column();
        return false;
    }
    void refuse(std::string why) {
        wrong_ = std::move(why);
        column_ = 1;
    }
    /// Time does not go back, and stays where products of times and GPUs are numbers.
    [[nodiscard]] bool set_now(sim_time at) {
        constexpr auto latest = sim_time{std::int64_t{1} << 42};
        if (at < to_->now() || at > latest) refuse("a time before that of the line above, or none");
        else if (at != to_->now()) to_->set_now(at);
        return !wrong_;
    }
    /// The decisions of the pass are known.
    void decide() {
        if (std::exchange(pass_, false) && !decided_.records.empty()) {
            if (to_->decide_again(decided_)) to_->untangle();
            else refuse("a decision before it that the books do not allow");
        }
        decided_ = {};
    }

    journaled_books* to_;
    listener hears_;
    log::schedule decided_;
    bool pass_ = false;
    bool standing_ = false; ///< between `stand` and `stood`
    standing as_;           ///< of the job that was told last
    std::optional<std::string> wrong_;
    std::size_t column_ = 1;
};

} // namespace rota::live

#endif
