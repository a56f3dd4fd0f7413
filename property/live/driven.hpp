// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_LIVE_DRIVEN_HPP
#define ROTA_PROPERTY_LIVE_DRIVEN_HPP

// A scheduler drives an emulated Slurm, may die and come back, and is judged by every law and by what Slurm did.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../verify/suite.hpp"
#include "as_shown.hpp"
#include "emulated.hpp"

#include <rota/contract/books.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/host.hpp>
#include <rota/live/pace.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/gang_time_slicing.hpp>
#include <rota/system/las.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/slurm_like.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>
#include <rota/verify/accounting.hpp>
#include <rota/verify/changes_of.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/subject.hpp>

namespace driven {

namespace verify = rota::verify;
namespace system = rota::system;
namespace live = rota::live;
using rota::sim_time;
using verify::law;

/// How often what a run should show was met.
struct met {
    std::uint64_t starts = 0;
    std::uint64_t preempted = 0;
    std::uint64_t interrupted = 0;
    std::uint64_t lost = 0;      ///< starts that had to be withdrawn
    std::uint64_t refused = 0;   ///< starts that Slurm refused
    std::uint64_t elsewhere = 0; ///< starts on another split
    std::uint64_t strays = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t blind = 0;
    std::uint64_t outages = 0;
    std::uint64_t deaths = 0;      ///< of the driver
    std::uint64_t points = 0;      ///< at which it might have died
    std::uint64_t compactions = 0; ///< of its journal
    std::uint64_t others = 0;      ///< who came or went beside

    void add(met const& more) {
        starts += more.starts, preempted += more.preempted, interrupted += more.interrupted;
        lost += more.lost, refused += more.refused, elsewhere += more.elsewhere, strays += more.strays;
        cancelled += more.cancelled, blind += more.blind, outages += more.outages;
        deaths += more.deaths, points += more.points, compactions += more.compactions;
        others += more.others;
    }
};

struct scheduler_under_test {
    std::string name;
    std::function<any_scheduler()> make;
    rota::claim claims;
};

template <class Make>
[[nodiscard]] scheduler_under_test scheduler(std::string name, Make make) {
    return {std::move(name), [make] { return any_scheduler{make()}; },
            rota::claims_of<std::invoke_result_t<Make&>>()};
}

[[nodiscard]] inline std::vector<scheduler_under_test> everybody() {
    auto all = std::vector<scheduler_under_test>{};
    all.push_back(scheduler("fifo", [] { return system::fifo<>{}; }));
    all.push_back(scheduler("best effort fifo", [] { return system::best_effort_fifo<>{}; }));
    all.push_back(scheduler("easy", [] { return system::easy<>{}; }));
    all.push_back(scheduler("slurm-like", [] { return system::slurm_like<>{}; }));
    all.push_back(scheduler("srtf", [] { return system::srtf<>{}; }));
    all.push_back(scheduler("las, 20 s", [] { return system::las<>{20'000}; }));
    all.push_back(scheduler("tiresias-l", [] { return system::tiresias_l<>{{30'000, 90'000}}; }));
    all.push_back(scheduler("priority, preemptive", [] { return system::priority_preemptive<>{}; }));
    all.push_back(scheduler("quota and drf", [] { return system::quota_drf<>{}; }));
    all.push_back(scheduler("gang time slicing, 60 s", [] {
        auto slicing = system::gang_time_slicing<>{};
        slicing.slices.quantum_ms = 60'000;
        return slicing;
    }));
    return all;
}

/// Each kind of mishap is there or not, by a bit of the number.
[[nodiscard]] inline weather weather_of(std::uint64_t number) {
    auto const bit = [number](int b) { return (number >> b & 1u) != 0; };
    auto how = weather{};
    how.lost = bit(0) ? 0.15 : 0;
    how.late = bit(1) ? 0.15 : 0;
    how.refused = bit(2) ? 0.1 : 0;
    how.deaf = bit(3) ? 0.2 : 0;
    how.requeued_by_hand = bit(4) ? 0.002 : 0;
    how.cancelled = bit(5) ? 0.0003 : 0;
    how.splits = bit(6);
    how.others = bit(8) ? 0.01 : 0;
    return how;
}

/// A stretch of time for which the log says that a job held devices.
struct held {
    std::uint32_t job;
    std::vector<rota::cluster::slice> on;
    sim_time from;
    sim_time until;
};

[[nodiscard]] inline std::vector<held> held_in(rota::log::schedule const& log) {
    auto all = std::vector<held>{};
    auto open = std::vector<std::optional<std::size_t>>{};
    for (auto const& what : log.records) {
        if (!rota::log::about_a_job(what.kind)) continue;
        if (open.size() <= what.job) open.resize(what.job + std::size_t{1});
        if (what.kind == rota::log::kind::start) {
            open[what.job] = all.size();
            auto const on = log.devices(what);
            all.push_back({what.job, {on.begin(), on.end()}, what.at, rota::never});
        } else if (what.kind == rota::log::kind::preempt || what.kind == rota::log::kind::interrupt ||
                   what.kind == rota::log::kind::finish || what.kind == rota::log::kind::fail ||
                   what.kind == rota::log::kind::cancel) {
            if (auto const at = std::exchange(open[what.job], std::nullopt)) all[*at].until = what.at;
        }
    }
    return all;
}

/// X1: what the log says somebody held, he had in truth, on those nodes, and Slurm had it back before.
[[nodiscard]] inline std::string compare(rota::log::schedule const& log, emulated const& truth,
                                         std::vector<std::size_t> const& number_of) {
    for (auto const& said : held_in(log)) {
        auto const who = "job " + std::to_string(said.job) + " at " + std::to_string(index(said.from));
        emulated::run const* real = nullptr;
        for (auto const& one : truth.runs())
            if (one.job == number_of[said.job] && one.from <= said.from) real = &one;
        if (real == nullptr) return who + ": never ran";
        auto on = std::vector<live::part>{};
        for (auto const& part : said.on) {
            auto const same =
                std::find_if(on.begin(), on.end(), [&](auto const& p) { return p.node == part.node; });
            if (same != on.end()) same->gpus += part.count();
            else on.push_back({part.node, part.count()});
        }
        if (on.size() != real->where.size()) return who + ": on other nodes";
        for (auto const& part : on)
            if (std::find(real->where.begin(), real->where.end(), part) == real->where.end())
                return who + ": on other nodes";
        if (real->until > said.until) return who + ": its devices were given away too early";
    }
    return {};
}

struct judged {
    verify::report laws;
    met seen;
    std::string fault; ///< what is no law's
    rota::log::schedule log;
};

/// The driver is gone.
struct death {};

/// Called at every point where the driver may die: before a group of lines is in the journal, half way, behind it,
/// when a verb has had its effect, and before, while and after a shorter journal takes the place of the old one. True:
/// it dies there.
using fate = std::function<bool(std::uint64_t point)>;

/// What outlives the driver, and the points where it may not.
struct mortal {
    emulated* truth;
    fate dies;
    std::string journal{};
    std::uint64_t points = 0;
    bool replaced = false; ///< the journal begins anew, and the driver does not yet

    void here() {
        if (dies(points++)) throw death{};
    }
    void write(std::string_view group) {
        here();
        if (dies(points++)) {
            journal += group.substr(0, group.size() / 2);
            throw death{};
        }
        journal += group;
        truth->all_known();
        here();
    }
    void replace(std::string shorter) {
        here();
        here(); // a part of it is written, beside the old one
        journal = std::move(shorter);
        replaced = true;
        here();
    }
    live::reply said(live::reply got) {
        here();
        return got;
    }
    std::optional<live::snapshot> poll() { return truth->poll(); }
    live::reply start(std::string const& id, rota::cluster::placement const& where) {
        return said(truth->start(id, where));
    }
    std::vector<live::reply> start_all(std::vector<live::wanted_start> const& all) {
        auto out = std::vector<live::reply>{};
        for (auto const& one : all) out.push_back(start(one.job, one.where));
        return out;
    }
    live::reply hold(std::string const& id) { return said(truth->hold(id)); }
    live::reply save(std::string const& id) { return said(truth->save(id)); }
    live::reply requeue(std::string const& id) { return said(truth->requeue(id)); }
};

/// What two books say differently of the jobs that live, apart from the time of the next look.
[[nodiscard]] inline std::string difference(rota::books const& a, rota::books const& b) {
    auto const alive = [](rota::books const& of) {
        auto ids = std::vector<rota::job_id>(of.jobs().active().begin(), of.jobs().active().end());
        std::sort(ids.begin(), ids.end());
        return ids;
    };
    auto const of_a = alive(a);
    auto const of_b = alive(b);
    if (of_a.size() != of_b.size()) return "the number of jobs";
    for (auto i = std::size_t{0}; i != of_a.size(); ++i) {
        auto const& x = a.at(of_a[i]);
        auto const& y = b.at(of_b[i]);
        auto const who = "job " + std::to_string(index(of_a[i])) + ": ";
        if (!(a.jobs().intent(of_a[i]) == b.jobs().intent(of_b[i]))) return who + "what is intended";
        if (!(a.jobs().held(of_a[i]) == b.jobs().held(of_b[i]))) return who + "what it holds";
        if (x.flight != y.flight || x.mode != y.mode || x.blocked != y.blocked) return who + "its order";
        if (x.op != y.op || x.decided != y.decided || x.incarnation != y.incarnation)
            return who + "its numbers";
        if (x.attained != y.attained || x.accrues_from != y.accrues_from || x.since != y.since)
            return who + "its work";
        if (x.eligible != y.eligible || x.promised != y.promised || x.preemptions != y.preemptions)
            return who + "its times";
        if (!(*x.spec == *y.spec)) return who + "its request";
    }
    if (a.in_flight() != b.in_flight()) return "the orders in flight";
    if (!(a.want().free() == b.want().free())) return "the ledger of intents";
    if (!(a.held() == b.held())) return "the ledger of facts";
    if (!(a.want().tenants() == b.want().tenants())) return "what tenants use";
    return {};
}

/// The first records of b are those of a.
[[nodiscard]] inline bool begins_with(rota::log::schedule const& b, rota::log::schedule const& a) {
    auto first = b;
    if (first.records.size() > a.records.size()) first.records.resize(a.records.size());
    return first == a;
}

/// What a run is asked for besides.
struct trouble {
    fate dies{};                  ///< empty: no journal is kept
    bool told_again = false;      ///< after every round the journal gives books that are the driver's
    rota::millis compacts_ms = 0; ///< from one compaction of the journal to the next; 0: never
};

/// The logs of drivers that number their jobs anew, joined to one.
struct story {
    rota::log::schedule log{};
    std::vector<std::string> names{}; ///< [jobs] as Slurm names them
    std::vector<rota::job::spec> specs{};
    std::vector<std::int64_t> attained{}; ///< of those that have ended

    /// The log without its first records, which say how things stood.
    template <class Driver>
    void add(Driver const& host, rota::log::schedule const& its, std::size_t first,
             std::vector<std::int64_t> const& got) {
        auto number = std::vector<std::uint32_t>{};
        for (auto j = std::uint32_t{0}; j != host.specs().size(); ++j) {
            auto const& name = host.name(rota::job_id{j});
            auto const known = std::find(names.begin(), names.end(), name);
            number.push_back(static_cast<std::uint32_t>(known - names.begin()));
            if (known == names.end()) {
                names.push_back(name);
                specs.push_back(host.specs()[j]);
                attained.push_back(0);
            }
            if (host.state().at(rota::job_id{j}).over && got[j] != 0) attained[number[j]] = got[j];
        }
        for (auto i = first; i != its.records.size(); ++i) {
            auto what = its.records[i];
            auto where = rota::cluster::placement{};
            for (auto const& part : its.devices(what)) where.add(part);
            if (rota::log::about_a_job(what.kind)) what.job = number[what.job];
            log.add(what, where);
        }
    }
};

/// Judges what one driver has written since its journal began anew, by that alone.
template <class Driver>
[[nodiscard]] std::string judge_alone(Driver const& host, rota::cluster::spec const& cluster,
                                      rota::claim claims, verify::premises given,
                                      rota::log::schedule const& its) {
    auto jobs = rota::job::workload{};
    jobs.specs.assign(host.specs().begin(), host.specs().end());
    jobs.works.resize(jobs.specs.size());
    auto const told = verify::changes_of(its);
    given.complete = false;
    auto const found = verify::check_log({cluster, jobs, told.nodes, told.quotas, claims, given, its});
    auto const law = found.broken();
    return law ? "since it began anew: " + explain(*law, found.of(*law), its) + rota::log::to_text(its) : "";
}

[[nodiscard]] inline judged run(scheduler_under_test const& of, std::uint64_t seed,
                                trouble const& asked = {}) {
    auto out = judged{};
    auto const how = weather_of(seed);
    auto const outages = (seed >> 7 & 1u) != 0 ? verify::world::outages : verify::world::ideal;
    auto const what =
        verify::draw(seed,
                     static_cast<verify::world>(static_cast<unsigned>(verify::world::late) |
                                                static_cast<unsigned>(outages)),
                     verify::without(verify::without(verify::feature::all, verify::feature::fractions),
                                     verify::feature::deadlines));
    auto truth = emulated{what.cluster, what.jobs, what.under.node_changes, how, seed};
    auto const keeps = static_cast<bool>(asked.dies);
    auto lasts = mortal{&truth, keeps ? asked.dies : [](std::uint64_t) { return false; }};
    using driver = live::host<mortal>;
    auto const fresh = [&](rota::log::schedule& log) {
        auto made = std::make_unique<driver>(what.cluster, rota::tenant_tree{what.jobs.tenants}, lasts,
                                             live::pace{}, rota::recorder{log});
        made->instants().spurious_pass = true;
        return made;
    };
    auto const keep = [&](driver& one, rota::log::schedule& log) {
        one.keep_journal(log, [&lasts](std::string_view group) { lasts.write(group); });
    };
    auto given = verify::premises{};
    // a node may come back and go again while no driver lives, and what ran there meanwhile is told by the next one
    if (keeps && outages == verify::world::outages) given.late_ms_max = 1'000'000'000;
    auto told_so_far = story{};       // by drivers whose journal is gone
    auto stood = std::size_t{0};      // records that say how things stood when this one began
    auto log = rota::log::schedule{}; // of the driver that lives, or that has died and comes back
    auto host = fresh(log);
    if (keeps) keep(*host, log);
    auto attained = std::vector<std::int64_t>(what.jobs.size());
    auto counts = verify::detail::recount(what.cluster, out.laws);
    auto decides = verify::detail::probe<any_scheduler>{of.make(), counts, attained};
    auto const done = [&] {
        return truth.submitted() == what.jobs.size() && host->state().jobs().active().empty() &&
               host->state().inbox.empty();
    };
    auto refused = std::uint32_t{0};
    auto restless = std::uint32_t{0};
    auto const leave = [&] {
        refused += host->state().want().refused();
        restless += host->instants().restless();
        out.seen.strays += host->strays();
    };
    auto const again = [&] {
        leave();
        auto const old = std::move(host);
        auto before = std::exchange(log, {});
        auto const anew = std::exchange(lasts.replaced, false);
        if (anew) {
            if (out.fault.empty()) out.fault = judge_alone(*old, what.cluster, of.claims, given, before);
            told_so_far.add(*old, std::exchange(before, {}), stood,
                            std::exchange(attained, decltype(attained)(attained.size())));
        }
        host = fresh(log);
        auto const got = host->recover(lasts.journal);
        if (auto const* const wrong = std::get_if<rota::log::text_error>(&got)) {
            out.fault = "the journal, line " + std::to_string(wrong->line) + ": " + wrong->message;
            return;
        }
        lasts.journal.resize(std::get<std::size_t>(got)); // what was torn off is gone
        if (!anew && !begins_with(before, log)) out.fault = "the journal tells another story";
        if (anew) {
            stood = log.records.size();
            if (auto const other = difference(old->state(), host->state()); !other.empty()) out.fault = other;
        }
        keep(*host, log);
        if (!anew) decides = verify::detail::probe<any_scheduler>{of.make(), counts, attained};
        host->resync(); // a scheduler that goes on reads other numbers of jobs and shapes
    };
    auto told = std::size_t{0};
    auto const every_ms = seed % 3 == 0 ? 250 : 1'000;
    constexpr auto calm_ms = 1'800'000;
    auto compacted = rota::millis{0};
    for (auto now = sim_time{}; out.fault.empty() && !(index(now) > 200'000 && done());
         now = now + every_ms) {
        truth.advance(now);
        if (index(now) == calm_ms) truth.calm_down();
        try {
            auto const got = host->round(now, decides);
            out.seen.blind += got == driver::outcome::blind;
            if (got == driver::outcome::unsettled) out.fault = "does not come to rest";
            if (asked.compacts_ms != 0 && got == driver::outcome::ran &&
                index(now) >= compacted + asked.compacts_ms) {
                compacted = index(now);
                lasts.replace(std::string{live::journal_header} + host->standing());
                again();
                ++out.seen.compactions;
                told = lasts.journal.size(); // the resync is not yet in it
            }
        } catch (death const&) {
            truth.forget_unknown();
            again();
            ++out.seen.deaths;
            now = now + static_cast<rota::millis>(lasts.points % 5) * 4'000; // and stays away for a while
        }
        if (asked.told_again && lasts.journal.size() != std::exchange(told, lasts.journal.size())) {
            auto its = rota::log::schedule{};
            auto const other = fresh(its);
            auto const read = other->recover(lasts.journal);
            if (!std::holds_alternative<std::size_t>(read)) out.fault = "the journal cannot be read";
            else if (!(its == log)) out.fault = "the journal gives another log";
            else out.fault = difference(host->state(), other->state());
        }
        if (index(now) > 8 * calm_ms) out.fault = "does not come to an end";
        if (seed % 16 == 5 && index(now) == 60'000) {
            decides = verify::detail::probe<any_scheduler>{of.make(), counts, attained};
            host->resync();
        }
    }
    leave();
    if (out.fault.empty()) out.fault = judge_alone(*host, what.cluster, of.claims, given, log);
    told_so_far.add(*host, log, stood, attained);
    out.log = std::move(told_so_far.log);
    out.seen.points = lasts.points;
    if (how.late == 0 && truth.hasty() != 0) out.fault = "would have broken a job of a real Slurm";
    if (truth.overbooked()) out.fault = "the emulation gave a device out twice";

    auto jobs = rota::job::workload{};
    jobs.tenants = what.jobs.tenants;
    auto number_of = std::vector<std::size_t>{};
    for (auto j = std::size_t{0}; j != told_so_far.names.size(); ++j) {
        number_of.push_back(std::stoul(told_so_far.names[j]) - 1);
        jobs.specs.push_back(told_so_far.specs[j]);
        jobs.works.push_back(what.jobs.works[number_of.back()]);
    }
    given.complete = out.fault.empty();
    auto const capacity = verify::changes_of(out.log);
    auto const about =
        verify::subject{what.cluster, jobs, capacity.nodes, capacity.quotas, of.claims, given, out.log};
    out.laws.add(verify::check_log(about));
    auto const expect = [&](law which, bool good, std::string why) {
        out.laws.exercised(which);
        if (!good) out.laws.breaks(which, verify::verdict::whole_log, std::move(why));
    };
    auto const otherwise = not_as_shown(out.log, truth.told(), what.cluster.nodes.size());
    expect(law::nodes_as_told, otherwise.empty(), otherwise);
    expect(law::legal, refused == 0, "an action was refused");
    expect(law::quiescent, restless == 0, "a pass changed something without news");
    auto const read = rota::log::from_text(rota::log::to_text(out.log));
    expect(law::round_trip,
           std::holds_alternative<rota::log::schedule>(read) &&
               std::get<rota::log::schedule>(read) == out.log,
           "its text reads back as another log");
    if (out.fault.empty()) {
        verify::detail::check_attained(about, verify::accounts_of(about), told_so_far.attained, out.laws);
        verify::detail::check_balance({what.cluster, jobs, {}}, host->state(), counts, out.laws);
        out.fault = compare(out.log, truth, number_of);
        for (auto j = std::uint32_t{0}; j != jobs.size() && out.fault.empty(); ++j) {
            auto const& last =
                *std::find_if(out.log.records.rbegin(), out.log.records.rend(), [j](auto const& r) {
                    return rota::log::about_a_job(r.kind) && r.job == j && r.kind != rota::log::kind::stale;
                });
            auto const is = truth.state(number_of[j]);
            auto const ran = std::any_of(truth.runs().begin(), truth.runs().end(),
                                         [&](auto const& one) { return one.job == number_of[j]; });
            auto const same = last.kind == rota::log::kind::finish   ? is == live::job_state::completed
                              : last.kind == rota::log::kind::reject ? !ran
                                                                     : live::is_over(is);
            if (!same) out.fault = "job " + std::to_string(j) + " ended otherwise";
        }
    }
    out.seen.outages = truth.told().size();
    for (auto const& r : out.log.records) {
        using rota::log::kind;
        out.seen.starts += r.kind == kind::start;
        out.seen.preempted += r.kind == kind::preempt;
        out.seen.interrupted += r.kind == kind::interrupt;
        out.seen.lost += r.kind == kind::start_failed && r.why == rota::log::cause::lost;
        out.seen.refused += r.kind == kind::start_failed && r.why == rota::log::cause::launch_error;
        out.seen.elsewhere += r.why == rota::log::cause::elsewhere;
        out.seen.cancelled += r.kind == kind::cancel;
        out.seen.others += r.kind == kind::node_up && out.log.devices(r).front().cpu_milli != 0;
    }
    auto const calm = how.lost + how.late + how.refused + how.requeued_by_hand + how.others == 0 &&
                      !how.splits && outages == verify::world::ideal;
    if (calm && out.fault.empty() && out.seen.strays != 0)
        out.fault = "nothing had gone wrong, and a run was taken for a stray";
    if (calm && out.fault.empty() && out.seen.lost != 0 && out.seen.deaths < 2) // who dies often is late
        out.fault = "nothing had gone wrong, and a start was taken for lost";
    return out;
}

} // namespace driven

#endif
