// SPDX-License-Identifier: BSL-1.0
// What nodes give and tenants own changes: nodes are drained, others take CPU and memory, quotas are other ones.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/quota_change.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/world.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;
using enum cluster::node_state;

auto told = tally{};

struct scene {
    cluster::spec cluster;
    job::workload jobs{};
    simulation::conditions under{};

    void job(std::int64_t submit, int gpus, millis work, std::uint32_t cpu_milli = 0, tenant_id tenant = {}) {
        auto spec = job::spec{.submit = sim_time{submit}, .need = job::gang(gpus), .tenant = tenant};
        spec.need.cpu_milli = cpu_milli;
        jobs.specs.push_back(spec);
        jobs.works.push_back({.duration_ms = work});
    }
    /// The log of that scheduler, without its first line.
    template <class Make>
    [[nodiscard]] std::string log(Make make) const {
        auto written = log::schedule{};
        auto host = simulation::simulator{cluster, jobs, under, recorder{written}};
        host.run(make);
        auto const text = log::to_text(written);
        return text.substr(text.find('\n') + 1);
    }
};

void expect(std::string const& got, std::string const& wanted, std::string const& what) {
    told.check(got == wanted, what + "\n" + got);
}

void a_drained_node() {
    auto one = scene{cluster::uniform(1, 2, 1)};
    one.job(0, 1, 10);
    one.job(3, 1, 1);
    one.job(11, 2, 1);
    one.under.node_changes = {{sim_time{2}, node_id{0}, drained}, {sim_time{20}, node_id{0}, up}};
    expect(one.log([] { return system::best_effort_fifo<>{}; }),
           "0 submit 0.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/0/0\n"
           "2 node_down 0.0 #0 drained 0 n0:0@0/0/0\n"
           "3 submit 1.0 #0 - 1\n3 start 1.1 #2 - 0 n1:1@1000/0/0\n4 finish 1.1 #2 - 0\n"
           "10 finish 0.1 #1 - 0\n"
           "11 submit 2.0 #0 - 2\n"
           "20 node_up 0.0 #0 - 0 n0:0@0/0/0\n20 start 2.1 #3 - 0 n0:1@1000/0/0 n1:1@1000/0/0\n"
           "21 finish 2.1 #3 - 0\n",
           "what runs on a drained node goes on, and nothing new is put there");
    // then it goes away: that it was closed before is known, what ran there is lost
    one.under.node_changes.insert(one.under.node_changes.begin() + 1, {sim_time{5}, node_id{0}, down});
    expect(one.log([] { return system::best_effort_fifo<>{}; }),
           "0 submit 0.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/0/0\n"
           "2 node_down 0.0 #0 drained 0 n0:0@0/0/0\n"
           "3 submit 1.0 #0 - 1\n3 start 1.1 #2 - 0 n1:1@1000/0/0\n4 finish 1.1 #2 - 0\n"
           "5 interrupt 0.1 #1 node_down 0\n5 start 0.2 #3 - 0 n1:1@1000/0/0\n"
           "11 submit 2.0 #0 - 2\n15 finish 0.2 #3 - 0\n"
           "20 node_up 0.0 #0 - 0 n0:0@0/0/0\n20 start 2.1 #4 - 0 n0:1@1000/0/0 n1:1@1000/0/0\n"
           "21 finish 2.1 #4 - 0\n",
           "a drained node that goes away takes with it what runs there");
}

void what_others_take() {
    auto one = scene{cluster::uniform(1, 1, 4, 4'000, 1'000)};
    one.job(0, 1, 10, 3'000);
    one.job(1, 1, 1, 1'000);
    one.job(7, 1, 2, 4'000);
    one.under.node_changes = {{sim_time{1}, node_id{0}, up, 4'000, 200}, // of which 1,000 are free
                              {sim_time{5}, node_id{0}, up},
                              {sim_time{11}, node_id{0}, up, 1'000},
                              {sim_time{12}, node_id{0}, up}};
    expect(one.log([] { return system::best_effort_fifo<>{}; }),
           "0 submit 0.0 #0 - 1\n0 start 0.1 #1 - 0 n0:1@1000/3000/0\n"
           "1 node_up 0.0 #0 - 0 n0:0@0/1000/200\n1 submit 1.0 #0 - 1\n"
           "5 node_up 0.0 #0 - 0 n0:0@0/0/0\n5 start 1.1 #2 - 0 n0:2@1000/1000/0\n6 finish 1.1 #2 - 0\n"
           "7 submit 2.0 #0 - 1\n"
           "10 finish 0.1 #1 - 0\n10 start 2.1 #3 - 0 n0:1@1000/4000/0\n"
           "12 finish 2.1 #3 - 0\n",
           "others take what is free of a node, no more, and give it back");
}

void a_quota() {
    auto one = scene{cluster::uniform(1, 1, 2)};
    one.jobs.tenants = {{}, {tenant_id{0}, 1, 0, {}}, {tenant_id{0}, 1, 0, {}}};
    one.job(0, 1, 10, 0, tenant_id{1});
    one.job(0, 1, 10, 0, tenant_id{1});
    one.job(1, 1, 2, 0, tenant_id{2});
    one.under.quota_changes = {{sim_time{4}, tenant_id{2}, 1'000}};
    expect(
        one.log([] { return system::quota_drf<>{}; }),
        "0 submit 0.0 #0 - 1\n0 submit 1.0 #0 - 1\n"
        "0 start 0.1 #1 - 0 n0:1@1000/0/0\n0 start 1.1 #2 - 0 n0:2@1000/0/0\n"
        "1 submit 2.0 #0 - 1\n"
        "4 quota 2.0 #0 - 1000\n4 preempt 1.1 #3 checkpointed 0\n4 start 2.1 #4 - 0 n0:2@1000/0/0\n"
        "6 finish 2.1 #4 - 0\n6 start 1.2 #5 - 0 n0:2@1000/0/0\n10 finish 0.1 #1 - 0\n12 finish 1.2 #5 - 0\n",
        "who owns a GPU from then on takes it back");
}

/// Starts the only job on one node, and at 3 ms wants a second one beside it.
struct grows {
    void on(event const&, view const&) {}
    void decide(view const& v, actions& a) {
        auto const j = job_id{0};
        auto where = cluster::placement{{node_id{0}, 1}};
        if (v.waiting(j)) told.check(a.start(j, where) == answer::accepted, "it starts");
        if (v.now() < sim_time{3}) a.wake_at(sim_time{3});
        where.add({node_id{1}, 1});
        if (v.now() == sim_time{3} && v.where(j) == phase::running)
            told.check(a.move(j, where) == answer::accepted, "it may keep what it has of a drained node");
    }
};

void a_move_that_keeps_a_drained_node() {
    auto one = scene{cluster::uniform(1, 2, 1)};
    one.job(0, 1, 20);
    one.jobs.specs[0].need.gpus_max = 2;
    one.jobs.works[0].knee = 2; // twice as fast
    one.under.latency_ms_max = 1;
    one.under.node_changes = {{sim_time{2}, node_id{0}, drained}};
    expect(one.log([] { return grows{}; }),
           "0 submit 0.0 #0 - 2\n1 start 0.1 #1 - 0 n0:1@1000/0/0\n2 node_down 0.0 #0 drained 0 n0:0@0/0/0\n"
           "4 move 0.1 #2 - 0 n0:1@1000/0/0 n1:1@1000/0/0\n13 finish 0.1 #2 - 0\n",
           "a job grows beside what it has of a drained node");
}

/// Recounts after every event about capacity, and counts them.
struct recounts {
    system::best_effort_fifo<> scheduler{};
    verify::detail::recount* count;
    std::uint64_t* changes;

    void on(event const& happened, view const& v) {
        scheduler.on(happened, v);
        if (happened.about_a_job() || happened.kind == event_kind::wake ||
            happened.kind == event_kind::resync)
            return;
        ++*changes;
        (*count)(v);
    }
    void decide(view const& v, actions& a) { scheduler.decide(v, a); }
};

/// Jobs that hold some of a node as it is drained, and are then interrupted for a node that went away, though none did.
[[nodiscard]] int thrown_out(verify::trial const& what, log::schedule const& log) {
    auto count = 0;
    auto lost = std::set<std::int64_t>{}; // times at which a node went away
    for (auto const& one : what.under.node_changes)
        if (one.to == down) lost.insert(index(one.at));
    for (auto const& one : log.records)
        if (one.kind == log::kind::interrupt && one.why == log::cause::node_down) {
            auto const from = lost.lower_bound(index(one.at) - what.under.late_ms_max);
            count += from == lost.end() || *from > index(one.at);
        }
    return count;
}

void any_world(std::uint64_t cases) {
    auto changes = std::uint64_t{0};
    auto bad = std::string{};
    for (auto seed = std::uint64_t{1}; seed <= cases && bad.empty(); ++seed) {
        auto const under =
            static_cast<verify::world>(static_cast<unsigned>(verify::world_of(seed, verify::worlds - 1)) |
                                       static_cast<unsigned>(verify::world::capacity));
        auto const what = verify::draw(seed, under);
        auto laws = verify::report{};
        auto count = verify::detail::recount{what.cluster, laws};
        auto written = log::schedule{};
        auto host = simulation::simulator{what.cluster, what.jobs, what.under, recorder{written}};
        host.run([&] { return recounts{.count = &count, .changes = &changes}; });
        if (auto const broken = laws.broken()) bad = laws.of(*broken).story;
        if (thrown_out(what, written) != 0) bad = "interrupted for a node that did not go away";
        if (!bad.empty()) bad = "seed " + std::to_string(seed) + ": " + bad;
    }
    told.check(bad.empty(), bad);
    told.check(changes > cases, "capacity changes in most of the worlds");
}

} // namespace

int main() {
    a_drained_node();
    what_others_take();
    a_quota();
    a_move_that_keeps_a_drained_node();
    any_world(cases_wanted(1'000));
    return told.end();
}
