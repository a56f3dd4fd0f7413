// SPDX-License-Identifier: BSL-1.0
// What it costs to place a pod and to release one, for every engine, as tables in Markdown.
//
//   placement [best_fit|least_aligned|fgd|scorers|waves|gangs ...]
//
// A cell is CPU time of a place and a release in ns: the question, the choice of GPUs, both changes of the table, what
// the engine does about them, and the stream (the last row); the least of several stretches. All engines of a table go
// through the same stream, and the program ends with an error where their nodes differ. The cluster is empty, half full
// or nearly full (9 GPUs of 10), of pods laid at random; then pods come, and the oldest go. With the environment's
// ROTA_BENCH_SMOKE all is small and measures nothing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/anchor_fragmentation.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/count_order.hpp>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/requested_to_capacity.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/score_cache.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tiers.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>
#include <rota/placement/weighted.hpp>

#include "load.hpp"
#include "markdown.hpp"

namespace {

using namespace rota;
using best_fit = placement::count_order<placement::node_order::fewest_free>;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
auto const sizes =
    smoke ? std::vector<std::uint32_t>{40, 70} : std::vector<std::uint32_t>{1'250, 12'500, 125'000};
auto const request_counts = smoke ? std::vector<std::size_t>{1, 5} : std::vector<std::size_t>{1, 20, 100};

cluster::spec nodes_of_8(std::uint32_t nodes) { return cluster::uniform(1, nodes, 8, 96'000, 786'432); }

/// Empty nodes of so many kinds of hardware that differ in nothing that is counted.
placement::state_table empty_nodes(std::uint32_t size, std::uint32_t kinds) {
    auto states = std::vector<placement::node_state>{};
    for (auto const& one : nodes_of_8(size).nodes) {
        states.push_back(placement::empty_state(one));
        states.back().kind = static_cast<std::uint16_t>(states.size() % kinds);
    }
    return placement::state_table{states};
}

/// Whole GPUs and nothing else: distinct by size and by models that the cluster does not have.
std::vector<job::pod> whole_gpus(std::size_t count) {
    auto made = std::vector<job::pod>{};
    for (auto i = std::size_t{0}; i != count; ++i)
        made.push_back({.gpus = static_cast<std::uint16_t>(count == 1 ? 2 : 1 + i % 8),
                        .milli = whole_gpu,
                        .models = 1u | static_cast<std::uint32_t>(i / 8) << 1});
    return made;
}

/// Shares, whole GPUs and neither, with CPU and memory: distinct by CPU.
std::vector<job::pod> mixed(std::size_t count) {
    auto made = std::vector<job::pod>{};
    for (auto i = std::size_t{0}; i != count; ++i) {
        auto const kind = i % 10;
        auto const gpus = kind == 9 ? 0u : kind == 8 ? 4u : kind == 7 ? 2u : 1u;
        made.push_back({.cpu_milli = static_cast<std::uint32_t>(std::max(gpus, 1u) * (4'000 + 50 * i)),
                        .mem_mib = 16'384,
                        .gpus = static_cast<std::uint16_t>(gpus),
                        .milli = static_cast<std::uint16_t>(gpus == 0  ? 0
                                                            : kind < 4 ? 200 + 150 * kind
                                                                       : 1'000)});
    }
    return made;
}

struct held {
    std::uint32_t request;
    placement::seat where;
};

/// A cluster with pods on it that were laid at random.
struct world {
    placement::state_table nodes;
    std::vector<job::pod> requests;
    std::vector<held> pods;
    std::int64_t target_milli; ///< in use, of all GPUs together
    std::int64_t used_milli = 0;

    template <class Scorer>
    world(std::uint32_t size, std::vector<job::pod> asked, int percent, Scorer const& score,
          std::uint32_t kinds = 1)
        : nodes{empty_nodes(size, kinds)}, requests{std::move(asked)},
          target_milli{std::int64_t{size} * 8 * whole_gpu * percent / 100} {
        auto draw = rota::random{7};
        for (auto tries = std::int64_t{0}; used_milli < target_milli && tries != std::int64_t{size} * 500;
             ++tries) {
            auto const r = static_cast<std::uint32_t>(draw.below(requests.size()));
            auto const n = node_id{static_cast<std::uint32_t>(draw.below(size))};
            if (!nodes.takes(n, requests[r])) continue;
            pods.push_back({r, {n, score.pick(nodes[n], requests[r])}});
            nodes.take(n, requests[r], pods.back().where.gpus);
            used_milli += requests[r].total_milli();
        }
    }
};

/// An engine with its table.
template <class Engine, class Scorer>
class by_engine {
public:
    by_engine(world const& in, Scorer const& score)
        : nodes_{in.nodes}, requests_{in.requests}, score_{score}, engine_{nodes_, score} {
        for (auto const& need : requests_) static_cast<void>(engine_.add(need));
        auto const from = bench::cpu_ms();
        for (auto i = 0; i == 0 || (i != 16 && bench::cpu_ms() - from < 1'000); ++i)
            for (auto r = std::uint32_t{0}; r != requests_.size(); ++r) static_cast<void>(engine_.best(r));
    }
    std::optional<placement::seat> place(std::uint32_t r) {
        auto const n = engine_.best(r);
        if (!n) return {};
        auto const made = placement::seat{*n, score_.pick(nodes_[*n], requests_[r])};
        nodes_.take(*n, requests_[r], made.gpus);
        engine_.changed(*n);
        return made;
    }
    void release(held const& one) {
        nodes_.give(one.where.node, requests_[one.request], one.where.gpus);
        engine_.changed(one.where.node);
    }

private:
    placement::state_table nodes_;
    std::vector<job::pod> const& requests_;
    Scorer score_;
    Engine engine_;
};

/// The placement policy on the ledger's own index.
class by_ledger {
public:
    by_ledger(world const& in, best_fit const&) : cluster_{nodes_of_8(in.nodes.size())}, free_{cluster_} {
        for (auto const& need : in.requests) {
            requests_.push_back(job::gang(need.gpus, job::span::one_node));
            requests_.back().models = need.models;
        }
        for (auto const& one : in.pods) free_.take(slice(one));
    }
    std::optional<placement::seat> place(std::uint32_t r) {
        auto const where = policy_.place(requests_[r], free_);
        if (!where) return {};
        free_.take(*where);
        return placement::seat{where->front().node, where->front().gpus};
    }
    void release(held const& one) { free_.give(slice(one)); }

private:
    static cluster::slice slice(held const& one) {
        return {
            .node = one.where.node, .gpus = one.where.gpus, .milli = whole_gpu, .cpu_milli = 0, .mem_mib = 0};
    }
    cluster::spec cluster_;
    cluster::ledger free_;
    placement::best_fit policy_;
    std::vector<job::request> requests_;
};

/// Neither searches nor changes anything: what the stream costs without a system.
struct nothing {
    template <class Scorer>
    nothing(world const&, Scorer const&) {}
    static std::optional<placement::seat> place(std::uint32_t r) { return placement::seat{node_id{r}, 1}; }
    void release(held const& one) { sum += index(one.where.node); }

    std::uint64_t sum = 0;
};

constexpr auto compared = 48; ///< placements at the start of a stream that have to agree

struct measured {
    double ns = std::numeric_limits<double>::infinity();
    std::uint64_t nodes = 0; ///< a digest of the first placements
};

template <class System, class Scorer>
measured measure(world const& in, Scorer const& score) {
    auto system = System{in, score};
    auto pods = in.pods; // from `oldest` on
    auto oldest = std::size_t{0};
    auto used = in.used_milli;
    auto draw = rota::random{11};
    auto got = measured{};
    auto const release = [&] {
        system.release(pods[oldest]);
        used -= in.requests[pods[oldest++].request].total_milli();
    };
    auto const step = [&] {
        auto const r = static_cast<std::uint32_t>((draw() >> 32) * in.requests.size() >> 32);
        auto const where = system.place(r);
        if (where) {
            pods.push_back({r, *where});
            used += in.requests[r].total_milli();
        }
        auto const lie = pods.size() - oldest;
        if (lie != 0 && (!where || (used > in.target_milli && lie > 32))) release();
        return where;
    };
    for (auto i = 0; i != compared; ++i) {
        auto const where = step();
        got.nodes = got.nodes * 0x9e3779b97f4a7c15u + (where ? index(where->node) + 1u : 0u);
    }
    auto many = smoke ? 1 : 4;
    auto const limit_ms = smoke ? 0.0 : 25.0;
    for (auto spent = 0.0; spent <= limit_ms || many < 4;) { // stretches twice as long each, at most
        auto const from = bench::cpu_ms();
        for (auto i = 0; i != many; ++i) static_cast<void>(step());
        auto const ms = bench::cpu_ms() - from;
        spent += ms;
        got.ns = std::min(got.ns, ms * 1e6 / many);
        if (ms < limit_ms / 8) many *= 2;
        if (smoke) break;
    }
    return got;
}

template <class Scorer, class Requests>
class table {
public:
    table(std::string const& name, int percent, Scorer score, Requests requests)
        : score_{score}, percent_{percent}, requests_{requests} {
        std::printf("\n`%s`, %d %% of the GPUs in use\n\n", name.c_str(), percent);
        auto header = std::vector<std::string>{"ns"};
        for (auto const count : request_counts)
            for (auto const size : sizes)
                header.push_back(bench::grouped(size) + " x " + std::to_string(count));
        out_.emplace(header);
        for (auto const count : request_counts)
            for (auto const size : sizes) worlds_.emplace_back(size, requests_(count), percent_, score_);
    }
    template <class System>
    void row(char const* name) {
        auto cells = std::vector<std::string>{name};
        for (auto i = std::size_t{0}; i != worlds_.size(); ++i) {
            auto const got = measure<System>(worlds_[i], score_);
            if (nodes_.size() == i) nodes_.push_back(got.nodes);
            if (nodes_[i] != got.nodes && !std::is_same_v<System, nothing>) {
                std::fprintf(stderr, "%s places on other nodes\n", name);
                std::exit(1);
            }
            cells.push_back(bench::rounded(got.ns));
        }
        out_->row(cells);
    }
    template <template <class> class Engine>
    void engine(char const* name) {
        row<by_engine<Engine<Scorer>, Scorer>>(name);
    }

private:
    Scorer score_;
    int percent_;
    Requests requests_;
    std::vector<world> worlds_;
    std::vector<std::uint64_t> nodes_;
    std::optional<bench::markdown> out_;
};

template <class Scorer, class Requests>
void tables(std::string const& name, Scorer const& score, Requests requests) {
    for (auto const percent : {0, 50, 90}) {
        auto rows = table<Scorer, Requests>(name, percent, score, requests);
        rows.template engine<placement::scan>("`scan`");
        if constexpr (placement::sum_scorer<Scorer>)
            rows.template engine<placement::simd_scan>("`simd_scan`");
        rows.template engine<placement::score_cache>("`score_cache`");
        rows.template engine<placement::state_memo>("`state_memo`");
        rows.template engine<placement::block_minimum>("`block_minimum`");
        if constexpr (placement::count_ordered<Scorer>) {
            rows.template engine<placement::bucket_index>("`bucket_index`");
            rows.template row<by_ledger>("`by_score` on the ledger");
        }
        rows.template row<nothing>("the stream alone");
    }
}

/// One scorer under the engines that take any.
template <class Scorer>
void scorer_row(char const* name, bench::markdown const& out, Scorer const& score, std::uint32_t kinds = 1) {
    auto const in = world{smoke ? 50u : 12'500u, mixed(smoke ? 5 : 20), 50, score, kinds};
    auto const got = std::vector{
        measure<by_engine<placement::scan<Scorer>, Scorer>>(in, score),
        measure<by_engine<placement::score_cache<Scorer>, Scorer>>(in, score),
        measure<by_engine<placement::state_memo<Scorer>, Scorer>>(in, score),
        measure<by_engine<placement::block_minimum<Scorer>, Scorer>>(in, score),
    };
    auto cells = std::vector<std::string>{std::string{"`"} + name + "`"};
    for (auto const& one : got) {
        if (one.nodes != got.front().nodes) {
            std::fprintf(stderr, "%s: an engine places on other nodes\n", name);
            std::exit(1);
        }
        cells.push_back(bench::rounded(one.ns));
    }
    out.row(cells);
}

void scorers(placement::target_view kinds) {
    using namespace placement;
    std::printf("\nScorers, 12,500 nodes, 20 distinct requests, 50 %% of the GPUs in use\n\n");
    auto const out = bench::markdown{{"ns", "`scan`", "`score_cache`", "`state_memo`", "`block_minimum`"}};
    auto paces = std::vector<std::uint16_t>{}; // one GPU in ten is slow
    auto draw = rota::random{3};
    for (auto i = 0; i != 64 * cluster::gpus_per_node_max; ++i)
        paces.push_back(static_cast<std::uint16_t>(draw.below(10) == 0 ? 1'500 : 950 + draw.below(100)));
    scorer_row("least_allocated", out, least_allocated{});
    scorer_row("most_allocated", out, most_allocated{});
    scorer_row("requested_to_capacity", out, requested_to_capacity{});
    scorer_row("balanced_allocation", out, balanced_allocation{});
    scorer_row("kai_ladder, pack", out, kai_ladder<kai_order::pack>{});
    scorer_row("kai_ladder, spread", out, kai_ladder<kai_order::spread>{});
    scorer_row("pal, 64 kinds", out, pal{{paces.data(), 1}}, 64);
    scorer_row("gpu_packing", out, gpu_packing{});
    scorer_row("gpu_clustering", out, gpu_clustering{});
    scorer_row("least_remaining", out, least_remaining{});
    scorer_row("fgd_exact", out, fgd_exact{kinds});
    scorer_row("tiers: most_allocated, balanced", out, tiers{most_allocated{}, balanced_allocation{}});
    using sum = weighted<fgd, 10, balanced_allocation, 1>;
    scorer_row("10 fgd + balanced", out, sum{fgd{kinds}, {}});
}

/// Queues placed in waves on a half full cluster.
template <class Scorer>
void waves(char const* name, bench::markdown const& out, Scorer const& score) {
    auto const size = smoke ? 50u : 12'500u;
    auto const in = world{size, mixed(smoke ? 5 : 20), 50, score};
    auto draw = rota::random{5};
    auto queue = std::vector<std::uint32_t>(smoke ? 32 : 4'096);
    for (auto& r : queue) r = static_cast<std::uint32_t>(draw.below(in.requests.size()));
    for (auto const keep : {8, 32, 128}) {
        auto nodes = in.nodes;
        auto wave = placement::exact_wave<Scorer>{nodes, score, static_cast<std::size_t>(keep)};
        for (auto const& need : in.requests) static_cast<void>(wave.add(need));
        auto const from = bench::cpu_ms();
        auto const where = wave.place(queue);
        auto const ms = bench::cpu_ms() - from;
        auto const each = [&](double sum) { return bench::rounded(sum / static_cast<double>(where.size())); };
        out.row({std::string{"`"} + name + "`", std::to_string(keep), each(ms * 1e6),
                 bench::rounded(static_cast<double>(where.size()) / static_cast<double>(wave.rounds()))});
    }
}

/// Gangs of 64 GPUs, each in one rack of 16 nodes, on a cluster of which every other node is in use, at random: to
/// decide where, and to decide, take and release the oldest.
template <class Rule>
class gangs {
public:
    explicit gangs(std::uint32_t nodes) : cluster_{cluster::uniform(nodes / 16, 16, 8)} {
        for (auto& node : cluster_.nodes) node.spine = static_cast<spine_id>(index(node.rack) / 16);
        tree_.emplace(cluster::domain_tree::of_racks(cluster_));
        start_.emplace(cluster_);
        auto draw = rota::random{3};
        for (auto n = std::uint32_t{0}; n != start_->size(); ++n)
            if (draw.below(2) == 0) start_->take(cluster::slice{.node = node_id{n}, .gpus = 0xff});
        gang_ = placement::pods_of(8, 8);
        gang_.required = gang_.preferred = 1;
    }
    gangs(gangs const&) = delete;

    void by_planner(std::vector<std::string>& cells) {
        auto free = *start_;
        auto const system = placement::gang_planner<Rule>{*tree_};
        stream(cells, free, [&] { return system.place(gang_, free); }, [](node_id) {});
    }
    void by_index(std::vector<std::string>& cells) {
        auto free = *start_;
        auto system = placement::domain_index<Rule>{*tree_, free};
        auto const number = system.add(gang_);
        stream(cells, free, [&] { return system.place(number); }, [&](node_id n) { system.changed(n); });
    }
    void by_counters(std::vector<std::string>& cells) {
        auto free = *start_;
        auto const system = placement::by_domain<Rule>{cluster_};
        auto const need = job::gang(64, job::span::one_rack);
        stream(cells, free, [&] { return system.place(need, free); }, [](node_id) {});
    }

private:
    template <class Place, class Changed>
    static void stream(std::vector<std::string>& cells, cluster::ledger& free, Place place, Changed changed) {
        auto held = std::vector<cluster::placement>{};
        auto oldest = std::size_t{0};
        auto const release = [&] {
            free.give(held[oldest]);
            for (auto const& part : held[oldest]) changed(part.node);
            ++oldest;
        };
        auto const decide = [&] { return place().operator bool(); };
        auto const step = [&] {
            auto where = place();
            if (!where || held.size() - oldest > 16) release();
            if (!where) return;
            free.take(*where);
            for (auto const& part : *where) changed(part.node);
            held.push_back(*where);
        };
        for (auto i = 0; i != 16; ++i) step();
        cells.push_back(bench::rounded(least_ns(decide)));
        cells.push_back(bench::rounded(least_ns(step)));
    }
    template <class Act>
    static double least_ns(Act act) {
        auto least = std::numeric_limits<double>::infinity();
        auto many = 1;
        for (auto spent = 0.0; spent < 300.0;) {
            auto const from = bench::cpu_ms();
            for (auto i = 0; i != many; ++i) static_cast<void>(act());
            auto const ms = bench::cpu_ms() - from;
            spent += ms;
            if (smoke) return ms * 1e6;
            if (ms < 3) many *= 2;
            else least = std::min(least, ms * 1e6 / many);
        }
        return least;
    }

    cluster::spec cluster_;
    std::optional<cluster::domain_tree> tree_;
    std::optional<cluster::ledger> start_;
    placement::topology_gang gang_;
};

template <class Rule>
void gang_table(char const* name) {
    auto header = std::vector<std::string>{std::string{"ns, `"} + name + "`"};
    for (auto const nodes : sizes)
        for (auto const* what : {"decide", "and take, release"})
            header.push_back(bench::grouped(nodes / 16 * 16) + " " + what);
    auto const out = bench::markdown{header};
    auto rows = std::array<std::vector<std::string>, 3>{};
    rows[0] = {"`gang_planner`"};
    rows[1] = {"`domain_index`"};
    rows[2] = {"`by_domain` on the ledger"};
    for (auto const nodes : sizes) {
        auto in = gangs<Rule>{nodes};
        in.by_planner(rows[0]);
        in.by_index(rows[1]);
        in.by_counters(rows[2]);
    }
    for (auto const& row : rows) out.row(row);
}

} // namespace

int main(int count, char** arguments) {
    auto const wanted = std::vector<std::string>(arguments + 1, arguments + count);
    auto const known =
        std::vector<std::string>{"best_fit", "least_aligned", "fgd", "scorers", "waves", "gangs"};
    for (auto const& one : wanted)
        if (std::find(known.begin(), known.end(), one) == known.end()) {
            std::fprintf(
                stderr,
                "placement: read '%s', expected best_fit, least_aligned, fgd, scorers, waves or gangs\n",
                one.c_str());
            return 2;
        }
    auto const wants = [&](char const* name) {
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    };
    auto const kinds = placement::target_workload(mixed(20));
    std::puts("Columns: nodes x distinct requests.");
    if (wants("best_fit")) tables("best_fit", best_fit{}, whole_gpus);
    if (wants("least_aligned")) tables("least_aligned", placement::least_aligned{}, mixed);
    if (wants("fgd")) tables("fgd", placement::fgd{kinds.view()}, mixed);
    if (wants("scorers")) scorers(kinds.view());
    if (wants("gangs")) {
        std::printf("\nGangs of 64 GPUs in a rack of 16 nodes of 8 GPUs, half of the nodes in use\n\n");
        gang_table<placement::tightest_domain>("tightest_domain");
        gang_table<placement::anchor_fragmentation>("anchor_fragmentation");
    }
    if (!wants("waves")) return 0;
    std::printf("\nA queue on a half full cluster, in waves\n\n");
    auto const out = bench::markdown{{"scorer", "list", "ns a pod", "pods a round"}};
    waves("least_aligned", out, placement::least_aligned{});
    waves("fgd", out, placement::fgd{kinds.view()});
    return 0;
}
