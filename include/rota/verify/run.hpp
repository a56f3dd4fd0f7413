// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_RUN_HPP
#define ROTA_VERIFY_RUN_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/contract/view.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/verify/accounting.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/coverage.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/premises.hpp>
#include <rota/verify/private_cells.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/serve_others.hpp>
#include <rota/verify/subject.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/trial.hpp>

namespace rota::verify {

/// What a run was found to be.
struct finding {
    report laws;
    coverage seen;
    log::schedule log;
};

namespace detail {

/// Recounts what the view shows from the intents of the jobs.
class recount {
public:
    recount(cluster::spec const& cluster, report& to) : to_{&to}, idle_{cluster}, fresh_{idle_} {}

    /// What the ledger of the view has to be if these jobs are all. Valid until it is asked again.
    [[nodiscard]] cluster::ledger const& ledger_of(view const& v, std::span<job_id const> jobs) {
        auto& fresh = fresh_ = idle_; // the same as made anew, in the memory that is there
        for (auto j : jobs) fresh.take(v.intent(j));
        for (auto n = std::uint32_t{0}; n != fresh.size(); ++n) fresh.take(v.others(node_id{n}));
        for (auto n = std::uint32_t{0}; n != fresh.size(); ++n)
            fresh.set_open(node_id{n}, v.free().open(node_id{n}));
        return fresh;
    }
    void operator()(view const& v) {
        to_->exercised(law::recount);
        if (!(ledger_of(v, v.jobs()) == v.free()))
            to_->breaks(law::recount, verdict::whole_log,
                        "at " + std::to_string(index(v.now())) +
                            " ms: the ledger is not the sum of the intents");
        used_.assign(v.tenants(), 0);
        for (auto j : v.jobs())
            for (auto t = v.spec(j).tenant;; t = v.tenant(t).parent) {
                used_[index(t)] += v.intent(j).total_milli();
                if (index(t) == 0) break;
            }
        to_->exercised(law::charged_alike);
        for (auto t = std::size_t{0}; t != used_.size(); ++t)
            if (used_[t] != v.tenant(static_cast<tenant_id>(t)).used_milli)
                to_->breaks(law::charged_alike, verdict::whole_log,
                            "at " + std::to_string(index(v.now())) + " ms: tenant " + std::to_string(t) +
                                " is charged for what it does not use");
    }

private:
    report* to_;
    cluster::ledger idle_;  ///< of nothing taken
    cluster::ledger fresh_; ///< of the last recount
    std::vector<std::int64_t> used_;
};

/// Keeps what a job was given that has ended.
inline void note_end(event const& happened, view const& v, std::vector<std::int64_t>& attained) {
    if (happened.about_a_job() && happened.after == phase::ended)
        attained[index(happened.job)] = v.attained(happened.job);
}

/// A scheduler, and beside it a recount now and then, while it decides.
template <scheduling_policy S>
class probe {
public:
    probe(S scheduler, recount& counts, std::vector<std::int64_t>& attained)
        : scheduler_{std::move(scheduler)}, recount_{&counts}, attained_{&attained} {}

    void on(event const& happened, view const& v) {
        note_end(happened, v, *attained_);
        scheduler_.on(happened, v);
    }
    void decide(view const& v, actions& may) {
        scheduler_.decide(v, may);
        if (++passes_ % 8 == 1) (*recount_)(v);
    }

private:
    S scheduler_;
    recount* recount_;
    std::vector<std::int64_t>* attained_; ///< [jobs] of those that have ended
    std::uint64_t passes_ = 0;
};

/// A7: what the books say a job was given is what the log says it held, less the pauses after its starts; to
/// the ms where it ran once.
inline void check_attained(subject const& of, std::vector<account> const& accounts,
                           std::vector<std::int64_t> const& of_the_books, report& to) {
    for (auto j = std::uint32_t{0}; j != accounts.size(); ++j) {
        auto const& mine = accounts[j];
        auto const pauses = int128{mine.segment_milli} * of.given.pause_ms_max;
        auto const attained = int128{of_the_books[j]};
        auto const once = mine.segments == 1 && mine.preemptions + mine.interruptions == 0;
        auto const first = int128{mine.segment_milli} * of.given.first_pause_ms;
        to.exercised(law::attained);
        if (attained > mine.held_milli_ms || attained < mine.held_milli_ms - pauses ||
            (once && of.given.late_ms_max == 0 && attained != mine.held_milli_ms - first))
            to.breaks(law::attained, verdict::whole_log,
                      "job " + std::to_string(j) + ": " + std::to_string(of_the_books[j]) +
                          " GPU-milli x ms in the books");
    }
}

/// The closing balance of the books: all jobs are over.
inline void check_balance(trial const& what, books const& state, recount& counts, report& to) {
    auto empty = cluster::occupancy(what.cluster);
    for (auto n = std::uint32_t{0}; n != empty.size(); ++n) empty.take(state.others(node_id{n}));
    auto const expect = [&to](law which, bool good, char const* why) {
        to.exercised(which);
        if (!good) to.breaks(which, verdict::whole_log, why);
    };
    expect(law::recount, state.want().free().validate(), "the index is not a recount of the state");
    expect(law::drained, state.want().free() == counts.ledger_of(view{state.want()}, {}),
           "something is still intended for somebody");
    expect(law::drained, state.held() == empty, "something is still held");
    expect(law::drained, state.in_flight() == 0, "an order is still under way");
    auto idle = tenant_tree{what.jobs.tenants};
    for (auto const& one : what.under.quota_changes)
        if (one.at <= state.now()) idle.set_nominal(one.tenant, one.nominal_milli);
    expect(law::charged_alike, state.want().tenants() == idle, "a tenant is still charged");
}

/// Asks every law of a run that has ended so; what it has found on the way stands in the finding.
inline void judge(trial const& what, simulation::simulator const& host, simulation::simulator::ending how,
                  recount& counts, std::vector<std::int64_t> const& attained, claim claims,
                  traits const& known, finding& found) {
    using ending = simulation::simulator::ending;
    auto& to = found.laws;
    auto given = premises_of(what.cluster, what.jobs, what.under);
    given.scatters = known.scatters;
    given.head = known.head;
    given.steps = known.steps;
    if (known.quota_cells && has(claims, claim::cells_kept))
        given.cells = cells_of_quotas(what.cluster, what.jobs);
    given.complete = how != ending::stopped || !known.may_thrash;
    auto const of = subject{.cluster = what.cluster,
                            .jobs = what.jobs,
                            .node_changes = what.under.node_changes,
                            .quota_changes = what.under.quota_changes,
                            .claims = claims,
                            .given = given,
                            .log = found.log};

    auto const expect = [&to](law which, bool good, char const* why, std::uint64_t how_many = 0) {
        to.exercised(which);
        if (!good)
            to.breaks(which, verdict::whole_log, (how_many == 0 ? "" : std::to_string(how_many)) + why);
    };
    expect(law::settles, how != ending::unsettled, "the scheduler does not come to rest within an instant");
    expect(law::settles, !given.complete || how != ending::stopped, "the run has no end");
    expect(law::all_end, how != ending::stuck, "jobs remain and nothing will happen any more");
    auto const refused = host.state().want().refused();
    expect(law::legal, refused == 0, " actions were refused", refused);
    auto const restless = host.instants().restless();
    if (what.under.spurious_pass)
        expect(law::quiescent, restless == 0, " passes changed something without news", restless);
    to.add(check_log(of));
    if (to.of(law::ids_exist).stands() == standing::broken) return;
    auto const read = log::from_text(log::to_text(found.log));
    expect(law::round_trip,
           std::holds_alternative<log::schedule>(read) && std::get<log::schedule>(read) == found.log,
           "its text reads back as another log");
    if (how == ending::complete) {
        auto const accounts = accounts_of(of);
        check_results(of, accounts, std::vector<simulation::result>(host.results()), to);
        check_attained(of, accounts, attained, to);
        check_balance(what, host.state(), counts, to);
    }
    found.seen = coverage_of(of);
    found.seen.displaced = host.state().displaced();
    for (auto const& one : host.results()) {
        found.seen.lost += one.lost_ms != 0;
        found.seen.overhead += one.overhead_ms != 0;
    }
    found.seen.endless = how == ending::stopped;
}

} // namespace detail

/// Runs a scheduler through a trial in the simulator and asks every law.
///
/// make(simulator const&) builds the scheduler: a clairvoyant one asks the simulator for its oracle.
/// Meaning   Of those that take over in the trial every other one, from the first on, has served others before.
template <std::invocable<simulation::simulator const&> Make>
[[nodiscard]] finding run_and_check(trial const& what, Make make, claim claims, traits const& known = {}) {
    using scheduler = std::invoke_result_t<Make&, simulation::simulator const&>;
    auto found = finding{};
    found.log.records.reserve(16 * what.jobs.size()); // as most runs need
    found.log.slices.reserve(8 * what.jobs.size());
    auto host = simulation::simulator(what.cluster, what.jobs, what.under, recorder{found.log});
    auto asked = std::uint32_t{0};
    auto attained = std::vector<std::int64_t>(what.jobs.size());
    auto counts = detail::recount(what.cluster, found.laws);
    auto made = std::uint32_t{0};
    auto const next = [&] {
        auto one = make(std::as_const(host));
        if (made++ % 2 == 1) serve_others(what, one);
        for (auto const& unheard : host.state().inbox) // by the one before; the next one reads the view
            detail::note_end(unheard, view{host.state().want()}, attained);
        return detail::probe<scheduler>(std::move(one), counts, attained);
    };
    auto const how = host.run(next, [&](auto const&) { return (asked += 4096) < known.instants_max; });
    detail::judge(what, host, how, counts, attained, claims, known, found);
    return found;
}

} // namespace rota::verify

#endif
