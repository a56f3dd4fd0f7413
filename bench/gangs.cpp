// SPDX-License-Identifier: BSL-1.0
// What it costs to decide where a gang of 64 GPUs goes in one rack, and a block on a torus, as tables in Markdown.
//
// A cell is CPU time in ns, the least of several stretches: to decide, and to decide, take and release the oldest gang.
// Racks of 16 nodes of 8 GPUs; half of the nodes are in use, at random. With the environment's ROTA_BENCH_SMOKE all is
// small and measures nothing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/anchor_fragmentation.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>
#include <rota/placement/torus.hpp>

#include "load.hpp"
#include "markdown.hpp"

namespace {

using namespace rota;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
auto const sizes =
    smoke ? std::vector<std::uint32_t>{40, 70} : std::vector<std::uint32_t>{1'250, 12'500, 125'000};

template <class Act>
double least_ns(Act act) {
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

/// Blocks of a cubic torus that is cut into cubes of 1, 2, 4 and 8 nodes along an edge: a quarter of the largest is free,
/// of the others a node in sixteen is in use, at random.
void torus_table() {
    auto const edges = smoke ? std::vector<std::uint32_t>{8, 16} : std::vector<std::uint32_t>{16, 32, 64};
    auto header = std::vector<std::string>{"ns, `torus`"};
    for (auto const edge : edges)
        for (auto const* what : {"decide", "and take, release"})
            header.push_back(std::to_string(edge) + "^3 " + what);
    auto const out = bench::markdown{header};
    auto const shapes = std::vector<placement::extent>{{1, 1, 1}, {2, 2, 2}, {4, 4, 4}, {8, 8, 8}};
    for (auto shape = std::size_t{0}; shape != shapes.size(); ++shape) {
        auto cells = std::vector<std::string>{"a cube of " + std::to_string(shapes[shape][0])};
        for (auto const edge : edges) {
            auto net = placement::torus{{edge, edge, edge}, shapes};
            auto draw = rota::random{3};
            auto const set = [&](std::size_t of, std::uint32_t anchor, bool in_use) {
                for (auto node : net.block(of, anchor)) net.set_in_use(node, in_use);
            };
            for (auto large = std::uint32_t{0}; large != net.anchors_of(3); ++large) // a quarter stays whole
                for (auto node : net.block(3, large))
                    if (large % 4 != 0) net.set_in_use(node, draw.below(16) == 0);
            auto held = std::vector<std::uint32_t>{};
            auto oldest = std::size_t{0};
            auto const step = [&] {
                auto const where = net.best(shape);
                if (where) {
                    set(shape, *where, true);
                    held.push_back(*where);
                }
                if (!where || held.size() - oldest > 16) set(shape, held[oldest++], false);
                return where;
            };
            for (auto i = 0; i != 16; ++i) step();
            cells.push_back(bench::rounded(least_ns([&] {
                auto const where = net.best(shape).value_or(0);
                asm volatile("" : : "r"(where) : "memory"); // it is looked at, and another one may come
                return true;
            })));
            cells.push_back(bench::rounded(least_ns(step)));
        }
        out.row(cells);
    }
}

} // namespace

int main() {
    gang_table<placement::tightest_domain>("tightest_domain");
    std::puts("");
    gang_table<placement::anchor_fragmentation>("anchor_fragmentation");
    std::puts("");
    torus_table();
    return 0;
}
