// SPDX-License-Identifier: BSL-1.0
// A law that catches nothing proves nothing: logs broken by hand, and schedulers with seeded bugs.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/shrink.hpp>
#include <rota/verify/subject.hpp>

#include "../tally.hpp"
#include "suite.hpp"

namespace {

using namespace rota;
using verify::law;

auto result = tally{};

// --- logs by hand

/// Two nodes of 2 GPUs in two racks, one node of another model; a few jobs.
struct scene {
    cluster::spec cluster = cluster::uniform(2, 1, 2, 4'000, 4'096);
    job::workload jobs;
    std::vector<cluster::node_change> node_changes;
    std::vector<job::quota_change> quota_changes;
    claim claims = claim::none;
    verify::premises given{};

    scene() {
        cluster.nodes.push_back({.gpus = 2,
                                 .model = gpu_model{1},
                                 .cpu_milli = 4'000,
                                 .mem_mib = 4'096,
                                 .rack = {},
                                 .spine = {}});
        cluster.models = {"first", "second"};
        given.immediate = given.exact_limits = given.no_interruptions = given.no_losses = true;
    }
    void job(std::int64_t submit, int gpus, millis work, std::int32_t priority = 0) {
        auto spec = job::spec{};
        spec.submit = sim_time{submit};
        spec.need = job::gang(gpus);
        spec.limit_ms = work;
        spec.priority = priority;
        jobs.specs.push_back(spec);
        jobs.works.emplace_back().duration_ms = work;
    }
    [[nodiscard]] verify::report judge(std::string const& text) const {
        auto const read = log::from_text(text);
        if (auto const* wrong = std::get_if<log::text_error>(&read)) {
            result.check(false, "a log of this test is no log: " + wrong->message);
            return {};
        }
        return verify::check_log(
            {cluster, jobs, node_changes, quota_changes, claims, given, std::get<log::schedule>(read)});
    }
    /// The sound log breaks nothing and exercises the law; the broken one breaks it.
    void expect(law which, std::string const& sound, std::string const& broken) const {
        auto const code = std::string{verify::text_of(which).code};
        auto const good = judge(sound);
        result.check(!good.broken(), code + ": its sound log breaks\n" + verify::text(good));
        result.check(good.of(which).checked != 0, code + ": not exercised by its sound log");
        auto const bad = judge(broken);
        result.check(bad.of(which).stands() == verify::standing::broken, code + ": broken, but not caught");
        result.check(bad.of(which).record != 0 && !bad.of(which).story.empty(), code + ": no story");
    }
};

scene two_jobs() {
    auto made = scene{};
    made.job(0, 2, 10);
    made.job(0, 1, 5);
    return made;
}
std::string const submits = "0 submit 0.0 #0 - 2\n0 submit 1.0 #0 - 1\n";
std::string const starts = "0 start 0.1 #1 - 0 n0:3@1000/0/0\n0 start 1.1 #2 - 0 n1:1@1000/0/0\n";
std::string const ends = "5 finish 1.1 #2 - 0\n10 finish 0.1 #1 - 0\n";
std::string const sound = submits + starts + ends;

std::string with(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    result.check(at != std::string::npos, "nothing to break: " + from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

void safety() {
    auto two = two_jobs();
    two.expect(law::ids_exist, sound, with(sound, "start 1.1", "start 7.1"));
    two.expect(law::ids_exist, sound, with(sound, "n1:1@", "n9:1@"));
    two.expect(law::ids_exist, sound, with(sound, "n1:1@", "n1:4@"));
    two.expect(law::ids_exist, sound, with(sound, "n0:3@1000/0/0", "n0:1@1000/0/0 n0:2@1000/0/0"));
    two.expect(law::devices_once, sound, with(sound, "n1:1@", "n0:1@"));
    two.expect(law::gang_exact, sound, with(sound, "n0:3@", "n0:1@"));
    two.expect(law::gang_exact, sound, with(sound, "n1:1@1000", "n1:1@500"));
    two.expect(law::gang_exact, sound, with(sound, "n1:1@1000/0/0", "n1:1@1000/5/0"));
    two.expect(law::suitable, sound, with(sound, "n0:3@1000/0/0", "n0:1@1000/0/0 n2:1@1000/0/0"));
    two.jobs.specs[1].need.models = 1;
    two.expect(law::suitable, sound, with(sound, "n1:1@", "n2:1@"));
    two.jobs.specs[0].need.span = job::span::compact;
    two.expect(law::suitable, sound, with(sound, "n0:3@1000/0/0", "n0:1@1000/0/0 n1:2@1000/0/0"));
    auto big = two_jobs();
    big.jobs.specs[0].need = job::gang(3, job::span::one_rack);
    big.cluster.nodes[1].rack = {};
    auto const apart = with(with(sound, "n0:3@1000/0/0", "n0:3@1000/0/0 n1:2@1000/0/0"),
                            "0 submit 0.0 #0 - 2", "0 submit 0.0 #0 - 3");
    result.check(!big.judge(apart).broken(), "S8: one rack");
    big.cluster.nodes[1].rack = rack_id{1};
    result.check(big.judge(apart).of(law::suitable).stands() == verify::standing::broken, "S8: two racks");

    auto hungry = two_jobs();
    for (auto& spec : hungry.jobs.specs) spec.need.cpu_milli = 2'000;
    auto const fed =
        with(with(sound, "n0:3@1000/0/0", "n0:3@1000/4000/0"), "n1:1@1000/0/0", "n1:1@1000/2000/0");
    hungry.cluster.nodes[1].gpus = 3;
    hungry.expect(law::capacity, fed, [&] {
        hungry.cluster.nodes[0].gpus = 3;
        return with(fed, "n1:1@1000/2000/0", "n0:4@1000/2000/0");
    }());
    hungry.node_changes = {{sim_time{}, node_id{1}, cluster::node_state::up, 500},
                           {sim_time{}, node_id{1}, cluster::node_state::up, 2'000}};
    auto const beside = [&](std::string const& taken) { // others have 500 of a node's 4,000, then so much
        return with(fed, "0 start 1.1",
                    "0 node_up 0.0 #0 - 0 n1:0@0/500/0\n0 node_up 0.0 #0 - 0 n1:0@0/" + taken +
                        "/0\n0 start 1.1");
    };
    hungry.expect(law::capacity, beside("2000"), beside("2001"));

    auto failing = two_jobs();
    failing.node_changes = {{sim_time{6}, node_id{1}, cluster::node_state::down},
                            {sim_time{7}, node_id{1}, cluster::node_state::up}};
    auto const down = submits + starts +
                      "5 finish 1.1 #2 - 0\n6 node_down 0.0 #0 - 0 n1:0@0/0/0\n"
                      "7 node_up 0.0 #0 - 0 n1:0@0/0/0\n10 finish 0.1 #1 - 0\n";
    failing.expect(law::nodes_as_told, down, with(down, "7 node_up 0.0 #0 - 0 n1:0@0/0/0\n", ""));
    failing.expect(law::nodes_as_told, down,
                   with(down, "6 node_down 0.0 #0 - 0 n1", "6 node_down 0.0 #0 - 0 n2"));
    failing.expect(law::nodes_as_told, down,
                   with(down, "6 node_down 0.0 #0 -", "6 node_down 0.0 #0 drained"));
    auto const held =
        with(with(down, "5 finish 1.1 #2 - 0\n", ""), "7 node_up", "7 finish 1.1 #2 - 0\n7 node_up");
    failing.expect(law::closed_nodes, down, held);
    auto const drained = [](std::string const& log) {
        return with(log, "6 node_down 0.0 #0 - 0 n1", "6 node_down 0.0 #0 drained 0 n1");
    };
    auto draining = failing;
    draining.node_changes.front().to = cluster::node_state::drained;
    result.check(!draining.judge(drained(held)).broken(), "S4: what runs on a drained node goes on");
    failing.expect(law::closed_nodes, down, held); // on one that is down it does not
    auto const onto =
        with(down, "7 node_up", "6 start 1.2 #3 - 0 n1:1@1000/0/0\n7 finish 1.2 #3 - 0\n7 node_up");
    auto const taken = with(onto, "5 finish 1.1 #2 - 0", "5 preempt 1.1 #2 checkpointed 0");
    failing.expect(law::closed_nodes, down, taken);
    draining.expect(law::closed_nodes, drained(held), drained(taken)); // and gets no more
}

/// S9 of what others have and of quotas.
void capacity() {
    using enum cluster::node_state;
    auto shared = two_jobs();
    for (auto& spec : shared.jobs.specs) spec.need.cpu_milli = 1'000;
    shared.jobs.tenants.resize(2);
    auto const fed =
        with(with(sound, "n0:3@1000/0/0", "n0:3@1000/2000/0"), "n1:1@1000/0/0", "n1:1@1000/1000/0");
    auto const said = [](std::string const& at, std::string const& cpu) {
        return at + " node_up 0.0 #0 - 0 n0:0@0/" + cpu + "/0\n";
    };
    // others want 3,000 of the 4,000 of a node; 2,000 are held there
    shared.node_changes = {{sim_time{3}, node_id{0}, up, 3'000}, {sim_time{4}, node_id{0}, up}};
    auto const beside = with(fed, "5 finish", said("3", "2000") + said("4", "0") + "5 finish");
    shared.expect(law::nodes_as_told, beside, with(beside, said("3", "2000"), said("3", "1999")));
    shared.expect(law::nodes_as_told, beside, with(beside, said("3", "2000"), said("3", "2001")));
    shared.expect(law::nodes_as_told, beside, with(beside, said("4", "0"), "")); // not given back
    shared.expect(law::nodes_as_told, beside, with(beside, said("3", "2000") + said("4", "0"), ""));
    shared.node_changes[1].cpu_milli = 3'000; // told again
    auto const once = with(beside, said("4", "0"), "");
    shared.expect(law::nodes_as_told, once, with(beside, said("4", "0"), said("4", "2000")));
    shared.node_changes[1].cpu_milli = 0;
    auto slow = shared; // what is on its way to a start is not in the log
    slow.given.immediate = false;
    slow.expect(law::nodes_as_told, with(beside, said("3", "2000"), said("3", "1999")),
                with(beside, said("3", "2000"), said("3", "2001")));
    shared.cluster.nodes[0].cpu_milli = 2'000; // none of which is free: nothing changes, and nothing is said
    for (auto const at : {3, 6}) {
        shared.node_changes = {{sim_time{at}, node_id{0}, up, 3'000}};
        result.check(!shared.judge(fed).broken(), "S9: others find nothing that is free");
        auto const got = shared.judge(with(fed, "10 finish", said(std::to_string(at), "1") + "10 finish"));
        result.check(got.broken() == law::nodes_as_told, "S9: and are given some");
    }
    auto owned = two_jobs();
    owned.jobs.tenants.resize(2);
    owned.quota_changes = {{sim_time{3}, tenant_id{1}, 500}};
    auto const changed = with(sound, "5 finish", "3 quota 1.0 #0 - 500\n5 finish");
    owned.expect(law::nodes_as_told, changed, sound);
    owned.expect(law::nodes_as_told, changed, with(changed, "- 500", "- 501"));
    owned.expect(law::nodes_as_told, changed, with(changed, "quota 1.0", "quota 0.0"));
    owned.expect(law::nodes_as_told, changed, with(changed, "3 quota", "4 quota"));
}

void books_and_time() {
    auto const two = two_jobs();
    two.expect(law::time_forward, sound,
               with(sound, "5 finish 1.1 #2 - 0\n10 finish 0.1 #1 - 0\n",
                    "10 finish 0.1 #1 - 0\n5 finish 1.1 #2 - 0\n"));
    two.expect(law::in_order, sound, with(sound, "0 submit 1.0", "1 submit 1.0"));
    two.expect(law::in_order, sound, sound + "11 preempt 0.1 #1 checkpointed 0\n");
    two.expect(law::bounded, sound + "", with(sound, "10 finish", "9223372036854775807 finish"));
    two.expect(law::bounded, sound, with(sound, "5 finish 1", "5 promise 0.1 #1 - 4\n5 finish 1"));
    two.expect(law::life_cycle, sound,
               with(sound, "5 finish 1.1", "4 preempt 1.1 #2 checkpointed 0\n5 finish 1.1"));
    two.expect(law::life_cycle, sound, with(sound, "5 finish 1.1", "5 finish 1.2"));
    two.expect(
        law::life_cycle, sound,
        with(sound,
             "0 submit 1.0 #0 - 1\n0 start 0.1 #1 - 0 n0:3@1000/0/0\n0 start 1.1 #2 - 0 n1:1@1000/0/0\n",
             "0 start 0.1 #1 - 0 n0:3@1000/0/0\n0 start 1.1 #2 - 0 n1:1@1000/0/0\n0 submit 1.0 #0 - 1\n"));
    two.expect(law::one_incarnation, sound,
               with(sound, "5 finish 1.1", "3 start 1.2 #3 - 0 n1:2@1000/0/0\n5 finish 1.2"));
    two.expect(law::ends_once, sound, with(sound, "5 finish 1.1 #2 - 0\n", ""));
    two.expect(law::ends_once, sound, sound + "10 cancel 1.1 #2 user 0\n");
    two.expect(law::orders_once, sound, with(sound, "#2 - 0 n1", "#1 - 0 n1"));
    auto const ordered =
        with(sound, "0 start 0.1",
             "0 order 0.0 #1 ordered 0 n0:3@1000/0/0\n0 order 1.0 #2 ordered 0 n1:1@1000/0/0\n0 start 0.1");
    two.expect(law::orders_once, ordered,
               with(ordered, "0 order 1.0 #2 ordered 0 n1:1", "0 order 1.0 #2 ordered 0 n1:2"));
    two.expect(law::orders_once, ordered, with(ordered, "0 order 1.0 #2 ordered 0 n1:1@1000/0/0\n", ""));
    two.expect(law::all_end, sound,
               submits +
                   "0 reject 1.0 #0 infeasible 0\n0 start 0.1 #1 - 0 n0:3@1000/0/0\n10 finish 0.1 #1 - 0\n");
    auto timed = two_jobs();
    timed.given.timed = true;
    timed.expect(law::work_done, sound, with(sound, "5 finish", "4 finish"));
    timed.expect(law::work_done, sound, with(sound, "5 finish", "6 finish"));
    auto const stopped =
        with(sound, "5 finish 1.1 #2 - 0",
             "2 preempt 1.1 #2 checkpointed 0\n3 start 1.2 #3 - 0 n1:1@1000/0/0\n6 finish 1.2 #3 - 0");
    timed.expect(law::work_done, stopped, with(stopped, "6 finish", "5 finish"));
    timed.expect(law::work_done, stopped,
                 with(stopped, "6 finish", "7 finish")); // what it had done is forgotten
    auto slow = timed;
    slow.given.pause_ms_max = slow.given.saving_ms_max = 1;
    slow.expect(law::work_done, with(stopped, "6 finish", "9 finish"),
                with(stopped, "6 finish 1.2 #3 - 0\n10 finish 0.1 #1 - 0",
                     "10 finish 0.1 #1 - 0\n10 finish 1.2 #3 - 0"));
    // a start while it runs: the time of the first run is on two accounts of devices
    two.expect(
        law::conservation, sound,
        with(sound, "5 finish 1.1", "3 finish 1.1 #2 - 0\n4 start 1.2 #3 - 0 n1:1@1000/0/0\n5 submit 1.1"));
}

void results() {
    auto const two = two_jobs();
    auto const read = std::get<log::schedule>(log::from_text(sound));
    auto const of = verify::subject{two.cluster, two.jobs, two.node_changes, two.quota_changes, two.claims,
                                    two.given,   read};
    auto const accounts = verify::accounts_of(of);
    auto truth = std::vector<simulation::result>(2);
    truth[0] = {
        .first_start = sim_time{}, .finish = sim_time{10}, .run_ms = 10, .outcome = job::outcome::completed};
    truth[1] = {
        .first_start = sim_time{}, .finish = sim_time{5}, .run_ms = 5, .outcome = job::outcome::completed};
    auto const judge = [&](auto change) {
        auto changed = truth;
        change(changed);
        auto found = verify::report{};
        verify::check_results(of, accounts, changed, found);
        return found;
    };
    result.check(!judge([](auto&) {}).broken(), "A1, M1: sound results");
    result.check(judge([](auto& r) { r[0].overhead_ms = 1; }).broken() == law::work_done,
                 "A1: overhead for nothing");
    result.check(judge([](auto& r) { r[1].lost_ms = 1; }).broken() == law::work_done,
                 "A1: work that was lost was done");
    result.check(judge([](auto& r) { r[1].finish = sim_time{6}; }).broken() == law::metrics,
                 "M1: another end");
    result.check(judge([](auto& r) { r[1].preemptions = 1; }).broken() == law::metrics, "M1: a preemption");
    result.check(judge([](auto& r) { r[0].run_ms = 11; }).of(law::metrics).stands() ==
                     verify::standing::broken,
                 "M1: held longer");
    result.check(judge([](auto& r) { r[0].outcome = job::outcome::failed; }).broken() == law::metrics,
                 "M1: another outcome");
}

void promises_of_policies() {
    auto one = two_jobs();
    one.claims = claim::non_preemptive;
    one.expect(law::non_preemptive, sound,
               with(sound, "5 finish 1.1",
                    "3 preempt 1.1 #3 checkpointed 0\n4 start 1.2 #4 - 0 n1:1@1000/0/0\n5 finish 1.2"));
    one.claims = claim::strict_fifo;
    one.expect(law::strict_fifo, sound,
               with(with(sound, "start 0.1 #1", "start 0.1 #3"), "10 finish 0.1 #1", "10 finish 0.1 #3"));
    auto full = scene{};
    full.cluster = cluster::uniform(1, 1, 2);
    full.job(0, 2, 10);
    full.job(0, 1, 5);
    auto const waits =
        submits +
        "0 start 0.1 #1 - 0 n0:3@1000/0/0\n10 finish 0.1 #1 - 0\n10 start 1.1 #2 - 0 n0:1@1000/0/0\n"
        "15 finish 1.1 #2 - 0\n";
    auto const idles = with(with(waits, "10 start 1.1", "11 start 1.1"), "15 finish", "16 finish");
    full.claims = claim::work_conserving;
    full.expect(law::work_conserving, waits, idles);
    full.claims = claim::head_never_waits;
    full.expect(law::head_never_waits, waits, idles);
    full.claims = claim::head_never_waits | claim::strict_fifo;
    full.expect(law::head_never_waits, waits, idles);
    one.claims = claim::easy_promise;
    auto const promised = with(sound, "0 start 1.1", "0 promise 1.0 #0 - 3\n0 start 1.1");
    one.expect(law::promise_kept, promised,
               with(promised, "0 start 1.1", "0 promise 1.0 #0 - 4\n0 start 1.1"));
    one.expect(law::promise_kept, promised, with(promised, "0 start 1.1", "4 start 1.1"));
    one.claims = claim::meets_deadlines;
    one.jobs.specs[1].deadline = sim_time{5};
    one.expect(law::deadlines_met, sound, with(sound, "5 finish 1.1", "6 finish 1.1"));
    auto ranked = scene{};
    ranked.claims = claim::justified_victims;
    ranked.job(0, 2, 10, 1);
    ranked.job(3, 2, 5, 2);
    auto const evicted = std::string{"0 submit 0.0 #0 - 2\n0 start 0.1 #1 - 0 n0:3@1000/0/0\n3 submit 1.0 #0 "
                                     "- 2\n3 preempt 0.1 #2 checkpointed 0\n"
                                     "3 start 1.1 #3 - 0 n0:3@1000/0/0\n8 finish 1.1 #3 - 0\n8 start 0.2 #4 "
                                     "- 0 n0:3@1000/0/0\n15 finish 0.2 #4 - 0\n"};
    ranked.expect(law::victims_justified, evicted, with(evicted, "3 start 1.1", "4 start 1.1"));
    ranked.jobs.specs[1].priority = 1;
    result.check(ranked.judge(evicted).of(law::victims_justified).stands() == verify::standing::broken,
                 "P7: an equal priority");
}

scene one_node(int gpus) {
    auto made = scene{};
    made.cluster = cluster::uniform(1, 1, static_cast<std::uint8_t>(gpus));
    return made;
}

/// Three GPUs: two jobs of one, and one of two that is before both and needs one of their places.
void choice_of_victims() {
    auto one = one_node(3);
    one.job(0, 1, 10, 0);
    one.job(0, 1, 10, 1);
    one.job(3, 2, 5, 2);
    one.jobs.specs[1].limit_ms = 9;
    auto const told =
        std::string{"0 submit 0.0 #0 - 1\n0 submit 1.0 #0 - 1\n0 start 1.1 #1 - 0 n0:2@1000/0/0\n"
                    "0 start 0.1 #2 - 0 n0:1@1000/0/0\n3 submit 2.0 #0 - 2\n"};
    auto const stop = std::string{"3 preempt 0.1 #3 checkpointed 0\n"};
    auto const start = std::string{"3 start 2.1 #4 - 0 n0:5@1000/0/0\n"};
    auto const good = told + stop + start +
                      "8 finish 2.1 #4 - 0\n8 start 0.2 #5 - 0 n0:1@1000/0/0\n10 finish 1.1 #1 - 0\n"
                      "15 finish 0.2 #5 - 0\n";
    one.claims = claim::minimal_victims;
    one.expect(law::victims_needed, good,
               with(with(good, "3 submit 2.0", "2 finish 0.1 #2 - 0\n3 submit 2.0"), stop,
                    "3 preempt 1.1 #3 checkpointed 0\n"));
    one.expect(law::victims_in_the_way, good, with(good, start, start + "3 preempt 1.1 #6 checkpointed 0\n"));
    one.expect(law::stopped_once, good, with(good, start, "3 start 0.2 #4 - 0 n0:1@1000/0/0\n"));
    one.expect(law::stopped_once, good, with(good, stop, stop + stop));
    one.claims = claim::worst_victims;
    auto const milder = with(with(good, stop, "3 preempt 1.1 #3 checkpointed 0\n"), "n0:5@", "n0:6@");
    one.expect(law::victims_worst, good, milder);
    one.claims = claim::order_kept | claim::by_priority;
    auto const nobody_yields = told + "10 finish 0.1 #2 - 0\n10 finish 1.1 #1 - 0\n10 start 2.1 #4 - 0 "
                                      "n0:5@1000/0/0\n15 finish 2.1 #4 - 0\n";
    one.expect(law::order_kept, good, nobody_yields);
    // by the run times that are declared the third job goes first, too; by submission it does not
    one.claims = claim::justified_victims | claim::order_kept | claim::by_limit;
    one.expect(law::order_kept, good, nobody_yields);
    result.check(one.judge(good).of(law::victims_justified).stands() == verify::standing::holds,
                 "P7: a shorter job");
    one.claims = claim::justified_victims | claim::order_kept | claim::by_submission;
    result.check(one.judge(good).of(law::victims_justified).stands() == verify::standing::broken,
                 "P7: for one that came later");
}

void order_of_service() {
    auto three = one_node(1);
    for (auto i = 0; i != 3; ++i) three.job(0, 1, 5);
    auto const told = std::string{"0 submit 0.0 #0 - 1\n0 submit 1.0 #0 - 1\n0 submit 2.0 #0 - 1\n"};
    auto const in_turn = told + "0 start 0.1 #1 - 0 n0:1@1000/0/0\n5 finish 0.1 #1 - 0\n"
                                "5 start 1.1 #2 - 0 n0:1@1000/0/0\n10 finish 1.1 #2 - 0\n"
                                "10 start 2.1 #3 - 0 n0:1@1000/0/0\n15 finish 2.1 #3 - 0\n";
    auto const passed = told + "0 start 0.1 #1 - 0 n0:1@1000/0/0\n5 finish 0.1 #1 - 0\n"
                               "5 start 2.1 #2 - 0 n0:1@1000/0/0\n10 finish 2.1 #2 - 0\n"
                               "10 start 1.1 #3 - 0 n0:1@1000/0/0\n15 finish 1.1 #3 - 0\n";
    three.claims = claim::by_submission;
    three.expect(law::in_turn, in_turn, passed);
    three.claims = claim::by_time_left;
    three.expect(law::in_turn, in_turn, passed);
    three.given.no_interruptions = false; // what is left of a job is not known then
    result.check(three.judge(passed).of(law::in_turn).stands() == verify::standing::not_exercised,
                 "P6: by what is left, with losses");
    three.given.no_interruptions = true;
    three.claims = claim::head_never_waits | claim::by_limit;
    three.jobs.specs[0].limit_ms = 3;
    three.jobs.specs[1].limit_ms = 4;
    three.expect(law::head_never_waits, in_turn, with(in_turn, "5 start 1.1", "6 start 1.1"));

    auto two = one_node(1); // quanta of 4: the first job has had one at 4
    two.job(0, 1, 8);
    two.job(1, 1, 2);
    auto const quanta =
        std::string{"0 submit 0.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/0/0\n1 submit 1.0 #0 - 1\n"
                    "4 preempt 0.1 #2 checkpointed 0\n4 start 1.1 #3 - 0 n0:1@1000/0/0\n"
                    "6 finish 1.1 #3 - 0\n6 start 0.2 #4 - 0 n0:1@1000/0/0\n10 finish 0.2 #4 - 0\n"};
    auto late = quanta;
    for (auto const& [from, to] :
         {std::pair{"6 ", "8 "}, {"6 ", "8 "}, {"4 preempt", "6 preempt"}, {"4 start", "6 start"}})
        late = with(late, from, to);
    two.claims = claim::order_kept | claim::by_service;
    result.check(two.judge(late).of(law::order_kept).stands() == verify::standing::not_exercised,
                 "P5: in steps that nobody has named");
    two.given.steps.quantum_ms = 4;
    two.expect(law::order_kept, quanta, late);
    two.given.steps = {.quantum_ms = 0, .levels_ms = {4}};
    two.expect(law::order_kept, quanta, late);

    auto told_two = two_jobs();
    told_two.claims = claim::event_driven;
    told_two.expect(law::event_driven, sound, with(sound, "0 start 1.1", "1 start 1.1"));
    auto full = one_node(2);
    full.job(0, 2, 10);
    full.job(0, 1, 5);
    full.claims = claim::bounded_wait;
    auto const waits = submits + "0 start 0.1 #1 - 0 n0:3@1000/0/0\n10 finish 0.1 #1 - 0\n"
                                 "10 start 1.1 #2 - 0 n0:1@1000/0/0\n15 finish 1.1 #2 - 0\n";
    full.expect(law::bounded_wait, waits,
                with(with(waits, "10 start", "21 start"), "15 finish", "26 finish"));
}

/// Two GPUs, and two tenants of one each.
void quotas() {
    auto two = one_node(2);
    two.jobs.tenants = {{}, {{}, 1, 1'000, {}}, {{}, 1, 1'000, {}}};
    two.job(0, 1, 10);
    two.job(0, 1, 10);
    two.job(3, 1, 5);
    two.jobs.specs[0].tenant = two.jobs.specs[1].tenant = tenant_id{1};
    two.jobs.specs[2].tenant = tenant_id{2};
    two.claims = claim::quota_kept;
    auto const back =
        std::string{"0 submit 0.0 #0 - 1\n0 submit 1.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/0/0\n"
                    "0 start 1.1 #2 - 0 n0:2@1000/0/0\n3 submit 2.0 #0 - 1\n"
                    "3 preempt 1.1 #3 checkpointed 0\n3 start 2.1 #4 - 0 n0:2@1000/0/0\n"
                    "8 finish 2.1 #4 - 0\n8 start 1.2 #5 - 0 n0:2@1000/0/0\n10 finish 0.1 #1 - 0\n"
                    "15 finish 1.2 #5 - 0\n"};
    two.expect(law::quota_kept, back,
               with(back, "3 preempt 1.1", "3 preempt 0.1 #6 checkpointed 0\n3 preempt 1.1"));
    auto greedy = two; // the third job asks for more than its tenant's own
    greedy.jobs.specs[2].need = job::gang(2);
    greedy.jobs.tenants[1].nominal_milli = 0;
    auto const all = with(with(with(back, "3 submit 2.0 #0 - 1", "3 submit 2.0 #0 - 2"), "3 preempt 1.1",
                               "3 preempt 0.1 #6 checkpointed 0\n3 preempt 1.1"),
                          "3 start 2.1 #4 - 0 n0:2@", "3 start 2.1 #4 - 0 n0:3@");
    result.check(greedy.judge(all).of(law::quota_kept).stands() == verify::standing::broken,
                 "S7: for more than is its own");
    greedy.jobs.tenants[2].nominal_milli = 2'000;
    result.check(greedy.judge(all).of(law::quota_kept).stands() == verify::standing::holds,
                 "S7: for its own");
    greedy.jobs.tenants.push_back(
        {tenant_id{1}, 1, 0, {}}); // both jobs are a child's, and the family has quota
    greedy.jobs.specs[0].tenant = greedy.jobs.specs[1].tenant = tenant_id{3};
    greedy.jobs.tenants[1].nominal_milli = 1'000;
    result.check(greedy.judge(all).of(law::quota_kept).stands() == verify::standing::broken,
                 "S7: of a family");

    two.claims = claim::by_share;
    two.jobs.specs[2].submit = {};
    auto const shared = std::string{
        "0 submit 0.0 #0 - 1\n0 submit 1.0 #0 - 1\n0 submit 2.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/0/0\n"
        "0 start 2.1 #2 - 0 n0:2@1000/0/0\n5 finish 2.1 #2 - 0\n5 start 1.1 #3 - 0 n0:2@1000/0/0\n"
        "10 finish 0.1 #1 - 0\n15 finish 1.1 #3 - 0\n"};
    two.expect(law::in_turn, shared,
               with(with(with(with(shared, "0 start 2.1", "0 start 1.1"), "5 finish 2.1", "5 finish 1.1"),
                         "5 start 1.1", "5 start 2.1"),
                    "15 finish 1.1", "15 finish 2.1"));
}

/// What a law says of a log that breaks it.
void says(verify::report const& found, law which, std::string const& words) {
    auto const& why = found.of(which);
    result.check(why.story == words, std::string{verify::text_of(which).code} + ": says '" + why.story + "'");
}
void holds(verify::report const& found, law which, std::string const& what) {
    result.check(found.of(which).stands() == verify::standing::holds,
                 std::string{verify::text_of(which).code} + ": " + what);
}
void not_exercised(verify::report const& found, law which, std::string const& what) {
    result.check(found.of(which).stands() == verify::standing::not_exercised,
                 std::string{verify::text_of(which).code} + ": " + what);
}

/// Two nodes of 4 GPUs, each one tenant's cell. The first tenant runs two jobs of one GPU, the second wants its node.
void cells() {
    auto two = scene{};
    two.cluster = cluster::uniform(1, 2, 4);
    two.jobs.tenants.resize(3);
    two.job(0, 1, 10);
    two.job(0, 1, 10);
    two.job(1, 4, 5);
    two.job(2, 1, 2);
    for (auto j = std::size_t{0}; j != 4; ++j)
        two.jobs.specs[j].tenant = static_cast<tenant_id>(j < 2 ? 1 : 2);
    two.jobs.specs[2].need.span = job::span::one_node;
    two.claims = claim::cells_kept;
    for (auto t : {tenant_id{1}, tenant_id{2}})
        two.given.cells.push_back({.tenant = t, .model = {}, .node_gpus = 4, .gpus = 4});
    auto const told =
        std::string{"0 submit 0.0 #0 - 1\n0 submit 1.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/0/0\n"
                    "0 start 1.1 #2 - 0 n0:2@1000/0/0\n1 submit 2.0 #0 - 4\n"};
    auto const kept = told + "1 start 2.1 #3 - 0 n1:f@1000/0/0\n2 submit 3.0 #0 - 1\n6 finish 2.1 #3 - 0\n"
                             "6 start 3.1 #4 - 0 n1:1@1000/0/0\n8 finish 3.1 #4 - 0\n10 finish 0.1 #1 - 0\n"
                             "10 finish 1.1 #2 - 0\n";
    auto const late = with(with(kept, "6 start 3.1", "7 start 3.1"), "8 finish", "9 finish");
    auto const spread =
        with(told, "n0:2@", "n1:2@") +
        "2 submit 3.0 #0 - 1\n2 start 3.1 #3 - 0 n1:1@1000/0/0\n4 finish 3.1 #3 - 0\n10 finish 0.1 #1 - 0\n"
        "10 finish 1.1 #2 - 0\n10 start 2.1 #4 - 0 n1:f@1000/0/0\n15 finish 2.1 #4 - 0\n";
    two.expect(law::cells_there, kept, spread);
    says(two.judge(spread), law::cells_there,
         "the private cells that tenants could still have are 1 blocks of 4 GPUs short");
    two.expect(law::cells_kept, kept, late);
    says(two.judge(late), law::cells_kept, "job 3 waits, and the cells of tenant 2 have room for it");
    holds(two.judge(late), law::cells_there, "who waits in vain touches no cell of others");
    not_exercised(two.judge("0 quota 1.0 #0 - 4000\n" + kept), law::cells_kept, "after a quota has changed");

    auto visited = two; // a visitor does not count as long as nobody wants its place, and leaves then
    visited.jobs.specs[1].priority = -1;
    holds(visited.judge(spread), law::cells_there, "a visitor in a cell");
    says(visited.judge(spread), law::cells_kept, "job 2 waits, and the cells of tenant 2 have room for it");
    auto half =
        two; // of the first tenant's cells one is left untouched: none of its GPUs need be the second's
    half.given.cells = {{tenant_id{1}, {}, 4, 2, 2}, {tenant_id{2}, {}, 4, 2, 1}};
    holds(half.judge(spread), law::cells_there, "cells of 2 GPUs");
    half.given.cells[1].count = 2;
    holds(half.judge(kept), law::cells_there, "all GPUs promised");
    half.given.cells.clear();
    not_exercised(half.judge(late), law::cells_there, "where no cells are told");
    not_exercised(half.judge(late), law::cells_kept, "where no cells are told");
    two.given.immediate = false;
    not_exercised(two.judge(late), law::cells_kept, "where orders take time");
}

/// Four GPUs and two tenants of equal weight that own nothing.
void shares() {
    auto two = one_node(4);
    two.jobs.tenants.resize(3);
    for (auto j = 0u; j != 6; ++j) {
        two.job(0, 1, 10);
        two.jobs.specs[j].tenant = static_cast<tenant_id>(j < 4 ? 1 : 2);
    }
    auto told = std::string{};
    for (auto j = 0; j != 6; ++j) told += "0 submit " + std::to_string(j) + ".0 #0 - 1\n";
    /// The first four start at 0, the others at 10.
    auto const in_turn = [&](std::array<int, 6> const& jobs) {
        auto text = told;
        for (auto i = std::size_t{0}; i != 6; ++i) {
            auto const at = std::string{i < 4 ? "0" : "10"};
            auto const gpu = std::to_string(1u << i % 4);
            auto const op = std::to_string(i + 1);
            if (i == 4)
                for (auto k = std::size_t{0}; k != 4; ++k)
                    text +=
                        "10 finish " + std::to_string(jobs[k]) + ".1 #" + std::to_string(k + 1) + " - 0\n";
            text += at + " start " + std::to_string(jobs[i]) + ".1 #" + op + " - 0 n0:" + gpu + "@1000/0/0\n";
        }
        return text + "20 finish " + std::to_string(jobs[4]) + ".1 #5 - 0\n20 finish " +
               std::to_string(jobs[5]) + ".1 #6 - 0\n";
    };
    auto const equal = in_turn({0, 4, 1, 5, 2, 3});
    auto const all_for_one = in_turn({0, 1, 2, 3, 4, 5});
    two.claims = claim::envy_free;
    two.expect(law::envy_free, equal, all_for_one);
    says(two.judge(all_for_one), law::envy_free,
         "tenant 2 waits, and could run a job more on what tenant 1 has, less any job that this one started");
    two.claims = claim::sharing_incentive;
    two.expect(law::sharing_incentive, equal, all_for_one);
    says(two.judge(all_for_one), law::sharing_incentive,
         "tenant 2 waits for a GPU and has less than 1 in 2 of the cluster, less a job of each other");
    two.claims = claim::envy_free | claim::sharing_incentive;
    auto const three_to_one = in_turn({0, 1, 2, 4, 3, 5});
    result.check(two.judge(three_to_one).of(law::envy_free).stands() == verify::standing::broken,
                 "P13: two more than another");
    auto weighted = two;
    weighted.jobs.tenants[1].weight = 3;
    holds(weighted.judge(three_to_one), law::envy_free, "three to one, as their weights");
    weighted.jobs.tenants[1].weight = weighted.jobs.tenants[2].weight = 3;
    result.check(weighted.judge(three_to_one).of(law::envy_free).stands() == verify::standing::broken,
                 "P13: equal weights");
    auto owned = two;
    owned.jobs.tenants[1].nominal_milli = 4'000;
    not_exercised(owned.judge(all_for_one), law::envy_free, "where somebody starts within its quota");
    not_exercised(owned.judge(all_for_one), law::sharing_incentive, "where somebody starts within its quota");
    auto picky = two; // what the other has is of no use to it
    for (auto j : {4u, 5u}) picky.jobs.specs[j].need.cpu_milli = 1'000;
    picky.cluster.nodes[0].cpu_milli = 4'000;
    auto fed = with(all_for_one, "start 4.1 #5 - 0 n0:1@1000/0/0", "start 4.1 #5 - 0 n0:1@1000/1000/0");
    fed = with(fed, "start 5.1 #6 - 0 n0:2@1000/0/0", "start 5.1 #6 - 0 n0:2@1000/1000/0");
    not_exercised(picky.judge(fed), law::envy_free, "where its jobs could not run in their place");

    // tenant 2 has most of the CPU, and the job that waits asks for none: more GPUs are nothing that it lacks
    auto mixed = one_node(8);
    mixed.cluster.nodes[0].cpu_milli = 8'000;
    mixed.jobs.tenants.resize(3);
    for (auto const& [submit, gpus, tenant, cpu] :
         {std::array{0, 4, 1, 1'000}, {0, 1, 2, 4'000}, {1, 2, 1, 0}, {1, 2, 2, 0}}) {
        mixed.job(submit, gpus, 10);
        mixed.jobs.specs.back().tenant = static_cast<tenant_id>(tenant);
        mixed.jobs.specs.back().need.cpu_milli = static_cast<std::uint32_t>(cpu);
    }
    mixed.claims = claim::envy_free;
    auto const log =
        std::string{"0 submit 0.0 #0 - 4\n0 submit 1.0 #0 - 1\n0 start 0.1 #1 - 0 n0:f@1000/4000/0\n"
                    "0 start 1.1 #2 - 0 n0:10@1000/4000/0\n1 submit 2.0 #0 - 2\n1 submit 3.0 #0 - 2\n"
                    "1 start 2.1 #3 - 0 n0:60@1000/0/0\n10 finish 0.1 #1 - 0\n10 finish 1.1 #2 - 0\n"
                    "10 start 3.1 #4 - 0 n0:3@1000/0/0\n11 finish 2.1 #3 - 0\n20 finish 3.1 #4 - 0\n"};
    holds(mixed.judge(log), law::envy_free, "no more of what it has most of");
    mixed.jobs.specs[1].need.cpu_milli = 3'000;
    result.check(
        mixed.judge(with(log, "n0:10@1000/4000/0", "n0:10@1000/3000/0")).of(law::envy_free).stands() ==
            verify::standing::broken,
        "P13: more of all that it has");
}

// --- schedulers with a seeded bug

enum class bug : std::uint8_t {
    none,
    forgets_returning, ///< queues on `submitted` alone
    lifo,              ///< claims FIFO
    skips_the_head,    ///< claims FIFO, lets others pass
    sleeps,            ///< starts one job a submission and does not look again
    one_gpu_short,     ///< places one GPU less than asked
    scatters,          ///< ignores the span
    on_closed,         ///< starts on closed nodes
    evicts_equals,     ///< stops jobs of the same priority
    evicts_for_nobody, ///< stops a job when anything is submitted
    restless,          ///< acts in every second pass only
    ignores_resync,    ///< keeps its queue when another object takes over
    wrong_rack,        ///< claims devices of another job
    over_promises,     ///< promises the present and does not keep it
    counts,            ///< number of them
};
constexpr auto bug_names = std::array{"none",
                                      "forgets returning jobs",
                                      "LIFO",
                                      "skips the head",
                                      "sleeps",
                                      "one GPU short",
                                      "scatters",
                                      "on closed nodes",
                                      "evicts equals",
                                      "evicts for nobody",
                                      "restless",
                                      "ignores resync",
                                      "takes held devices",
                                      "over-promises"};
static_assert(bug_names.size() == static_cast<std::size_t>(bug::counts));

/// FIFO by the book with one bug.
class buggy {
public:
    explicit buggy(bug which) : bug_{which} {}

    void on(event const& happened, view const& v) {
        fresh_ |= happened.kind == event_kind::submitted;
        if (happened.kind == event_kind::resync) {
            waiting_.clear();
            if (bug_ != bug::ignores_resync)
                for (auto j : v.jobs())
                    if (v.waiting(j)) waiting_.insert(j);
            return;
        }
        if (!happened.about_a_job()) return;
        auto const enters = happened.after == phase::waiting &&
                            (bug_ != bug::forgets_returning || happened.kind == event_kind::submitted);
        if (enters) waiting_.insert(happened.job);
        else waiting_.erase(happened.job);
    }
    void decide(view const& v, actions& a) {
        if (bug_ == bug::restless && ++passes_ % 2 == 1) return;
        if (bug_ == bug::sleeps && !fresh_) return;
        auto queue = std::vector<job_id>(waiting_.begin(), waiting_.end());
        if (bug_ == bug::lifo) std::reverse(queue.begin(), queue.end());
        if (bug_ == bug::evicts_for_nobody && std::exchange(fresh_, false))
            for (auto j : v.jobs())
                if (v.where(j) == phase::running && v.state(j).preemptions == 0) {
                    a.preempt(j);
                    return;
                }
        for (auto j : queue) {
            if (bug_ == bug::over_promises) a.promise(j, v.now());
            if (start(v, a, j)) {
                waiting_.erase(j);
                if (bug_ == bug::sleeps) return void(fresh_ = false);
            } else if (bug_ == bug::evicts_equals) {
                for (auto other : v.jobs())
                    if (v.where(other) == phase::running && other > j &&
                        v.spec(other).priority <= v.spec(j).priority) {
                        a.preempt(other);
                        if (start(v, a, j)) {
                            waiting_.erase(j);
                            break;
                        }
                    }
                return;
            } else if (bug_ != bug::skips_the_head) {
                return;
            }
        }
    }

private:
    [[nodiscard]] bool start(view const& v, actions& a, job_id j) const {
        auto need = v.need(j);
        if (bug_ == bug::one_gpu_short && need.gpus_max > 1) need.gpus_min = --need.gpus_max;
        if (bug_ == bug::scatters) need.span = job::span::anywhere;
        if (bug_ == bug::on_closed || bug_ == bug::wrong_rack) {
            auto blind = cluster::ledger(v.free().layout());
            if (bug_ == bug::on_closed)
                for (auto k : v.jobs()) blind.take(v.intent(k));
            auto const where = placement::first_fit{}.place(need, blind);
            return where && a.start(j, *where) == answer::accepted;
        }
        auto const where = bug_ == bug::scatters ? placement::first_fit{}.place(need, v.free())
                                                 : placement::consolidated{}.place(need, v.free());
        return where && a.start(j, *where) == answer::accepted;
    }

    bug bug_;
    std::set<job_id> waiting_;
    bool fresh_ = false;
    std::uint32_t passes_ = 0;
};

void seeded_bugs() {
    struct expected {
        bug which;
        claim claims;
        std::set<law> laws; ///< any of them is right
        std::size_t jobs;   ///< at most that many are left
    };
    auto const fifo = claim::strict_fifo | claim::non_preemptive | claim::head_never_waits;
    auto const stops = claim::justified_victims;
    auto const all = std::vector<expected>{
        {bug::none, fifo, {}, 0},
        {bug::forgets_returning, fifo, {law::all_end, law::settles, law::head_never_waits}, 1},
        {bug::lifo, fifo, {law::strict_fifo, law::head_never_waits}, 3},
        {bug::skips_the_head, fifo, {law::strict_fifo}, 3},
        {bug::sleeps, fifo, {law::quiescent, law::head_never_waits, law::all_end}, 2},
        {bug::one_gpu_short, fifo, {law::legal}, 1},
        {bug::scatters, fifo, {law::legal}, 3},
        {bug::on_closed, fifo, {law::legal}, 1},
        {bug::evicts_equals, stops, {law::victims_justified, law::settles}, 3},
        {bug::evicts_for_nobody, stops, {law::victims_justified}, 2},
        {bug::evicts_for_nobody, fifo, {law::non_preemptive}, 2},
        {bug::restless, fifo, {law::quiescent, law::settles}, 2},
        {bug::ignores_resync, fifo, {law::all_end, law::head_never_waits, law::strict_fifo}, 3},
        {bug::wrong_rack, fifo, {law::legal}, 2},
        {bug::over_promises, fifo | claim::easy_promise, {law::promise_kept, law::bounded}, 2},
    };
    for (auto const& one : all) {
        auto const name = std::string{bug_names[static_cast<std::size_t>(one.which)]};
        auto under = under_test(name, [which = one.which](auto const&) { return buggy{which}; });
        under.claims = one.claims;
        auto caught = false;
        for (auto i = std::uint64_t{0}; i != 400 && !caught; ++i) {
            auto const what = verify::draw(1 + i, world_of(i, 0xff),
                                           verify::without(verify::feature::all, verify::feature::elastic));
            auto const found = run_case(under, what);
            auto const broken = found.laws.broken();
            if (!broken) continue;
            caught = true;
            auto const small =
                verify::shrink(what, *broken, [&](verify::trial const& t) { return run_case(under, t); });
            std::printf("%-24s caught by %s in case %llu, shrunk from %zu jobs to %zu in %u steps\n",
                        name.c_str(), std::string{verify::text_of(*broken).code}.c_str(),
                        static_cast<unsigned long long>(i + 1), what.jobs.size(), small.what.jobs.size(),
                        small.steps);
            auto const right = one.laws.contains(*broken) && small.what.jobs.size() <= one.jobs;
            result.check(right,
                         name + ": another law, or not small\n" + verify::story(small.what, small.found));
            result.check(small.found.laws.broken() == *broken, name + ": shrinking kept the law");
        }
        result.check(caught == (one.which != bug::none),
                     name + (caught ? ": a sound scheduler was blamed" : ": not caught"));
    }
}

} // namespace

int main() {
    safety();
    capacity();
    books_and_time();
    results();
    promises_of_policies();
    choice_of_victims();
    order_of_service();
    quotas();
    cells();
    shares();
    seeded_bugs();
    return result.end();
}
