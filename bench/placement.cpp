// SPDX-License-Identifier: BSL-1.0
// What it costs to place a pod and to release one, for every engine, as tables in Markdown.
//
//   placement [best_fit|least_aligned|fgd|kinds|scorers|bandwidth|waves|simulations ...]
//
// A cell is CPU time of a place and a release in ns: the question, the choice of GPUs, both changes of the table, what
// the engine does about them, and the stream, which has a row of its own; in the row after it each step waits for one
// access to a line anywhere. The least of several stretches. All engines of a table go through the same stream, and the
// program ends with an error where their nodes differ. The cluster is empty, half full or nearly full (9 GPUs of 10),
// of pods laid at random; then pods come, and the oldest go. With the environment's ROTA_BENCH_SMOKE all is small and
// measures nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/count_order.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/of_state.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/remembered.hpp>
#include <rota/placement/requested_to_capacity.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/score_cache.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tiers.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/weighted.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>

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
        auto const made = placement::seat{*n, pick(r, *n)};
        nodes_.take(*n, requests_[r], made.gpus);
        engine_.changed(*n);
        return made;
    }
    void release(held const& one) {
        nodes_.give(one.where.node, requests_[one.request], one.where.gpus);
        engine_.changed(one.where.node);
    }

private:
    [[nodiscard]] std::uint16_t pick(std::uint32_t r, node_id n) const {
        if constexpr (requires { engine_.pick(r, n); }) return engine_.pick(r, n);
        else return score_.pick(nodes_[n], requests_[r]);
    }

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

/// Walks over as many lines of a cache as there are nodes, in an order that nobody foresees: what one look at a
/// node anywhere costs at least where the next step has to wait for it.
class far_line {
public:
    template <class Scorer>
    far_line(world const& in, Scorer const&) : lines_(in.nodes.size()) {
        auto draw = rota::random{13};
        auto order = std::vector<std::uint32_t>(lines_.size());
        for (auto i = std::uint32_t{0}; i != order.size(); ++i) {
            order[i] = i;
            std::swap(order[i], order[draw.below(i + 1)]);
        }
        for (auto i = std::size_t{0}; i != order.size(); ++i)
            lines_[order[i]].next = order[(i + 1) % order.size()];
    }
    std::optional<placement::seat> place(std::uint32_t) {
        at_ = lines_[at_].next;
        return placement::seat{node_id{at_}, 1};
    }
    static void release(held const&) {}

private:
    struct alignas(64) line {
        std::uint32_t next;
    };
    std::vector<line> lines_;
    std::uint32_t at_ = 0;
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
    /// Every system but `nothing` and what is like it places where the first one did.
    template <class System, bool Places = true>
    void row(char const* name) {
        auto cells = std::vector<std::string>{name};
        for (auto i = std::size_t{0}; i != worlds_.size(); ++i) {
            auto const got = measure<System>(worlds_[i], score_);
            if (nodes_.size() == i) nodes_.push_back(got.nodes);
            if (Places && nodes_[i] != got.nodes) {
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
        rows.template row<nothing, false>("the stream alone");
        rows.template row<far_line, false>("and one line far away");
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

/// The least CPU time of one call, in ns.
template <class Call>
double least_ns(Call call) {
    auto least = std::numeric_limits<double>::infinity();
    for (auto stretch = 0; stretch != (smoke ? 1 : 8); ++stretch) {
        auto calls = 0;
        auto const from = bench::cpu_ms();
        auto ms = 0.0;
        for (; calls == 0 || ms < (smoke ? 0.0 : 25.0); ms = bench::cpu_ms() - from)
            for (auto i = 0; i != 64; ++i, ++calls) call();
        least = std::min(least, ms * 1e6 / calls);
    }
    return least;
}

/// What simd_scan reads in a second, and what adding up as many bytes that lie as close does.
void bandwidth() {
    std::printf("\nBytes that a question to `simd_scan` reads, and a sum of as many\n\n");
    auto const out =
        bench::markdown{{"pod", "nodes", "KiB", "sum, GB/s", "`simd_scan`", "of the sum", "ns a question"}};
    auto draw = rota::random{9};
    auto kept = std::uint64_t{0}; // and printed, so that it is computed
    auto const row = [&](char const* name, auto const& score, job::pod const& need, std::size_t columns,
                         std::uint32_t size) {
        auto nodes = placement::state_table(nodes_of_8(size));
        for (auto n = std::uint32_t{0}; n != size; ++n)
            for (auto i = draw.below(8); i != 0; --i)
                if (nodes.takes(node_id{n}, need))
                    nodes.take(node_id{n}, need, score.pick(nodes[node_id{n}], need));
        auto engine = placement::simd_scan{nodes, score};
        auto const asked = engine.add(need);
        auto words = std::vector<std::uint32_t>(columns * size);
        for (auto& word : words) word = static_cast<std::uint32_t>(draw());
        auto const summed = least_ns([&] {
            auto sum = std::uint32_t{0};
            for (auto const word : words) sum += word;
            kept += sum;
            words[kept % words.size()] ^= 1u; // not the same again
        });
        auto const scanned = least_ns([&] { kept += index(engine.best(asked).value_or(node_id{0})); });
        auto const bytes = static_cast<double>(words.size() * sizeof(std::uint32_t));
        out.row({name, bench::grouped(size), bench::rounded(bytes / 1'024), bench::rounded(bytes / summed),
                 bench::rounded(bytes / scanned), bench::rounded(summed / scanned), bench::rounded(scanned)});
    };
    for (auto const size : sizes)
        row("two GPUs, `best_fit`", best_fit{}, {.gpus = 2, .milli = whole_gpu}, 5, size);
    for (auto const size : sizes)
        row("a share, `least_aligned`", placement::least_aligned{},
            {.cpu_milli = 4'000, .mem_mib = 16'384, .gpus = 1, .milli = 500}, 6, size);
    std::printf("\nchecksum %llu\n", static_cast<unsigned long long>(kept % 1'000));
}

/// A score of `fgd` against a target whose kinds ask for CPU of their own, and the fragmentation that it takes twice, kind
/// by kind.
void many_kinds() {
    std::printf("\nA score of `fgd`, and fragmentation before and after as a sum over all kinds\n\n");
    auto const out = bench::markdown{{"kinds", "ns", "sum over all, ns"}};
    auto states = std::vector<placement::node_state>{};
    auto draw = rota::random{19};
    for (auto i = 0; i != 64; ++i) {
        states.push_back(placement::empty_state(nodes_of_8(1).nodes[0]));
        for (auto g = 0; g != 8; ++g)
            if (draw.below(3) == 0) states.back().milli[g] = static_cast<std::uint16_t>(draw.below(800));
        states.back().cpu_milli = static_cast<std::uint32_t>(24'000 + draw.below(72'000));
    }
    auto const need = job::pod{.cpu_milli = 4'000, .gpus = 1, .milli = 200};
    states.erase(
        std::remove_if(states.begin(), states.end(), [&](auto const& on) { return !fits(on, need); }),
        states.end());
    auto kept = std::int64_t{0}; // and printed, so that it is computed
    for (auto const count :
         smoke ? std::vector<std::size_t>{20, 40} : std::vector<std::size_t>{20, 2'000, 20'000}) {
        auto pods = mixed(count);
        for (auto k = std::size_t{0}; k != count; ++k)
            pods[k].cpu_milli = static_cast<std::uint32_t>(1'000 + k * 64'000 / count);
        auto const kinds = placement::target_workload{pods, {.percent = 100}};
        auto const score = placement::fgd{kinds.view()};
        auto i = std::size_t{0};
        auto const next = [&]() -> auto& { return states[++i % states.size()]; };
        auto const scored = least_ns([&] { kept += score.score(next(), need); });
        auto const summed = least_ns([&] {
            auto const& on = next();
            auto const after = with(on, need, tightest(on, need));
            for (auto const& kind : kinds.kinds())
                kept += kind.weight * (fragment(on, kind.need) - fragment(after, kind.need));
        });
        out.row({bench::grouped(static_cast<std::int64_t>(kinds.kinds().size())), bench::rounded(scored),
                 bench::rounded(summed)});
    }
    std::printf("\nchecksum %lld\n", static_cast<long long>(kept % 1'000));
}

/// bench::workload with CPU and memory, and shares of a GPU for two in five of the jobs of one.
job::workload shared_workload(std::size_t jobs, std::int64_t gpus, double load) {
    auto made = bench::workload(jobs, gpus, load, false);
    auto draw = rota::random{17};
    std::uint16_t constexpr shares[] = {200, 460, 500, 690};
    for (auto& one : made.specs) {
        one.need.cpu_milli = static_cast<std::uint32_t>(4'000 + 4'000 * draw.below(3));
        one.need.mem_mib = 16'384;
        if (one.need.gpus_max == 1 && draw.below(5) < 2)
            one.need.milli = one.need.milli_min = shares[draw.below(4)];
    }
    return made;
}

template <class Place>
void simulated(char const* name, bench::markdown const& out, std::uint32_t nodes, double load,
               Place const& place) {
    auto const cluster = cluster::uniform(nodes / 10, 10, 8, 96'000, 786'432);
    auto const work = shared_workload(smoke ? 300 : 100'000, cluster.gpus(), load);
    auto const policy = place(work, cluster);
    auto world = simulation::simulator(cluster, work);
    auto const from = bench::cpu_ms();
    auto const ended = world.run([&] { return rota::system::best_effort_fifo{{}, policy}; });
    auto const ms = bench::cpu_ms() - from;
    if (ended != simulation::simulator::ending::complete) {
        std::fprintf(stderr, "%s: not every job ended\n", name);
        std::exit(1);
    }
    auto jct_s = 0.0;
    for (auto j = std::size_t{0}; j != work.size(); ++j)
        jct_s += static_cast<double>(world.results()[j].finish - work.specs[j].submit) / 1'000;
    out.row({std::string{"`"} + name + "`", bench::grouped(cluster.gpus()), bench::rounded(load),
             bench::rounded(ms / 1'000), bench::rounded(jct_s / static_cast<double>(work.size()))});
}

/// Whole simulations of best-effort FIFO, in racks of ten nodes: under FGD, which needs scores, under gangs over domains,
/// and under placements that need neither.
void simulations() {
    std::printf("\nWhole simulations, 100,000 jobs, some with shares of a GPU\n\n");
    auto const out = bench::markdown{{"placement", "GPUs", "load", "CPU s", "mean JCT s"}};
    auto const one = [&](std::uint32_t nodes, double load) {
        simulated("consolidated", out, nodes, load, [](auto&, auto&) { return placement::consolidated{}; });
        simulated("best_fit", out, nodes, load, [](auto&, auto&) { return placement::best_fit{}; });
        simulated("tightest_domain", out, nodes, load, [](auto&, cluster::spec const& cluster) {
            return placement::by_domain<placement::tightest_domain>{cluster};
        });
        auto kinds = std::optional<placement::target_workload>{};
        auto const of = [&](job::workload const& work) {
            auto pods = std::vector<job::pod>{};
            for (auto const& spec : work.specs)
                pods.push_back(placement::pod_of(spec.need, std::min<int>(spec.need.gpus_max, 8)));
            return placement::fgd{kinds.emplace(pods).view()};
        };
        using placement::spread;
        simulated("fgd, remembered", out, nodes, load, [&](job::workload const& work, auto&) {
            using known = placement::remembered<placement::fgd>;
            return placement::by_score<known, spread::spill>{known{of(work)}};
        });
        if (nodes > 1'250) return;
        simulated("fgd", out, nodes, load, [&](job::workload const& work, auto&) {
            using fresh = placement::of_state<placement::fgd>;
            return placement::by_score<fresh, spread::spill>{fresh{of(work)}};
        });
    };
    one(smoke ? 40 : 1'250, 0.8);
    one(smoke ? 40 : 1'250, 1.2);
    one(smoke ? 80 : 12'500, 0.8);
}

} // namespace

int main(int count, char** arguments) {
    auto const wanted = std::vector<std::string>(arguments + 1, arguments + count);
    auto const known = std::vector<std::string>{"best_fit", "least_aligned", "fgd",   "scorers",
                                                "kinds",    "bandwidth",     "waves", "simulations"};
    for (auto const& one : wanted)
        if (std::find(known.begin(), known.end(), one) == known.end()) {
            std::fprintf(stderr,
                         "placement: read '%s', expected best_fit, least_aligned, fgd, scorers, kinds, "
                         "bandwidth, waves or simulations\n",
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
    if (wants("bandwidth")) bandwidth();
    if (wants("kinds")) many_kinds();
    if (wants("simulations")) simulations();
    if (!wants("waves")) return 0;
    std::printf("\nA queue on a half full cluster, in waves\n\n");
    auto const out = bench::markdown{{"scorer", "list", "ns a pod", "pods a round"}};
    waves("least_aligned", out, placement::least_aligned{});
    waves("fgd", out, placement::fgd{kinds.view()});
    return 0;
}
