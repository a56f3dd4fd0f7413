// SPDX-License-Identifier: BSL-1.0
// "Laws" of scheduling that are false: the small cases of docs/laws.md, run on rota's own policies.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/discretised_las.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/srtf.hpp>

#include "../tally.hpp"

namespace {

namespace queueing = rota::queueing;
using rota::simulation::simulator;
using times = std::vector<std::int64_t>;

struct item {
    std::int64_t arrival, run;
    int gpus;
    int tenant = 0; ///< 0 is the root
    int milli = 1000;
    rota::job::span span = rota::job::span::one_node;
};

/// Nodes of so many GPUs.
rota::cluster::spec nodes(std::vector<std::uint8_t> const& sizes) {
    auto made = rota::cluster::uniform(1, static_cast<std::uint32_t>(sizes.size()), 1);
    for (auto n = std::size_t{0}; n != sizes.size(); ++n) made.nodes[n].gpus = sizes[n];
    return made;
}

struct outcome {
    times ends, stops; ///< of each item
};

/// In the order of the items, which arrive in any order. Limits are `limit` times the run time; tenant 2 owns so many GPUs.
template <class Make>
outcome run(rota::cluster::spec const& cluster, std::vector<item> const& items, Make make, int limit = 1,
            int owned = 0) {
    auto jobs = rota::job::workload{};
    jobs.tenants.resize(3); // equal
    jobs.tenants[2].nominal_milli = 1000 * owned;
    auto from = std::vector<std::size_t>{};
    for (auto at = std::int64_t{0}; from.size() != items.size(); ++at)
        for (auto i = std::size_t{0}; i != items.size(); ++i) {
            if (items[i].arrival != at) continue;
            from.push_back(i);
            auto spec = rota::job::spec{};
            spec.submit = rota::sim_time{at};
            spec.need = rota::job::gang(items[i].gpus, items[i].span);
            spec.need.milli = spec.need.milli_min = static_cast<std::uint16_t>(items[i].milli);
            spec.tenant = static_cast<rota::tenant_id>(items[i].tenant);
            spec.limit_ms = limit * items[i].run;
            jobs.specs.push_back(spec);
            jobs.works.push_back({.duration_ms = items[i].run});
        }
    auto host = simulator{cluster, jobs};
    host.run([&] { return make(host); });
    auto found = outcome{times(items.size()), times(items.size())};
    for (auto j = std::size_t{0}; j != from.size(); ++j) {
        found.ends[from[j]] = index(host.results()[j].finish);
        found.stops[from[j]] = host.results()[j].preemptions;
    }
    return found;
}
template <class Make>
times ends(rota::cluster::spec const& cluster, std::vector<item> const& items, Make make, int limit = 1) {
    return run(cluster, items, make, limit).ends;
}

auto const fifo = [](simulator const&) { return rota::system::fifo<>{}; };
auto const first_fit = [](simulator const&) { return rota::system::fifo<rota::placement::first_fit>{}; };
auto const skip = [](simulator const&) { return rota::system::best_effort_fifo<>{}; };
auto const easy = [](simulator const&) { return rota::system::easy<>{}; };
auto const sjf = [](simulator const& s) {
    return rota::scheduler{queueing::greedy{queueing::sjf{s.clairvoyance()}, queueing::skip_ahead{}}};
};
auto const srtf = [](simulator const& s) {
    return rota::system::srtf<rota::estimate::oracle>{s.clairvoyance()};
};
auto const drf = [](simulator const&) { return rota::system::quota_drf<>{}; };
auto const srtf_first_fit = [](simulator const& s) {
    return rota::system::srtf<rota::estimate::oracle, rota::placement::first_fit>{s.clairvoyance()};
};
auto const las = [](simulator const&) { // one threshold, at 2
    using levels = queueing::discretised_las<queueing::service::time>;
    return rota::scheduler{queueing::greedy{levels{{2}, 0}, queueing::skip_ahead{}},
                           rota::placement::consolidated{}, rota::preemption::by_order{}};
};

auto result = tally{};

void expect(char const* what, times const& got, times const& wanted) {
    if (result.check(got == wanted, what)) return;
    std::printf("got");
    for (auto one : got) std::printf(" %lld", static_cast<long long>(one));
    std::puts("");
}

template <class Make>
void one_gpu_more(char const* who, Make make) {
    auto const three = std::vector<item>{{0, 1, 1}, {0, 1, 2}, {0, 1, 1}};
    auto const longer = std::vector<item>{{0, 1, 2}, {0, 1, 2}, {0, 2, 1}};
    expect(who, ends(nodes({2}), three, make), {1, 2, 1});
    expect(who, ends(nodes({3}), three, make), {1, 1, 2});
    expect(who, ends(nodes({3}), longer, make), {1, 2, 2});
    expect(who, ends(nodes({4}), longer, make), {1, 1, 3});
}

template <class Make>
void one_job_less(char const* who, Make make) {
    expect(who, ends(nodes({1}), {{0, 1, 1}, {0, 2, 1}, {1, 1, 1}}, make), {1, 4, 2});
    expect(who, ends(nodes({1}), {{0, 2, 1}, {1, 1, 1}}, make), {2, 3});
}

} // namespace

int main() {
    one_gpu_more("skip-ahead, one GPU more", skip);
    one_gpu_more("EASY, one GPU more", easy);
    one_gpu_more("SJF, one GPU more", sjf);
    one_gpu_more("SRTF, one GPU more", srtf);
    one_gpu_more("LAS, one GPU more", las);
    one_job_less("SJF, one job less", sjf);
    one_job_less("SRTF, one job less", srtf);
    expect("EASY", ends(nodes({2}), {{0, 2, 1}, {0, 1, 2}, {0, 2, 1}}, easy), {2, 3, 2});
    expect("EASY, a shorter job", ends(nodes({2}), {{0, 1, 1}, {0, 1, 2}, {0, 2, 1}}, easy), {1, 2, 4});
    expect("LAS", ends(nodes({3}), {{0, 3, 2}, {0, 2, 1}, {0, 2, 1}, {2, 1, 3}}, las), {3, 2, 4, 5});
    expect("LAS, a smaller job", ends(nodes({3}), {{0, 3, 1}, {0, 2, 1}, {0, 2, 1}, {2, 1, 3}}, las),
           {4, 2, 2, 3});
    expect("FIFO", ends(nodes({2}), {{0, 2, 1}, {1, 1, 1}}, fifo), {2, 2});
    expect("FIFO, a job of no length", ends(nodes({2}), {{0, 2, 1}, {0, 0, 2}, {1, 1, 1}}, fifo), {2, 2, 3});
    auto const four = std::vector<item>{{0, 1, 2}, {0, 1, 2}, {0, 2, 3}, {0, 4, 1}};
    expect("EASY, later than FIFO", ends(nodes({3}), four, easy), {1, 2, 6, 4});
    expect("FIFO, earlier than EASY", ends(nodes({3}), four, fifo), {1, 2, 4, 8});
    auto const guessed = std::vector<item>{{0, 3, 1}, {0, 1, 2}, {2, 2, 1}};
    expect("EASY, exact limits", ends(nodes({2}), guessed, easy), {3, 4, 6});
    expect("EASY, doubled limits", ends(nodes({2}), guessed, easy, 2), {3, 5, 4});
    auto const gangs = std::vector<item>{{0, 3, 1}, {0, 3, 1}, {0, 2, 2}};
    expect("SRTF with gangs", ends(nodes({2}), gangs, srtf), {5, 5, 2});
    expect("FIFO with gangs", ends(nodes({2}), gangs, fifo), {3, 3, 5});
    auto const singles = std::vector<item>{{2, 5, 1}, {0, 2, 1}, {0, 1, 1}, {2, 2, 1}, {0, 1, 1}};
    expect("SRTF on two GPUs", ends(nodes({2}), singles, srtf), {8, 3, 1, 4, 1});
    expect("FIFO on two GPUs", ends(nodes({2}), singles, fifo), {7, 2, 1, 4, 2});
    auto const on_nodes = std::vector<item>{{0, 1, 2}, {0, 3, 2}, {1, 1, 3}};
    expect("first fit", ends(nodes({3, 2}), on_nodes, first_fit), {1, 3, 2});
    expect("first fit, a node more", ends(nodes({2, 3, 2}), on_nodes, first_fit), {1, 3, 4});
    {
        // one GPU of its own, or the half that is left of one beside another
        auto const cluster = nodes({1, 2});
        auto free = rota::cluster::ledger(cluster);
        free.take(rota::cluster::slice{.node = rota::node_id{1}, .gpus = 1, .milli = 500});
        auto need = rota::job::gang(1);
        need.milli = need.milli_min = 300;
        auto const where = rota::placement::best_fit{}.place(need, free);
        result.check(where && index(where->front().node) == 0,
                     "best fit breaks a GPU though another has room");
    }
    // one GPU: the third job stops the first, the fourth the second, and the first goes on beside them
    auto const shares =
        run(nodes({1}), {{0, 9, 1, 0, 250}, {0, 5, 1, 0, 500}, {1, 1, 1, 0, 500}, {1, 1, 1, 0, 250}}, srtf);
    expect("SRTF, started again in its place: ends", shares.ends, {9, 6, 2, 2});
    expect("SRTF, started again in its place: stops", shares.stops, {1, 1, 0, 0});
    // to stop the second job would have been enough, but its place begins with the node of the first
    constexpr auto anywhere = rota::job::span::anywhere;
    auto const spread =
        run(nodes({2, 1, 1, 1}), {{0, 9, 2}, {1, 5, 3, 0, 1000, anywhere}, {2, 1, 3, 0, 1000, anywhere}},
            srtf_first_fit);
    expect("SRTF and first fit, a victim more than needed: ends", spread.ends, {14, 7, 3});
    expect("SRTF and first fit, a victim more than needed: stops", spread.stops, {1, 1, 0});
    // the first tenant is first in the order, the second takes back what it owns before anything is sent
    auto const both = std::vector<item>{{0, 1, 1, 1}, {0, 1, 1, 2}};
    expect("DRF, nobody owns anything", run(nodes({1}), both, drf).ends, {1, 2});
    auto const owned = run(nodes({1}), both, drf, 1, 1);
    expect("DRF, the second tenant owns the GPU: ends", owned.ends, {2, 1});
    expect("DRF, the second tenant owns the GPU: stops", owned.stops, {0, 0});
    // who of two tenants runs first
    expect("DRF, the second tenant envies the first",
           ends(nodes({3}), {{0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 1, 2}, {0, 1, 1, 2}}, drf), {1, 1, 1, 2});
    expect("DRF, the first tenant says what it needs",
           ends(nodes({4}), {{0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 3, 2}}, drf), {1, 2, 1});
    expect("DRF, the first tenant asks for twice as much",
           ends(nodes({4}), {{0, 1, 2, 1}, {0, 1, 2, 1}, {0, 1, 3, 2}}, drf), {1, 1, 2});
    return result.end();
}
