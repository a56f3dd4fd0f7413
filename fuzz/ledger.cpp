// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;

/// The ledger told with a table: thousandths, CPU and memory left of every node.
struct model {
    struct left {
        std::array<int, 16> milli{};           ///< 0 where the GPU is split
        std::array<std::uint8_t, 16> slices{}; ///< that instances have
        std::int64_t cpu = 0;
        std::int64_t mem = 0;
        bool open = true;
    };
    std::vector<left> nodes;

    [[nodiscard]] bool fits(cluster::slice const& part, int gpus) const {
        auto const& here = nodes.at(index(part.node));
        if (here.cpu < part.cpu_milli || here.mem < part.mem_mib) return false;
        for (auto g = 0; g != 16; ++g)
            if ((part.gpus >> g & 1) != 0 && (g >= gpus || !fits(part, here, static_cast<std::size_t>(g))))
                return false;
        return true;
    }
    static bool fits(cluster::slice const& part, left const& here, std::size_t g) {
        if (part.milli <= whole_gpu) return here.milli[g] >= part.milli;
        auto const wants = part.memory_slices();
        return here.slices[g] != 0 ? (here.slices[g] & wants) == 0 : here.milli[g] == whole_gpu;
    }
    void change(cluster::slice const& part, int sign) {
        auto& here = nodes.at(index(part.node));
        here.cpu += sign * std::int64_t{part.cpu_milli};
        here.mem += sign * std::int64_t{part.mem_mib};
        for (auto g = std::size_t{0}; g != 16; ++g) {
            if ((part.gpus >> g & 1) == 0) continue;
            if (part.milli > whole_gpu) {
                here.slices[g] = static_cast<std::uint8_t>(here.slices[g] ^ part.memory_slices());
                here.milli[g] = here.slices[g] == 0 ? whole_gpu : 0;
            } else {
                here.milli[g] += sign * part.milli;
            }
        }
    }
};

void compare(cluster::ledger const& ledger, model const& told) {
    for (auto n = std::uint32_t{0}; n != told.nodes.size(); ++n) {
        auto const& left = told.nodes[n];
        auto const id = node_id{n};
        auto whole = 0;
        for (auto g = 0; g != ledger.of(id).gpus; ++g) {
            require(ledger.state().free_milli(id, g) == left.milli[static_cast<std::size_t>(g)],
                    "thousandths");
            require(ledger.state().taken_slices(id, g) == left.slices[static_cast<std::size_t>(g)],
                    "memory slices");
            whole += left.milli[static_cast<std::size_t>(g)] == whole_gpu;
        }
        require(ledger.whole_count(id) == whole, "whole GPUs");
        require(ledger.state().cpu_milli(id) == left.cpu && ledger.state().mem_mib(id) == left.mem,
                "CPU and memory");
        require(ledger.open(id) == left.open, "open nodes");
    }
}

/// Every index, by looking at all nodes.
void recount(cluster::ledger const& ledger) {
    auto open_gpus = std::int64_t{0};
    auto const& racks = ledger.racks();
    auto largest = 0; // of any model
    for (auto m = 0; m != ledger.models(); ++m)
        largest = std::max(largest, ledger.largest(static_cast<gpu_model>(m)));
    for (auto m = 0; m != ledger.models(); ++m) {
        auto const model = static_cast<gpu_model>(m);
        auto free = std::int64_t{0};
        auto at_least = std::array<std::uint32_t, 10>{};
        for (auto n = std::uint32_t{0}; n != ledger.size(); ++n) {
            auto const id = node_id{n};
            auto const whole = ledger.whole_count(id);
            auto const counts = ledger.open(id) && ledger.of(id).model == model;
            auto shared = false;
            for (auto g = 0; g != ledger.of(id).gpus; ++g) {
                auto const left = ledger.state().free_milli(id, g);
                shared |= left != 0 && left != whole_gpu;
            }
            for (auto k = 0; k <= 8; ++k) at_least[static_cast<std::size_t>(k)] += counts && whole >= k;
            for (auto k = 0; k <= largest; ++k)
                require(ledger.with_free(model, k).contains(n) == (counts && whole == k),
                        "nodes by free GPUs");
            require(ledger.sharing(model).contains(n) == (counts && shared), "nodes with a GPU held in part");
            if (counts) {
                free += whole;
                open_gpus += ledger.of(id).gpus;
            }
        }
        require(ledger.free_gpus(model) == free, "free GPUs");
        for (auto k = 1; k <= 8; ++k)
            require(ledger.at_least(model, k) == at_least[static_cast<std::size_t>(k)],
                    "nodes with k free GPUs");
        for (auto b = racks.first_block(model); b != racks.end_block(model) && ledger.largest(model) != 0;
             ++b)
            require(racks.free_nodes(b) == std::count_if(racks.begin(b), racks.end(b),
                                                         [&](auto n) {
                                                             return ledger.open(node_id{n}) &&
                                                                    ledger.whole_count(node_id{n}) ==
                                                                        ledger.largest(model);
                                                         }),
                    "wholly free nodes of a rack");
        for (auto wanted = std::uint32_t{0}; wanted != 4; ++wanted) {
            auto best = cluster::rack_index::none;
            for (auto b = racks.first_block(model); b != racks.end_block(model); ++b)
                if (racks.free_nodes(b) >= wanted &&
                    (best == cluster::rack_index::none || racks.free_nodes(b) < racks.free_nodes(best)))
                    best = b;
            require(racks.tightest(model, wanted) == best, "the tightest rack");
        }
    }
    require(ledger.open_gpus() == open_gpus, "GPUs of open nodes");
}

/// Two gangs of what is held: what they share, and what one has that the other has not.
void compare_gangs(std::vector<cluster::slice> const& held, std::size_t half) {
    auto sides = std::array<cluster::placement, 2>{};
    // by node, GPU, and the memory slice at which an instance begins, from 1 on
    auto milli = std::map<std::tuple<std::uint32_t, int, int>, std::array<int, 2>>{};
    auto shared = false;
    for (auto i = std::size_t{0}; i != held.size(); ++i) {
        auto const side = std::size_t{i >= half};
        auto const twice = std::any_of(sides[side].begin(), sides[side].end(),
                                       [&](auto const& part) { return part.node == held[i].node; });
        if (twice) continue; // a gang names a node once
        sides[side].add(held[i]);
        for (auto g = 0; g != 16; ++g)
            if ((held[i].gpus >> g & 1) != 0)
                milli[{index(held[i].node), g, held[i].milli > whole_gpu ? 1 + held[i].start() : 0}][side] +=
                    held[i].share();
    }
    auto more = std::int64_t{0};
    for (auto const& [device, of] : milli) {
        shared |= of[0] != 0 && of[1] != 0;
        more += std::max(of[0] - of[1], 0);
    }
    require(sides[0].overlaps(sides[1]) == shared && sides[1].overlaps(sides[0]) == shared, "what overlaps");
    require(cluster::difference(sides[0], sides[1]).total_milli() == more, "what one has more");
    auto copy = sides[1];
    copy = sides[0];
    require(copy == sides[0] && cluster::difference(copy, sides[0]).total_milli() == 0, "a copy is equal");
}

/// The first byte says of how many nodes, and whether their GPUs can be split. Four bytes a command: take, give, open, close,
/// mark or undo to a mark; after each the ledger is the model, now and then every index is recounted.
void run(std::uint8_t const* data, std::size_t size, outcome& told_to) {
    if (size < 2) return;
    auto cluster = cluster::spec{};
    cluster.models = {"first", "second"};
    for (auto n = 0u; n != (data[0] < 240 ? 1u + data[0] % 6u : 160u); ++n)
        cluster.nodes.push_back({.gpus = static_cast<std::uint8_t>((data[1] >> (n % 4)) % 9),
                                 .model = gpu_model{static_cast<std::uint8_t>(n % 2)},
                                 .cpu_milli = 4'000,
                                 .mem_mib = 4'096,
                                 .rack = static_cast<rack_id>(data[0] < 240 ? n / 2 : n % 20 / 18),
                                 .spine = {}});
    auto const splits = data[0] >= 200 && data[0] < 240;
    if (splits) cluster.mig = {cluster::mig_kind::a100, cluster::mig_kind::a30};
    auto ledger = cluster::ledger(cluster);
    auto told = model{.nodes = std::vector<model::left>(cluster.nodes.size())};
    for (auto n = 0u; n != cluster.nodes.size(); ++n) {
        auto& left = told.nodes[n];
        for (auto g = std::size_t{0}; g != cluster.nodes[n].gpus; ++g) left.milli[g] = whole_gpu;
        left.cpu = cluster.nodes[n].cpu_milli;
        left.mem = cluster.nodes[n].mem_mib;
    }
    struct saved {
        cluster::ledger::mark mark;
        model told;
        std::vector<cluster::slice> held;
        cluster::ledger state;
    };
    auto held = std::vector<cluster::slice>{};
    auto marks = std::vector<saved>{};
    ledger.begin();
    for (auto at = std::size_t{2}; at + 4 <= size && at < 4 * 100; at += 4) {
        auto const node = data[at + 1] % cluster.nodes.size();
        switch (data[at] % 6) {
        case 0: {
            auto part = cluster::slice{
                .node = node_id{static_cast<std::uint32_t>(node)},
                .gpus = data[at + 2],
                .milli = static_cast<std::uint16_t>(data[at + 3] % 4 == 0 ? whole_gpu : 1 + data[at + 3] * 3),
                .cpu_milli = data[at + 3] * 10u,
                .mem_mib = data[at + 2] * 8u};
            auto fits = true;
            if (splits && data[at + 3] % 4 == 1) {
                auto const what =
                    static_cast<mig_size>(1 + data[at + 3] / 4 % (cluster::mig_sizes.size() - 1));
                part.milli = cluster::instance_milli(what, data[at + 1] / 6 % 8);
                fits = cluster::mig_entry_of(what).kind == cluster.mig[node % 2] && part.memory_slices() != 0;
            }
            fits = fits && told.fits(part, cluster.nodes[node].gpus);
            require(ledger.fits(cluster::placement{part}) == fits, "fits exactly what is left");
            told_to.add(fits);
            if (!fits || part.gpus == 0) break;
            ledger.take(part);
            told.change(part, -1);
            held.push_back(part);
            break;
        }
        case 1:
            if (held.empty()) break;
            std::swap(held[data[at + 1] % held.size()], held.back());
            ledger.give(held.back());
            told.change(held.back(), +1);
            held.pop_back();
            break;
        case 2:
        case 3: // closing is not journalled: marks are left behind
            marks.clear();
            ledger.set_open(node_id{static_cast<std::uint32_t>(node)}, data[at] % 6 == 2);
            told.nodes[node].open = data[at] % 6 == 2;
            break;
        case 4: marks.push_back({ledger.checkpoint(), told, held, ledger}); break;
        case 5:
            if (marks.empty()) break;
            ledger.rollback(marks.back().mark);
            require(ledger == marks.back().state, "undone is as if it had not been");
            told = std::move(marks.back().told);
            held = std::move(marks.back().held);
            marks.pop_back();
            break;
        default: break;
        }
        if (cluster.nodes.size() < 10) compare(ledger, told);
        if (at % 64 == 2) {
            require(ledger.validate(), "the index is a recount of the state"); // costs a new ledger
            recount(ledger);
            compare_gangs(held, data[at + 1] % (held.size() + 1));
        }
    }
    compare(ledger, told);
    require(ledger.validate(), "the index is a recount of the state");
    recount(ledger);
    compare_gangs(held, held.size() / 2);
    told_to.add(ledger.open_gpus());
    for (auto n = 0u; n != ledger.size(); ++n) told_to.add(ledger.whole_count(node_id{n}));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
