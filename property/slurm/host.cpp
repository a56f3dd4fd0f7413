// SPDX-License-Identifier: BSL-1.0
// Named schedulers drive an emulated Slurm whose verbs get lost, come late and are refused, whose nodes fail and
// whose users and operators interfere. Every law holds on the log, and the log is what Slurm did.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../tally.hpp"
#include "../verify/suite.hpp"
#include "emulated.hpp"

#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/slurm/host.hpp>
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
#include <rota/verify/check.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/subject.hpp>

namespace {

namespace verify = rota::verify;
namespace system = rota::system;
namespace slurm = rota::slurm;
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

    void add(met const& more) {
        starts += more.starts, preempted += more.preempted, interrupted += more.interrupted;
        lost += more.lost, refused += more.refused, elsewhere += more.elsewhere, strays += more.strays;
        cancelled += more.cancelled, blind += more.blind, outages += more.outages;
    }
};

struct scheduler_under_test {
    std::string name;
    std::function<any_scheduler()> make;
    rota::claim claims;
};

template <class Make>
scheduler_under_test scheduler(std::string name, Make make) {
    return {std::move(name), [make] { return any_scheduler{make()}; },
            rota::claims_of<std::invoke_result_t<Make&>>()};
}

std::vector<scheduler_under_test> everybody() {
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
weather weather_of(std::uint64_t number) {
    auto const bit = [number](int b) { return (number >> b & 1u) != 0; };
    auto how = weather{};
    how.lost = bit(0) ? 0.15 : 0;
    how.late = bit(1) ? 0.15 : 0;
    how.refused = bit(2) ? 0.1 : 0;
    how.deaf = bit(3) ? 0.2 : 0;
    how.requeued_by_hand = bit(4) ? 0.002 : 0;
    how.cancelled = bit(5) ? 0.0003 : 0;
    how.splits = bit(6);
    return how;
}

/// A stretch of time for which the log says that a job held devices.
struct held {
    std::uint32_t job;
    std::vector<rota::cluster::slice> on;
    sim_time from;
    sim_time until;
};

std::vector<held> held_in(rota::log::schedule const& log) {
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
std::string compare(rota::log::schedule const& log, emulated const& truth,
                    std::vector<std::size_t> const& number_of) {
    for (auto const& said : held_in(log)) {
        auto const who = "job " + std::to_string(said.job) + " at " + std::to_string(index(said.from));
        emulated::run const* real = nullptr;
        for (auto const& one : truth.runs())
            if (one.job == number_of[said.job] && one.from <= said.from) real = &one;
        if (real == nullptr) return who + ": never ran";
        auto on = std::vector<slurm::part>{};
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

judged run(scheduler_under_test const& of, std::uint64_t seed) {
    auto out = judged{};
    auto const how = weather_of(seed);
    auto const outages = (seed >> 7 & 1u) != 0 ? verify::world::outages : verify::world::ideal;
    auto const what =
        verify::draw(seed,
                     static_cast<verify::world>(static_cast<unsigned>(verify::world::late) |
                                                static_cast<unsigned>(outages)),
                     verify::without(verify::without(verify::feature::all, verify::feature::fractions),
                                     verify::feature::deadlines));
    auto truth = emulated{what.cluster, what.jobs, what.under.outages, how, seed};
    auto host = slurm::host<emulated>{
        what.cluster, rota::tenant_tree{what.jobs.tenants}, truth, {}, rota::recorder{out.log}};
    host.instants().spurious_pass = true;
    auto attained = std::vector<std::int64_t>(what.jobs.size());
    auto decides = verify::detail::probe<any_scheduler>{of.make(), out.laws, attained};
    auto const done = [&] {
        return truth.submitted() == what.jobs.size() && host.state().jobs().active().empty() &&
               host.state().inbox.empty();
    };
    auto const every_ms = seed % 3 == 0 ? 250 : 1'000;
    constexpr auto calm_ms = 1'800'000;
    for (auto now = sim_time{}; out.fault.empty() && !(index(now) > 200'000 && done());
         now = now + every_ms) {
        truth.advance(now);
        if (index(now) == calm_ms) truth.calm_down();
        auto const got = host.round(now, decides);
        out.seen.blind += got == slurm::host<emulated>::outcome::blind;
        if (got == slurm::host<emulated>::outcome::unsettled) out.fault = "does not come to rest";
        if (index(now) > 8 * calm_ms) out.fault = "does not come to an end";
        if (seed % 16 == 5 && index(now) == 60'000) {
            decides = verify::detail::probe<any_scheduler>{of.make(), out.laws, attained};
            host.resync();
        }
    }
    if (how.late == 0 && truth.hasty() != 0) out.fault = "would have broken a job of a real Slurm";
    if (truth.overbooked()) out.fault = "the emulation gave a device out twice";

    auto jobs = rota::job::workload{};
    jobs.tenants = what.jobs.tenants;
    auto number_of = std::vector<std::size_t>{};
    for (auto j = std::uint32_t{0}; j != host.specs().size(); ++j) {
        number_of.push_back(std::stoul(host.name(rota::job_id{j})) - 1);
        jobs.specs.push_back(host.specs()[j]);
        jobs.works.push_back(what.jobs.works[number_of.back()]);
    }
    auto given = verify::premises{};
    given.complete = out.fault.empty();
    auto const about = verify::subject{what.cluster, jobs, truth.told(), of.claims, given, out.log};
    out.laws.add(verify::check_log(about));
    auto const expect = [&](law which, bool good, std::string why) {
        out.laws.exercised(which);
        if (!good) out.laws.breaks(which, verify::verdict::whole_log, std::move(why));
    };
    expect(law::legal, host.state().want().refused() == 0, "an action was refused");
    expect(law::quiescent, host.instants().restless() == 0, "a pass changed something without news");
    auto const read = rota::log::from_text(rota::log::to_text(out.log));
    expect(law::round_trip,
           std::holds_alternative<rota::log::schedule>(read) &&
               std::get<rota::log::schedule>(read) == out.log,
           "its text reads back as another log");
    if (out.fault.empty()) {
        verify::detail::check_attained(about, verify::accounts_of(about), attained, out.laws);
        verify::detail::check_balance({what.cluster, jobs, {}}, host.state(), out.laws);
        out.fault = compare(out.log, truth, number_of);
        for (auto j = std::uint32_t{0}; j != jobs.size() && out.fault.empty(); ++j) {
            auto const& last =
                *std::find_if(out.log.records.rbegin(), out.log.records.rend(), [j](auto const& r) {
                    return rota::log::about_a_job(r.kind) && r.job == j && r.kind != rota::log::kind::stale;
                });
            auto const is = truth.state(number_of[j]);
            auto const ran = std::any_of(truth.runs().begin(), truth.runs().end(),
                                         [&](auto const& one) { return one.job == number_of[j]; });
            auto const same = last.kind == rota::log::kind::finish   ? is == slurm::job_state::completed
                              : last.kind == rota::log::kind::reject ? !ran
                                                                     : slurm::is_over(is);
            if (!same) out.fault = "job " + std::to_string(j) + " ended otherwise";
        }
    }
    out.seen.strays = host.strays();
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
    }
    return out;
}

} // namespace

/// ROTA_CASES / 20 cases each; arguments: a part of a scheduler's name, and one seed whose log is printed.
int main(int argc, char** argv) {
    auto const cases = std::max<std::uint64_t>(cases_wanted(5'000) / 20, 1);
    auto told = tally{};
    auto all = met{};
    for (auto const& one : everybody()) {
        if (argc > 1 && one.name.find(argv[1]) == std::string::npos) continue;
        if (argc > 2) {
            auto const got = run(one, std::stoull(argv[2]));
            std::printf("%s%s%s\n", rota::log::to_text(got.log).c_str(), text(got.laws).c_str(),
                        got.fault.c_str());
            continue;
        }
        auto seen = met{};
        auto bad = 0;
        for (auto i = std::uint64_t{0}; i != cases; ++i) {
            auto const seed = i * 37 + 1; // walks through every weather
            auto const got = run(one, seed);
            seen.add(got.seen);
            auto const law = got.laws.broken();
            if (!law && got.fault.empty()) continue;
            if (++bad > 3) continue;
            std::printf("%s, seed %llu: %s\n%s", one.name.c_str(), static_cast<unsigned long long>(seed),
                        got.fault.c_str(), law ? explain(*law, got.laws.of(*law), got.log).c_str() : "");
        }
        auto const count = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
        std::printf(
            "%-24s %5llu cases: starts %llu, preempted %llu, interrupted %llu, withdrawn %llu, refused %llu, "
            "elsewhere %llu, strays %llu, cancelled %llu, blind %llu, outages %llu; broken %d\n",
            one.name.c_str(), count(cases), count(seen.starts), count(seen.preempted),
            count(seen.interrupted), count(seen.lost), count(seen.refused), count(seen.elsewhere),
            count(seen.strays), count(seen.cancelled), count(seen.blind), count(seen.outages), bad);
        all.add(seen);
        told.check(bad == 0 && seen.starts != 0, one.name);
    }
    if (argc == 1 && cases >= 50) // fewer need not meet everything
        for (auto const count : {all.preempted, all.interrupted, all.lost, all.refused, all.elsewhere,
                                 all.strays, all.cancelled, all.blind, all.outages})
            told.check(count != 0, "every kind of mishap was met");
    return argc < 3 ? told.end() : 0;
}
