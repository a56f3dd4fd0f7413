// SPDX-License-Identifier: BSL-1.0
// What it costs to place queues of gangs in racks, spines and the cluster: a device that keeps the sums of all distinct
// gangs, and one core with domain_index and gang_planner, measured in one run, as a table in Markdown. With the
// environment's ROTA_BENCH_SMOKE all is small and measures nothing.
//
// Racks of 16 nodes of 8 GPUs, 16 racks a spine; half of the nodes are in use, at random. A queue is 256 gangs of 2 to 17
// pods of a whole or half a node, drawn from the distinct ones; then all of it is released. A cell is wall time, uploads
// and downloads among it, the least of several queues. The program ends with an error where two engines place a gang on
// other devices.
//
//   sums anew     all nodes sent, the sums of all distinct gangs made, and one gang placed
//   of the copy   the bytes of those sums of what a copy moves in that time
//
// gang_planner is asked for as many gangs as half a second allows; domain_index is left out where its sums would take
// longer than some seconds to make.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/buffer.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/gang_batch.hpp>
#include <rota/cuda/gangs_on_device.cuh>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/topology_gang.hpp>

#include "../bench/markdown.hpp"
#include "../bench/processor.hpp"
#include "../bench/stopwatch.hpp"

namespace {

using namespace rota;
using bench::now_s;
using bench::seconds;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
auto const sizes =
    smoke ? std::vector<std::uint32_t>{160} : std::vector<std::uint32_t>{12'512, 125'008, 1'000'000};
auto const gang_counts =
    smoke ? std::vector<std::uint32_t>{3} : std::vector<std::uint32_t>{1, 20, 100, 1'000};
auto const queue_size = smoke ? std::size_t{20} : std::size_t{256};
constexpr auto index_pairs_max = std::size_t{25'000'000}; ///< of a node and a gang, for the host's index

/// Bytes read and written a second by a copy on the device.
double copied_a_second() {
    auto const size = std::size_t{1} << (smoke ? 20 : 30);
    auto from = cuda::buffer<std::uint8_t>{};
    auto to = cuda::buffer<std::uint8_t>{};
    from.reserve(size);
    to.reserve(size);
    auto least = std::numeric_limits<double>::infinity();
    for (auto i = 0; i != 5; ++i)
        least = std::min(least, seconds([&] {
                             cuda::check(cudaMemcpy(to.data(), from.data(), size, cudaMemcpyDeviceToDevice),
                                         "cudaMemcpy on the device");
                             cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
                         }));
    return 2.0 * static_cast<double>(size) / least;
}

void print_machine(double copied) {
    auto device = 0;
    cuda::check(cudaGetDevice(&device), "cudaGetDevice");
    auto about = cudaDeviceProp{};
    cuda::check(cudaGetDeviceProperties(&about, device), "cudaGetDeviceProperties");
    auto clock_khz = 0;
    cuda::check(cudaDeviceGetAttribute(&clock_khz, cudaDevAttrClockRate, device), "cudaDeviceGetAttribute");
    std::printf(
        "%s, %d multiprocessors, at most %d MHz; copy %s GB/s, read and written; host: one core of %s\n\n",
        about.name, about.multiProcessorCount, clock_khz / 1'000, bench::rounded(copied / 1e9).c_str(),
        bench::processor().c_str());
}

cluster::spec racks(std::uint32_t nodes) {
    auto made = cluster::uniform(nodes / 16, 16, 8);
    for (auto& node : made.nodes) {
        node.spine = static_cast<spine_id>(index(node.rack) / 16);
        node.cpu_milli = 96'000;
    }
    return made;
}

std::vector<placement::topology_gang> distinct(std::uint32_t count) {
    auto made = std::vector<placement::topology_gang>{};
    for (auto i = std::uint32_t{0}; i != count; ++i) {
        auto& gang = made.emplace_back(placement::pods_of(2 + i % 16, i % 2 == 0 ? 8 : 4));
        gang.kinds.front().each.cpu_milli = 1'000 + i; // what tells gangs of a size apart
        gang.preferred = 1;
    }
    return made;
}

using outcomes = std::vector<placement::outcome>;

void must_agree(placement::outcome const& a, placement::outcome const& b, char const* what) {
    if (static_cast<bool>(a) == static_cast<bool>(b) && (!a || *a == *b)) return;
    std::fprintf(stderr, "%s places a gang elsewhere\n", what);
    std::exit(1);
}

template <class Changed>
void release(cluster::ledger& free, outcomes const& lie, Changed changed) {
    for (auto const& where : lie)
        if (where) {
            free.give(*where);
            for (auto const& part : *where) changed(part.node);
        }
}

void row(bench::markdown const& out, double copied, std::uint32_t nodes, std::uint32_t count) {
    auto const cluster = racks(nodes);
    auto const tree = cluster::domain_tree::of_racks(cluster);
    auto free = cluster::ledger{cluster};
    auto draw = rota::random{3};
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        if (draw.below(2) == 0) free.take(cluster::placement{{.node = node_id{n}, .gpus = 0xff}});
    auto const gangs = distinct(count);
    auto queue = std::vector<std::uint32_t>(queue_size);
    for (auto& g : queue) g = static_cast<std::uint32_t>(draw.below(count));
    auto const each_us = [](double s) { return bench::rounded(s * 1e6 / static_cast<double>(queue_size)); };

    auto device = cuda::gang_batch{tree, free, cuda::gangs_on_device{}};
    for (auto const& gang : gangs) static_cast<void>(device.add(gang));
    auto first = outcomes{};
    auto const sums_s = seconds([&] { first = device.place(std::span{queue}.first(1)); });
    release(free, first, [&](node_id n) { device.changed(n); });
    auto got = outcomes{};
    auto device_s = std::numeric_limits<double>::infinity();
    for (auto turn = 0; turn != 4; ++turn) {
        auto again = outcomes{};
        device_s = std::min(device_s, seconds([&] { again = device.place(queue); }));
        for (auto i = std::size_t{0}; i != got.size(); ++i)
            must_agree(again[i], got[i], "the device, once more,");
        got = std::move(again);
        release(free, got, [&](node_id n) { device.changed(n); });
    }

    auto index_us = std::string{};
    if (std::size_t{nodes} * count <= index_pairs_max) {
        auto by_index = placement::domain_index<>{tree, free};
        for (auto const& gang : gangs) static_cast<void>(by_index.add(gang));
        auto index_s = std::numeric_limits<double>::infinity();
        for (auto turn = 0; turn != 3; ++turn) {
            auto found = outcomes{};
            index_s = std::min(index_s, seconds([&] {
                                   for (auto const g : queue) {
                                       found.push_back(by_index.place(g));
                                       if (!found.back()) continue;
                                       free.take(*found.back());
                                       for (auto const& part : *found.back()) by_index.changed(part.node);
                                   }
                               }));
            for (auto i = std::size_t{0}; i != got.size(); ++i) must_agree(found[i], got[i], "domain_index");
            release(free, found, [&](node_id n) { by_index.changed(n); });
        }
        index_us = each_us(index_s);
    }
    auto const planner = placement::gang_planner<>{tree};
    auto planned = outcomes{};
    auto const planner_s = seconds([&] {
        for (auto const from = now_s(); planned.size() != queue.size() && now_s() - from < 0.5;) {
            planned.push_back(planner.place(gangs[queue[planned.size()]], free));
            if (planned.back()) free.take(*planned.back());
        }
    });
    for (auto i = std::size_t{0}; i != planned.size(); ++i) must_agree(planned[i], got[i], "gang_planner");
    auto const sums_bytes = 4.0 * count * (nodes + nodes / 16 + nodes / 256 + 1);
    out.row({bench::grouped(nodes) + " x " + bench::grouped(count), each_us(device_s),
             bench::rounded(sums_s * 1e3), bench::rounded(sums_bytes / sums_s / copied), index_us,
             bench::rounded(planner_s * 1e6 / static_cast<double>(planned.size()))});
}

} // namespace

int main() try {
    if (cuda::devices() == 0) {
        std::printf("skipped: no device\n");
        return 77;
    }
    auto const copied = copied_a_second();
    print_machine(copied);
    auto const out = bench::markdown{{"us a gang, nodes x distinct gangs", "device", "sums anew, ms",
                                      "of the copy", "`domain_index`", "`gang_planner`"}};
    for (auto const nodes : sizes)
        for (auto const count : gang_counts) row(out, copied, nodes, count);
    return 0;
} catch (cuda::error const& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
}
