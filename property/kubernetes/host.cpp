// SPDX-License-Identifier: BSL-1.0
// Named schedulers drive an emulated Kubernetes: words get lost, come late and are refused, watches lag, close and are
// too old, nodes and pods fail, users and another scheduler interfere, the driver dies. Every law holds on the log, and the log is what
// the cluster did.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../cases.hpp"
#include "../live/as_shown.hpp"
#include "../live/driven.hpp"
#include "../tally.hpp"
#include "apiserver.hpp"
#include "cluster.hpp"
#include "wire.hpp"

#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/client.hpp>
#include <rota/kubernetes/client_settings.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/close_taken.hpp>
#include <rota/live/host.hpp>
#include <rota/live/pace.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/verify/accounting.hpp>
#include <rota/verify/changes_of.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/decoder.hpp>

namespace {

namespace kubernetes = rota::kubernetes;
namespace live = rota::live;
namespace verify = rota::verify;
using rota::sim_time;
using verify::law;

struct seen {
    std::map<std::string, std::uint64_t> of{
        {"starts", 0},  {"preempted", 0}, {"interrupted", 0}, {"withdrawn", 0}, {"refused", 0},
        {"strays", 0},  {"cancelled", 0}, {"blind", 0},       {"outages", 0},   {"others", 0},
        {"no room", 0}, {"relists", 0},   {"failed", 0},      {"deaths", 0}};
    void add(seen const& more) {
        for (auto const& [name, count] : more.of) of[name] += count;
    }
};

/// Each kind of mishap is there or not, by a bit of the number.
struct weather {
    wire_faults wire{};
    cluster_faults cluster{};
    bool outages = false;
    bool deaths = false; ///< the driver's
    explicit weather(std::uint64_t number) {
        auto const bit = [number](int b) { return (number >> b & 1u) != 0; };
        if (bit(0)) wire.lost = 0.1, wire.unheard = 0.1;
        if (bit(1)) wire.late = 0.1;
        if (bit(2)) wire.refused = 0.1;
        if (bit(3)) wire.deaf = 0.1;
        if (bit(4)) wire.closes = 0.1, wire.gone = 0.03;
        if (bit(5)) wire.lag_ms = 3'000;
        if (bit(6)) cluster.deleted = 0.001, cluster.evicted = 0.001;
        if (bit(7)) cluster.cancelled = 0.0003;
        if (bit(8)) cluster.snatched = 0.003;
        if (bit(9)) cluster.others = 0.1;
        outages = bit(10);
        deaths = bit(11);
    }
};

/// The backend, and what its polls have shown of the nodes.
struct overheard {
    kubernetes::client<wire>* of;
    apiserver const* server;
    std::vector<bool> up;
    std::vector<rota::cluster::node_change> told{};
    std::function<bool(live::job_status const&)> ours{}; ///< of the driver

    std::optional<live::snapshot> poll() {
        auto got = of->poll();
        if (!got) return got;
        auto open = *got;
        live::close_taken(open, ours); // a job that is over and runs once more is another's
        for (auto const which : {true, false})
            for (auto n = std::size_t{0}; n != up.size(); ++n)
                if (open.up[n] != up[n] && open.up[n] == which)
                    told.push_back(
                        {server->now, rota::node_id{static_cast<std::uint32_t>(n)},
                         which ? rota::cluster::node_state::up : rota::cluster::node_state::drained});
        up = open.up;
        return got;
    }
    live::reply start(std::string const& id, rota::cluster::placement const& where) {
        return of->start(id, where);
    }
    live::reply hold(std::string const& id) { return of->hold(id); }
    live::reply save(std::string const& id) { return of->save(id); }
    live::reply requeue(std::string const& id) { return of->requeue(id); }
};

/// X1: what the log says somebody held, he had in truth, on those nodes, and the cluster had it back before.
[[nodiscard]] std::string compare(rota::log::schedule const& log, emulated_cluster const& truth,
                                  std::vector<std::size_t> const& number_of) {
    for (auto const& said : driven::held_in(log)) {
        auto const who = "job " + std::to_string(said.job) + " at " + std::to_string(index(said.from));
        emulated_cluster::run const* real = nullptr;
        for (auto const& one : truth.runs())
            if (one.job == number_of[said.job] && one.from <= said.from) real = &one;
        if (real == nullptr) return who + ": never ran";
        auto on = std::map<rota::node_id, int>{};
        for (auto const& part : said.on) on[part.node] += part.count();
        for (auto const& part : real->where)
            if (on[part.node] != part.gpus) return who + ": on other nodes";
        if (on.size() != real->where.size()) return who + ": on other nodes";
        if (real->until > said.until)
            return who + ": its GPUs were given away at " + std::to_string(index(said.until)) +
                   ", it ran from " + std::to_string(index(real->from)) + " to " +
                   std::to_string(index(real->until));
    }
    return {};
}

struct judged {
    verify::report laws;
    seen met;
    std::string fault; ///< what is no law's
    rota::log::schedule log;
};

[[nodiscard]] judged drive(driven::scheduler_under_test const& of, std::uint64_t seed) {
    auto out = judged{};
    auto const how = weather{seed};
    auto const outages = how.outages ? verify::world::outages : verify::world::ideal;
    auto what =
        verify::draw(seed,
                     static_cast<verify::world>(static_cast<unsigned>(verify::world::late) |
                                                static_cast<unsigned>(outages)),
                     verify::without(verify::without(verify::feature::all, verify::feature::fractions),
                                     verify::feature::deadlines));
    what.cluster.names.clear();
    for (auto n = std::size_t{0}; n != what.cluster.nodes.size(); ++n)
        what.cluster.names.push_back("gpu-" + std::to_string(n));
    auto server = apiserver{};
    server.page_max = 3;
    auto truth =
        emulated_cluster{server, what.cluster, what.jobs, what.under.node_changes, how.cluster, seed};
    auto wires = wire{server, how.wire, seed + 1};
    auto client = std::optional<kubernetes::client<wire>>{};
    auto backend = overheard{nullptr, &server, std::vector<bool>(what.cluster.nodes.size(), true)};
    auto pace = live::pace{};
    pace.save_ms = 3'000;
    using driver = live::host<overheard>;
    auto host = std::optional<driver>{};
    auto attained = std::vector<std::int64_t>(what.jobs.size());
    auto counts = verify::detail::recount(what.cluster, out.laws);
    auto decides = verify::detail::probe<any_scheduler>{of.make(), counts, attained};
    auto journal = std::string{};
    auto lists = 0;
    auto const live_on = [&] { // from nothing, or from what the one before has written
        host.reset();
        if (client) lists += client->lists() - 1;
        client.emplace(
            what.cluster, wires, [&server] { return server.now; },
            kubernetes::client_settings{.spaces = {}, .recovers = !journal.empty()});
        backend.of = &*client;
        out.log = {};
        host.emplace(what.cluster, rota::tenant_tree{what.jobs.tenants}, backend, pace,
                     rota::recorder{out.log});
        host->instants().spurious_pass = true;
        backend.ours = [&host](live::job_status const& one) { return host->driven(one.id).has_value(); };
        if (!journal.empty() && !std::holds_alternative<std::size_t>(host->recover(journal)))
            out.fault = "its journal is none";
        host->keep_journal(out.log, [&journal](std::string_view group) { journal += group; });
        if (out.log.records.empty()) return;
        decides = verify::detail::probe<any_scheduler>{of.make(), counts, attained};
        host->resync();
    };
    live_on();
    auto const all_met = [&] { // apart from what was over before anybody saw it whole
        auto met = std::vector<bool>(what.jobs.size(), false);
        for (auto j = std::uint32_t{0}; j != host->specs().size(); ++j)
            met[emulated_cluster::number_of(host->name(rota::job_id{j}))] = true;
        for (auto i = std::size_t{0}; i != met.size(); ++i)
            if (i >= truth.submitted() || (!met[i] && truth.ended(i) == emulated_cluster::end::open))
                return false;
        return true;
    };
    constexpr auto calm_ms = 1'200'000;
    auto const every_ms = seed % 3 == 0 ? 250 : 1'000;
    for (auto now = sim_time{}; out.fault.empty(); now = now + every_ms) {
        if (index(now) > 200'000 && host->state().jobs().active().empty() && all_met()) break;
        truth.advance(now);
        wires.advance();
        truth.look();
        if (index(now) % 50'000 == 0 && how.wire.gone > 0) server.compact();
        if (index(now) == calm_ms) wires.calm_down(), truth.calm_down();
        auto const got = host->round(now, decides);
        out.met.of["blind"] += got == driver::outcome::blind;
        if (got == driver::outcome::unsettled) out.fault = "does not come to rest";
        if (index(now) > 8 * calm_ms) {
            out.fault = "does not come to an end:";
            for (auto const id : host->state().jobs().active())
                out.fault += " " + host->name(id) + " (" + client->complaint() + ")";
        }
        out.met.of["deaths"] += how.deaths && index(now) < calm_ms && index(now) % 17'000 == 0;
        if (how.deaths && index(now) < calm_ms && index(now) % 17'000 == 0) live_on();
        if (seed % 16 == 5 && index(now) == 60'000) {
            decides = verify::detail::probe<any_scheduler>{of.make(), counts, attained};
            host->resync();
        }
    }
    auto jobs = rota::job::workload{};
    jobs.tenants = what.jobs.tenants;
    auto number_of = std::vector<std::size_t>{};
    for (auto j = std::uint32_t{0}; j != host->specs().size(); ++j) {
        number_of.push_back(emulated_cluster::number_of(host->name(rota::job_id{j})));
        jobs.specs.push_back(host->specs()[j]);
        jobs.works.push_back(what.jobs.works[number_of.back()]);
    }
    auto given = verify::premises{};
    given.complete = out.fault.empty();
    given.late_ms_max = 1'000'000'000; // a closed node keeps the pods that it has
    auto const told = verify::changes_of(out.log);
    auto const about =
        verify::subject{what.cluster, jobs, told.nodes, told.quotas, of.claims, given, out.log};
    out.laws.add(verify::check_log(about));
    auto const expect = [&](law which, bool good, std::string why) {
        out.laws.exercised(which);
        if (!good) out.laws.breaks(which, verify::verdict::whole_log, std::move(why));
    };
    auto const otherwise = not_as_shown(out.log, backend.told, what.cluster.nodes.size());
    expect(law::nodes_as_told, otherwise.empty(), otherwise);
    expect(law::legal, host->state().want().refused() == 0, "an action was refused");
    expect(law::quiescent, host->instants().restless() == 0, "a pass changed something without news");
    auto const read = rota::log::from_text(rota::log::to_text(out.log));
    expect(law::round_trip,
           std::holds_alternative<rota::log::schedule>(read) &&
               std::get<rota::log::schedule>(read) == out.log,
           "its text reads back as another log");
    if (out.fault.empty()) {
        verify::detail::check_attained(about, verify::accounts_of(about), attained, out.laws);
        verify::detail::check_balance({what.cluster, jobs, {}}, host->state(), counts, out.laws);
        out.fault = compare(out.log, truth, number_of);
    }
    using rota::log::kind;
    auto& count = out.met.of;
    for (auto const& r : out.log.records) {
        count["starts"] += r.kind == kind::start;
        count["preempted"] += r.kind == kind::preempt;
        count["interrupted"] += r.kind == kind::interrupt;
        count["withdrawn"] += r.kind == kind::start_failed && r.why == rota::log::cause::lost;
        count["refused"] += r.kind == kind::start_failed && r.why == rota::log::cause::launch_error;
        count["cancelled"] += r.kind == kind::cancel;
        count["failed"] += r.kind == kind::fail;
        if (!out.fault.empty() || !rota::log::about_a_job(r.kind) || r.kind != kind::finish) continue;
        if (truth.ended(number_of[r.job]) != emulated_cluster::end::completed)
            out.fault = "job " + std::to_string(r.job) + " finished in the log alone";
    }
    for (auto j = std::size_t{0}; j != number_of.size() && out.fault.empty(); ++j) {
        if (how.wire.late > 0 || how.wire.lost > 0 || how.cluster.snatched > 0)
            break; // in a run that nobody ordered
        auto const finished = std::any_of(out.log.records.begin(), out.log.records.end(), [j](auto const& r) {
            return r.kind == kind::finish && r.job == j;
        });
        if (truth.ended(number_of[j]) == emulated_cluster::end::completed && !finished)
            out.fault = "job " + std::to_string(j) + " finished, and the log does not say so";
    }
    count["strays"] = host->strays();
    count["outages"] = backend.told.size();
    count["others"] = truth.foreign();
    count["no room"] = truth.crowded();
    count["relists"] = static_cast<std::uint64_t>(lists + client->lists() - 1);
    auto const calm = (seed & 0xfff) == 0;
    if (calm && out.fault.empty() &&
        truth.crowded() + host->strays() + count["withdrawn"] + count["refused"] != 0)
        out.fault = "nothing had gone wrong, and something did";
    return out;
}

} // namespace

/// ROTA_CASES / 200 cases each; arguments: a part of a scheduler's name, and one seed whose log is printed.
int main(int argc, char** argv) {
    auto const cases = std::max<std::uint64_t>(cases_wanted(10'000) / 200, 1);
    auto told = tally{};
    auto all = seen{};
    for (auto const& one : driven::everybody()) {
        if (argc > 1 && one.name.find(argv[1]) == std::string::npos) continue;
        if (argc > 2) {
            auto const got = drive(one, std::stoull(argv[2]));
            std::printf("%s%s%s\n", rota::log::to_text(got.log).c_str(), verify::text(got.laws).c_str(),
                        got.fault.c_str());
            continue;
        }
        auto met = seen{};
        auto bad = 0;
        for (auto i = std::uint64_t{0}; i != cases; ++i) {
            auto const seed = i * 1'237; // walks through every weather, and begins with the calm one
            auto const got = drive(one, seed);
            met.add(got.met);
            auto const law = got.laws.broken();
            if (!law && got.fault.empty()) continue;
            if (++bad > 3) continue;
            std::printf("%s, seed %llu: %s\n%s", one.name.c_str(), static_cast<unsigned long long>(seed),
                        got.fault.c_str(),
                        law ? verify::explain(*law, got.laws.of(*law), got.log).c_str() : "");
        }
        std::printf("%-24s %5llu cases:", one.name.c_str(), static_cast<unsigned long long>(cases));
        for (auto const& [name, count] : met.of)
            std::printf(" %s %llu,", name.c_str(), static_cast<unsigned long long>(count));
        std::printf(" broken %d\n", bad);
        all.add(met);
        told.check(bad == 0 && met.of["starts"] != 0, one.name);
    }
    if (argc == 1 && cases >= 50) // fewer need not meet everything
        for (auto const& [name, count] : all.of)
            told.check(count != 0, "every kind of mishap is met: " + name);
    return argc > 2 ? 0 : told.end();
}
