// SPDX-License-Identifier: BSL-1.0
// What approximate engines of placement gain and what they give up: decision time against regret, under FGD.
//
//   approximate [--gnuplot SCRIPT]
//
// Regret is what is lost against placing one by one on the best node, means of three seeds on 1,213 nodes of the sizes of
// Alibaba's openb cluster and pods of its mix: GPUs allocated once as many pods have come as the cluster has GPUs, the
// fragmentation then, and the mean time from arrival to end where pods come and go at 110 % of the cluster for 40,000 of
// them, placed every 30 s. Decision time is CPU time a pod, while filling those nodes, and for 4,096 pods on ten times
// as many nodes, half full. The script draws time against lost allocation. With the environment's ROTA_BENCH_SMOKE all
// is small and measures nothing.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/power_of_d.hpp>
#include <rota/placement/relaxed_wave.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/target_workload.hpp>

#include "load.hpp"
#include "markdown.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
constexpr auto seeds = std::uint64_t{3};

/// Nodes of 8, 2, 4 and 1 GPUs as in openb, 12 cores and 48 GiB a GPU.
placement::state_table openb_like(std::uint32_t times) {
    struct {
        std::uint32_t nodes;
        int gpus;
    } constexpr sizes[] = {{617, 8}, {518, 2}, {54, 4}, {24, 1}};
    auto states = std::vector<placement::node_state>{};
    for (auto const& size : sizes)
        for (auto i = std::uint32_t{0}; i != (smoke ? 1 + size.nodes / 60 : size.nodes * times); ++i) {
            auto on = placement::node_state{};
            on.gpus = static_cast<std::uint8_t>(size.gpus);
            on.cpu_milli = on.cpu_milli_of = static_cast<std::uint32_t>(12'000 * size.gpus);
            on.mem_mib = on.mem_mib_of = static_cast<std::uint32_t>(49'152 * size.gpus);
            for (auto g = 0; g != size.gpus; ++g) on.milli[g] = whole_gpu;
            states.push_back(on);
        }
    return placement::state_table{states};
}

/// Kinds of pods, each with how many of 8,152 are of it.
struct mix {
    std::vector<job::pod> kinds;
    std::vector<std::uint32_t> weights;

    mix() {
        auto const add = [this](std::uint32_t weight, std::uint32_t cpu_milli, int gpus, int milli) {
            kinds.push_back({.cpu_milli = cpu_milli,
                             .mem_mib = 2 * cpu_milli,
                             .gpus = static_cast<std::uint16_t>(gpus),
                             .milli = static_cast<std::uint16_t>(milli)});
            weights.push_back(weight);
        };
        for (auto const cpu : {4'000u, 8'000u, 16'000u, 32'000u}) add(272, cpu, 0, 0);
        for (auto const milli : {110, 220, 460, 500, 690, 810, 900})
            for (auto const cpu : {3'000u, 6'000u, 11'900u}) add(147, cpu, 1, milli);
        for (auto const cpu : {2'000u, 6'000u, 8'000u, 11'000u, 16'000u}) add(782, cpu, 1, 1000);
        add(16, 16'000, 2, 1000);
        add(15, 40'000, 4, 1000);
        add(44, 88'000, 8, 1000);
    }
    [[nodiscard]] std::uint32_t one(rota::random& draw) const {
        auto all = std::uint64_t{0};
        for (auto const w : weights) all += w;
        auto at = draw.below(all);
        auto k = std::uint32_t{0};
        for (; at >= weights[k]; ++k) at -= weights[k];
        return k;
    }
    [[nodiscard]] std::vector<job::pod> all() const {
        auto made = std::vector<job::pod>{};
        for (auto k = std::size_t{0}; k != kinds.size(); ++k) made.insert(made.end(), weights[k], kinds[k]);
        return made;
    }
};

using queue = std::vector<std::uint32_t>;
using seats = std::vector<std::optional<placement::seat>>;
using scorer = placement::fgd;

/// One by one, by an engine that Make makes of the table.
template <class Make>
class by_one {
public:
    by_one(placement::state_table nodes, mix const& of, scorer const& score, Make const& make)
        : nodes_{std::move(nodes)}, kinds_{of.kinds}, score_{score}, engine_{make(nodes_, score)} {
        for (auto const& need : kinds_) static_cast<void>(engine_.add(need));
    }
    seats place(queue const& asked) {
        auto where = seats{};
        auto refused = std::vector<bool>(kinds_.size()); // and nothing is released meanwhile
        for (auto const k : asked) {
            where.push_back(std::nullopt);
            if (refused[k]) continue;
            auto const n = engine_.best(k);
            refused[k] = !n;
            if (!n) continue;
            where.back() = placement::seat{*n, score_.pick(nodes_[*n], kinds_[k])};
            nodes_.take(*n, kinds_[k], where.back()->gpus);
            engine_.changed(*n);
        }
        return where;
    }
    void release(std::uint32_t k, placement::seat where) {
        nodes_.give(where.node, kinds_[k], where.gpus);
        engine_.changed(where.node);
    }
    [[nodiscard]] placement::state_table const& nodes() const { return nodes_; }

private:
    placement::state_table nodes_;
    std::vector<job::pod> kinds_;
    scorer score_;
    decltype(std::declval<Make>()(std::declval<placement::state_table&>(), std::declval<scorer>())) engine_;
};

/// A queue at a time, by a wave that Make makes of the table.
template <class Make>
class by_wave {
public:
    by_wave(placement::state_table nodes, mix const& of, scorer const& score, Make const& make)
        : nodes_{std::move(nodes)}, kinds_{of.kinds}, wave_{make(nodes_, score)} {
        for (auto const& need : kinds_) static_cast<void>(wave_.add(need));
    }
    seats place(queue const& asked) { return wave_.place(asked); }
    void release(std::uint32_t k, placement::seat where) { nodes_.give(where.node, kinds_[k], where.gpus); }
    [[nodiscard]] placement::state_table const& nodes() const { return nodes_; }

private:
    placement::state_table nodes_;
    std::vector<job::pod> kinds_;
    decltype(std::declval<Make>()(std::declval<placement::state_table&>(), std::declval<scorer>())) wave_;
};

struct quality {
    double us = 0;        ///< a pod, while filling
    double us_large = 0;  ///< a pod, on ten times as many nodes
    double allocated = 0; ///< percent of the GPUs
    double fragments = 0; ///< percent of the GPUs
    double jct_s = 0;
};

template <class System>
void fill(System& system, mix const& of, placement::target_view target, std::uint64_t seed, quality& got) {
    auto draw = rota::random{seed};
    auto capacity = std::int64_t{0};
    for (auto n = std::uint32_t{0}; n != system.nodes().size(); ++n)
        capacity += whole_gpu * system.nodes()[node_id{n}].gpus;
    auto asked = queue{};
    for (auto sum = std::int64_t{0}; sum < capacity; sum += of.kinds[asked.back()].total_milli())
        asked.push_back(of.one(draw));
    auto const from = bench::cpu_ms();
    auto const where = system.place(asked);
    got.us += (bench::cpu_ms() - from) * 1'000 / static_cast<double>(asked.size()) / seeds;
    auto used = std::int64_t{0};
    for (auto i = std::size_t{0}; i != where.size(); ++i)
        if (where[i]) used += of.kinds[asked[i]].total_milli();
    auto fragments = 0.0;
    for (auto n = std::uint32_t{0}; n != system.nodes().size(); ++n)
        fragments += static_cast<double>(fragment(system.nodes()[node_id{n}], target));
    auto const all = static_cast<double>(capacity);
    got.allocated += 100 * static_cast<double>(used) / all / seeds;
    got.fragments += 100 * fragments / static_cast<double>(target.weight) / all / seeds;
}

/// Pods that come and go, an hour each on average; the mean time from arrival to end.
template <class System>
void churn(System& system, mix const& of, std::uint64_t seed, quality& got) {
    constexpr auto mean_s = 3'600.0;
    constexpr auto every_s = 30.0;
    auto draw = rota::random{seed + 100};
    auto const exponential = [&draw](double mean) { return -mean * std::log(1.0 - draw.unit()); };
    auto gpus = std::int64_t{0};
    for (auto n = std::uint32_t{0}; n != system.nodes().size(); ++n) gpus += system.nodes()[node_id{n}].gpus;
    auto all = 0.0;
    auto asked = 0.0;
    for (auto k = std::size_t{0}; k != of.kinds.size(); ++k) {
        all += of.weights[k];
        asked += of.weights[k] * static_cast<double>(of.kinds[k].total_milli()) / whole_gpu;
    }
    auto const gap_s = mean_s * asked / all / (1.1 * static_cast<double>(gpus));
    struct pod {
        std::uint32_t kind;
        double arrival;
        double length;
    };
    struct running {
        double end;
        std::uint32_t kind;
        placement::seat where;
        bool operator<(running const& other) const { return end > other.end; }
    };
    auto pods = std::vector<pod>{};
    for (auto at = 0.0; pods.size() != (smoke ? 200u : 40'000u); at += exponential(gap_s))
        pods.push_back({of.one(draw), at, exponential(mean_s)});
    auto waiting = std::vector<pod>{};
    auto lie = std::priority_queue<running>{};
    auto next = std::size_t{0};
    auto sum = 0.0;
    for (auto now = 0.0; next != pods.size() || !waiting.empty(); now += every_s) {
        for (; !lie.empty() && lie.top().end <= now; lie.pop())
            system.release(lie.top().kind, lie.top().where);
        for (; next != pods.size() && pods[next].arrival <= now; ++next) waiting.push_back(pods[next]);
        auto asking = queue{};
        for (auto const& one : waiting) asking.push_back(one.kind);
        auto const where = system.place(asking);
        auto left = std::vector<pod>{};
        for (auto i = std::size_t{0}; i != waiting.size(); ++i) {
            if (!where[i]) {
                left.push_back(waiting[i]);
                continue;
            }
            lie.push({now + waiting[i].length, waiting[i].kind, *where[i]});
            sum += now + waiting[i].length - waiting[i].arrival;
        }
        waiting = std::move(left);
    }
    got.jct_s += sum / static_cast<double>(pods.size()) / seeds;
}

/// On ten times as many nodes, half full of pods laid at random: CPU time a pod.
template <class System>
double large(System& system, mix const& of) {
    auto draw = rota::random{77};
    auto asked = queue(smoke ? 64 : 4'096);
    for (auto& k : asked) k = of.one(draw);
    auto const from = bench::cpu_ms();
    static_cast<void>(system.place(asked));
    return (bench::cpu_ms() - from) * 1'000 / static_cast<double>(asked.size());
}

placement::state_table half_full(mix const& of, scorer const& score) {
    auto nodes = openb_like(10);
    auto draw = rota::random{5};
    for (auto i = std::uint32_t{0}; i != nodes.size() * 3; ++i) {
        auto const& need = of.kinds[of.one(draw)];
        auto const n = node_id{static_cast<std::uint32_t>(draw.below(nodes.size()))};
        if (nodes.takes(n, need)) nodes.take(n, need, score.pick(nodes[n], need));
    }
    return nodes;
}

class report {
public:
    report()
        : target_{of_.all()}, score_{target_.view()}, large_{half_full(of_, score_)},
          out_{{"engine", "us a pod", "12,130 nodes", "allocated %", "lost", "fragments %", "more", "JCT s",
                "longer %"}} {}

    template <template <class> class System, class Make>
    void row(std::string const& name, char const* family, Make const& make) {
        auto got = quality{};
        for (auto seed = std::uint64_t{1}; seed <= seeds; ++seed) {
            auto filling = System<Make>{openb_like(1), of_, score_, make};
            fill(filling, of_, target_.view(), seed, got);
            auto churning = System<Make>{openb_like(1), of_, score_, make};
            churn(churning, of_, seed, got);
        }
        auto on_large = System<Make>{large_, of_, score_, make};
        got.us_large = large(on_large, of_);
        if (!first_) first_ = got;
        auto const fixed = [](double number, int digits) {
            char text[32];
            std::snprintf(text, sizeof text, "%.*f", digits, number);
            return std::string{text};
        };
        out_.row({name, bench::rounded(got.us), bench::rounded(got.us_large), fixed(got.allocated, 2),
                  fixed(first_->allocated - got.allocated, 2), fixed(got.fragments, 2),
                  fixed(got.fragments - first_->fragments, 2), fixed(got.jct_s, 0),
                  fixed(100 * (got.jct_s / first_->jct_s - 1), 1)});
        points_.push_back({name, family, got});
    }

    /// Time against lost allocation, a curve for each family.
    [[nodiscard]] bool gnuplot(char const* path) const {
        auto* const to = std::fopen(path, "w");
        if (to == nullptr) return false;
        std::fputs("set terminal pngcairo size 760,460 font 'sans,10'\nset title 'FGD: decision time on "
                   "12,130 nodes against allocation lost'\nset logscale x\nset xlabel 'us a pod'\nset ylabel "
                   "'points of allocation lost'\nset key right top\nset grid\n",
                   to);
        auto families = std::vector<std::string>{};
        for (auto const& one : points_)
            if (std::find(families.begin(), families.end(), one.family) == families.end())
                families.push_back(one.family);
        for (auto f = std::size_t{0}; f != families.size(); ++f) {
            std::fprintf(to, "$f%zu << end\n", f);
            for (auto const& one : points_)
                if (one.family == families[f])
                    std::fprintf(to, "%g %g\n", one.got.us_large, first_->allocated - one.got.allocated);
            std::fputs("end\n", to);
        }
        for (auto f = std::size_t{0}; f != families.size(); ++f)
            std::fprintf(to, "%s$f%zu with linespoints linewidth 2 title '%s'", f == 0 ? "plot " : ", ", f,
                         families[f].c_str());
        return std::fputc('\n', to) != EOF && std::fclose(to) == 0;
    }

private:
    struct point {
        std::string name;
        std::string family;
        quality got;
    };
    mix of_;
    placement::target_workload target_;
    scorer score_;
    placement::state_table large_;
    bench::markdown out_;
    std::optional<quality> first_;
    std::vector<point> points_;
};

} // namespace

int main(int count, char** arguments) {
    if (count != 1 && (count != 3 || std::string_view{arguments[1]} != "--gnuplot")) {
        std::fputs("usage: approximate [--gnuplot SCRIPT]\n", stderr);
        return 2;
    }
    using namespace placement;
    auto table = report{};
    table.row<by_one>("`scan`", "exact, one by one",
                      [](state_table& nodes, scorer score) { return scan<scorer>{nodes, score}; });
    table.row<by_one>("`state_memo`", "exact, one by one",
                      [](state_table& nodes, scorer score) { return state_memo<scorer>{nodes, score}; });
    table.row<by_one>("`block_minimum`", "exact, one by one",
                      [](state_table& nodes, scorer score) { return block_minimum<scorer>{nodes, score}; });
    table.row<by_wave>("`exact_wave`, lists of 128", "exact, waves", [](state_table& nodes, scorer score) {
        return exact_wave<scorer>{nodes, score, 128};
    });
    for (auto const d : {1u, 2u, 4u, 8u, 16u, 64u, 256u})
        table.row<by_one>(
            "`power_of_d`, " + std::to_string(d), "power of d",
            [d](state_table& nodes, scorer score) { return power_of_d<scorer>{nodes, d, 1, score}; });
    struct {
        std::size_t pods;
        std::size_t keep;
    } constexpr rounds[] = {{64, 8}, {64, 64}, {1'024, 32}, {1'024, 1'024}, {4'096, 128}};
    auto const wave = [&](auto what, char const* name, char const* family) {
        for (auto const& [pods, keep] : rounds)
            table.row<by_wave>(std::string{"`"} + name + "`, " + std::to_string(pods) + " pods, lists of " +
                                   std::to_string(keep),
                               family, [pods = pods, keep = keep](state_table& nodes, scorer score) {
                                   return relaxed_wave<scorer, decltype(what)::value>{nodes, keep, pods,
                                                                                      score};
                               });
    };
    wave(std::integral_constant<relax, relax::one_winner>{}, "one_winner", "one winner a node");
    wave(std::integral_constant<relax, relax::stale_scores>{}, "stale_scores", "stale scores");
    if (count == 3 && !table.gnuplot(arguments[2])) {
        std::fprintf(stderr, "approximate: cannot write '%s'\n", arguments[2]);
        return 1;
    }
    return 0;
}
