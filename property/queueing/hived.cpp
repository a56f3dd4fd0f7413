// SPDX-License-Identifier: BSL-1.0
// HiveD's guarantee: every job of a tenant starts in the shared cluster when it would on the tenant's cells alone,
// whatever the others do, which jobs visit, and which spare nodes fail. And that a quota of GPUs does not give that.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/worst_fit.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/hived.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/trial.hpp>
#include <rota/verify/verdict.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

/// Tenants by a quota of GPUs each, jobs by submission, anywhere on the cluster: what HiveD is measured against.
template <class Placement>
struct plain_quota {
    Placement place{};

    void on(event const&, view const&) {}
    void decide(view const& v, actions& a) {
        for (auto j = std::uint32_t{0}; j != v.submitted(); ++j) {
            auto const id = job_id{j};
            if (v.state(id).over || !v.waiting(id)) continue;
            auto const& tenant = v.tenant(v.spec(id).tenant);
            if (tenant.used_milli + std::int64_t{v.need(id).gpus_max} * whole_gpu > tenant.nominal_milli)
                continue;
            if (auto const where = place.place(v.need(id), v.free())) static_cast<void>(a.start(id, *where));
        }
    }
};

struct world {
    cluster::spec cluster;
    job::workload jobs;
    simulation::conditions under{};
};

void add(world& to, millis submit, std::uint16_t tenant, int gpus, std::int32_t priority, millis runs) {
    to.jobs.specs.push_back({.submit = sim_time{submit},
                             .need = job::gang(gpus),
                             .tenant = static_cast<tenant_id>(tenant),
                             .priority = priority});
    to.jobs.works.push_back({.duration_ms = runs});
}

std::vector<sim_time> starts(world const& in, auto make, simulation::simulator::ending* how = nullptr) {
    auto sim = simulation::simulator{in.cluster, in.jobs, in.under};
    auto const ended = sim.run(make);
    if (how != nullptr) *how = ended;
    auto out = std::vector<sim_time>{};
    for (auto const& one : sim.results()) out.push_back(one.first_start);
    return out;
}

/// A tenant's guaranteed jobs alone on its cells.
std::map<std::size_t, sim_time> alone(world const& in, cluster::spec const& cells, std::uint16_t tenant,
                                      auto make) {
    auto own = world{cells, {}, {}};
    own.jobs.tenants = in.jobs.tenants;
    auto which = std::vector<std::size_t>{};
    for (auto j = std::size_t{0}; j != in.jobs.size(); ++j)
        if (index(in.jobs.specs[j].tenant) == tenant && in.jobs.specs[j].priority >= 0) {
            own.jobs.specs.push_back(in.jobs.specs[j]);
            own.jobs.works.push_back(in.jobs.works[j]);
            which.push_back(j);
        }
    auto out = std::map<std::size_t, sim_time>{};
    auto const got = starts(own, make);
    for (auto i = std::size_t{0}; i != which.size(); ++i) out[which[i]] = got[i];
    return out;
}

/// The cells that the system makes of the quotas: it makes them when it first sees the cluster.
std::vector<cluster::spec> private_clusters(world const& in) {
    auto out = std::vector<cluster::spec>{};
    struct peeks {
        system::hived<> inner{};
        std::vector<cluster::spec>* to;
        void on(event const& e, view const& v) { inner.on(e, v); }
        void decide(view const& v, actions& a) {
            inner.decide(v, a);
            to->clear();
            for (auto const& one : inner.tenants()) to->push_back(one.layout());
        }
    };
    static_cast<void>(starts(in, [&] { return peeks{{}, &out}; }));
    return out;
}

world some_world(std::uint64_t seed, int tenants, std::uint64_t spare_nodes) {
    auto draw = rota::random{seed};
    auto const below = [&](std::uint64_t n) { return static_cast<int>(draw.below(n)); };
    auto in = world{cluster::uniform(4, 4, 8), {}, {}};
    auto left = std::int64_t{16} - static_cast<std::int64_t>(spare_nodes);
    in.jobs.tenants.resize(static_cast<std::size_t>(tenants) + 1);
    for (auto t = tenants; t != 0; --t) {
        auto const nodes = t == 1 ? left : 1 + below(static_cast<std::uint64_t>(left - t + 1));
        // now and then a part of a node, too
        auto const odd = t != 1 && nodes > 1 && spare_nodes == 0 ? below(3) * 2 : 0;
        in.jobs.tenants[static_cast<std::size_t>(t)].nominal_milli = (nodes * 8 - odd) * whole_gpu;
        left -= nodes;
    }
    auto at = millis{0};
    for (auto i = 0; i != 400; ++i) {
        at += below(40) * 1'000;
        constexpr int sizes[] = {1, 1, 1, 2, 2, 4, 8, 8, 16, 24};
        auto const guest = below(4) == 0;
        add(in, at, static_cast<std::uint16_t>(1 + below(static_cast<std::uint64_t>(tenants))),
            sizes[below(10)], guest ? -1 : 0, (1 + below(600)) * 1'000);
    }
    return in;
}

/// Whether each tenant's jobs that its cells can hold start as they would alone.
bool starts_as_alone(world const& in, std::vector<sim_time> const& shared,
                     std::vector<cluster::spec> const& cells, auto make) {
    auto as_alone = true;
    for (auto t = std::uint16_t{1}; t != in.jobs.tenants.size(); ++t)
        for (auto const& [j, start] : alone(in, cells[t], t, make)) // never: its cells could not hold it
            as_alone &= start == never || shared[j] == start;
    return as_alone;
}

template <class Placement>
void guaranteed(tally& result, std::string const& name) {
    auto const make = [] { return system::hived<Placement>{}; };
    auto const own = [] { return system::best_effort_fifo<Placement>{}; };
    auto preempted = std::uint32_t{0};
    for (auto seed = std::uint64_t{1}; seed <= in_proportion(39u); ++seed) {
        auto const in = some_world(seed, 2 + static_cast<int>(seed % 3), 0);
        auto how = simulation::simulator::ending{};
        auto const shared = starts(in, make, &how);
        result.check(how == simulation::simulator::ending::complete, name + ": every job ends");
        result.check(starts_as_alone(in, shared, private_clusters(in), own), name + ": starts as if alone");
        auto sim = simulation::simulator{in.cluster, in.jobs};
        sim.run(make);
        for (auto const& one : sim.results()) preempted += one.preemptions;
    }
    result.check(39 * preempted > 100 * in_proportion(39u), name + ": visitors were sent away");
}

/// As many failed nodes as nobody was promised: nobody notices.
void spare_nodes_fail(tally& result) {
    for (auto seed = std::uint64_t{1}; seed <= in_proportion(39u); ++seed) {
        auto in = some_world(seed, 3, 3);
        in.cluster = cluster::uniform(16, 1, 8); // with cells of racks a node would take three others along
        auto const cells = private_clusters(in);
        auto draw = rota::random{seed};
        auto down = std::vector<node_id>{};
        for (auto n = 0; n != 3; ++n) { // from the start
            down.push_back(static_cast<node_id>(draw.below(16)));
            if (std::count(down.begin(), down.end(), down.back()) > 1) down.pop_back();
            else in.under.node_changes.push_back({sim_time{0}, down.back(), cluster::node_state::down});
        }
        auto const shared = starts(in, [] { return system::hived<>{}; });
        result.check(starts_as_alone(in, shared, cells, [] { return system::best_effort_fifo<>{}; }),
                     "spare nodes fail, and every job starts as if alone");
    }
}

/// More fail than are spare: cells of that many nodes are lost, and no more than these.
void doomed(tally& result) {
    for (auto seed = std::uint64_t{1}; seed <= in_proportion(19u); ++seed) {
        auto in = world{cluster::uniform(2, 4, 8), {}, {}};
        in.jobs.tenants.resize(3);
        in.jobs.tenants[1].nominal_milli = in.jobs.tenants[2].nominal_milli =
            24 * whole_gpu; // 2 nodes to spare
        auto draw = rota::random{seed};
        for (auto n = std::uint32_t{0}; n != 8; ++n)
            in.under.node_changes.push_back({sim_time{0}, node_id{n}, cluster::node_state::down});
        std::shuffle(in.under.node_changes.begin(), in.under.node_changes.end(), draw);
        in.under.node_changes.resize(4); // 2 of the 6 promised are lost
        for (auto i = 0; i != 6; ++i) add(in, 1, static_cast<std::uint16_t>(1 + i % 2), 8, 0, 1'000'000);
        auto const got = starts(in, [] { return system::hived<>{}; });
        result.check(std::count(got.begin(), got.end(), sim_time{1}) == 4,
                     "the sound nodes are all given out");
    }
}

/// A rack is one cell: its failed node shows to the tenant, whose jobs take the others.
void failed_inside(tally& result) {
    auto in = world{cluster::uniform(2, 4, 8), {}, {}};
    in.jobs.tenants.resize(3);
    in.jobs.tenants[1].nominal_milli = in.jobs.tenants[2].nominal_milli = 32 * whole_gpu;
    in.under.node_changes = {{sim_time{0}, node_id{0}, cluster::node_state::down},
                             {sim_time{0}, node_id{4}, cluster::node_state::down}};
    for (auto i = 0; i != 8; ++i) add(in, 1, static_cast<std::uint16_t>(1 + i % 2), 8, 0, 100'000);
    auto const got = starts(in, [] { return system::hived<>{}; });
    result.check(std::count(got.begin(), got.end(), sim_time{1}) == 6, "the other nodes of a rack are used");
    result.check(std::count(got.begin(), got.end(), sim_time{100'001}) == 2, "and used again");
}

/// Two nodes, two tenants of a node each: jobs of one GPU spread by the first leave the second no whole node.
void quota_is_no_guarantee(tally& result) {
    auto in = world{cluster::uniform(1, 2, 8), {}, {}};
    in.jobs.tenants.resize(3);
    in.jobs.tenants[1].nominal_milli = in.jobs.tenants[2].nominal_milli = 8 * whole_gpu;
    for (auto i = 0; i != 8; ++i) add(in, 0, 1, 1, 0, 100'000);
    add(in, 1'000, 2, 8, 0, 100'000);
    in.jobs.specs.back().need.span = job::span::one_node;
    using placement::worst_fit;
    auto const quota = starts(in, [] { return plain_quota<worst_fit>{}; });
    auto const cells = starts(in, [] { return system::hived<worst_fit>{}; });
    result.check(quota[8] == sim_time{100'000}, "with a quota the gang waits for the other tenant's jobs");
    result.check(cells[8] == sim_time{1'000}, "with cells it starts at once");
    result.check(std::count(cells.begin(), cells.end(), sim_time{0}) == 8, "and so do the others");

    auto later = 0;
    for (auto seed = std::uint64_t{1}; seed != 10; ++seed) {
        auto const many = some_world(seed, 3, 0);
        auto const got = starts(many, [] { return plain_quota<worst_fit>{}; });
        later += !starts_as_alone(many, got, private_clusters(many),
                                  [] { return system::best_effort_fifo<worst_fit>{}; });
    }
    result.check(later == 9, "quotas break the guarantee in every random world, too");
}

/// What the log shows of the guarantee, law by law, and that a quota breaks it before anybody has to wait.
void as_laws_of_a_log(tally& result) {
    using verify::law;
    auto waited = std::uint64_t{0};
    for (auto seed = std::uint64_t{1}; seed <= in_proportion(39u); ++seed) {
        auto const in = some_world(seed, 2 + static_cast<int>(seed % 3), 0);
        auto const what = verify::trial{in.cluster, in.jobs, in.under};
        auto const judge = [&](auto make, verify::traits const& known) {
            return verify::run_and_check(what, make, claim::cells_kept, known).laws;
        };
        auto const cells = judge([](auto const&) { return system::hived<>{}; }, {.quota_cells = true});
        result.check(!cells.broken(), "cells keep their laws\n" + verify::text(cells));
        waited += cells.of(law::cells_kept).checked;
        auto const quota =
            judge([](auto const&) { return plain_quota<placement::worst_fit>{}; }, {.quota_cells = true});
        result.check(quota.of(law::cells_there).stands() == verify::standing::broken,
                     "a quota leaves others no cells");
        auto const untold = judge([](auto const&) { return system::hived<>{}; }, {});
        result.check(untold.of(law::cells_there).checked + untold.of(law::cells_kept).checked == 0,
                     "nobody has said what the cells are");
    }
    result.check(39 * waited > 1000 * in_proportion(39u), "guaranteed jobs waited for cells in use");
}

/// A gang that must lie on one node has cells of 4 and 2 GPUs, on two nodes by then, and a node of 8 of another model:
/// it takes that one.
void together_where_it_can_be(tally& result) {
    auto in = world{cluster::uniform(1, 2, 16), {}, {}};
    in.cluster.models = {"large", "small"};
    in.cluster.nodes.push_back({.gpus = 8, .model = gpu_model{1}, .rack = rack_id{1}});
    in.jobs.tenants.resize(4);
    in.jobs.tenants[1].nominal_milli = 12 * whole_gpu; // of the large ones 8 and 4,
    in.jobs.tenants[2].nominal_milli = 14 * whole_gpu; // 8, 4 and 2,
    in.jobs.tenants[3].nominal_milli = 14 * whole_gpu; // 4 and 2; and the small one
    for (auto const gpus : {8, 4}) add(in, 0, 1, gpus, 0, 100'000);
    for (auto const gpus : {8, 2, 4}) add(in, 0, 2, gpus, 0, 100'000);
    add(in, 1'000, 3, 6, 0, 100'000);
    in.jobs.specs.back().need.span = job::span::compact;
    auto const got = starts(in, [] { return system::hived<>{}; });
    result.check(std::count(got.begin(), got.end(), sim_time{0}) == 5, "the others run already");
    result.check(got[5] == sim_time{1'000}, "a gang lies on the model that has a node for it");
}

/// Another scheduler object takes over: it finds the cells again, and stops nobody that cells explain.
void taken_over(tally& result) {
    for (auto seed = std::uint64_t{1}; seed <= in_proportion(19u); ++seed) {
        auto in = some_world(seed, 2, 0);
        in.jobs.tenants[1].nominal_milli = in.jobs.tenants[2].nominal_milli = 64 * whole_gpu; // racks
        for (auto at = millis{500'500}; at < 8'000'000; at += 700'000)
            in.under.new_scheduler.push_back(sim_time{at});
        auto how = simulation::simulator::ending{};
        static_cast<void>(starts(in, [] { return system::hived<>{}; }, &how));
        result.check(how == simulation::simulator::ending::complete, "every job ends under new schedulers");
        auto sim = simulation::simulator{in.cluster, in.jobs, in.under};
        sim.run([] { return system::hived<>{}; });
        auto stopped = std::uint32_t{0};
        for (auto j = std::size_t{0}; j != in.jobs.size(); ++j)
            if (in.jobs.specs[j].priority >= 0) stopped += sim.results()[j].preemptions;
        result.check(stopped == 0, "a new scheduler stops no guaranteed job");
    }
}

} // namespace

int main() {
    auto result = tally{};
    guaranteed<placement::consolidated>(result, "consolidated");
    guaranteed<placement::worst_fit>(result, "worst fit");
    spare_nodes_fail(result);
    doomed(result);
    failed_inside(result);
    quota_is_no_guarantee(result);
    as_laws_of_a_log(result);
    together_where_it_can_be(result);
    taken_over(result);
    return result.end();
}
