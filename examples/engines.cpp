// SPDX-License-Identifier: BSL-1.0
// Half a million GPUs under a scorer of one's own: 100,000 pods come, each is the oldest's successor.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/automatic.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

/// Nodes that keep their CPU in proportion to their GPUs.
struct even {
    [[nodiscard]] std::int64_t score(rota::placement::node_state const& on,
                                     rota::job::pod const& need) const noexcept {
        auto const cpu = std::int64_t{on.cpu_milli} - need.cpu_milli;
        auto const gpu = rota::placement::free_milli(on) - need.total_milli();
        auto const apart = cpu - 12 * gpu; // a node has 12 cores a GPU
        return apart < 0 ? apart : -apart;
    }
    [[nodiscard]] std::uint16_t pick(rota::placement::node_state const& on,
                                     rota::job::pod const& need) const noexcept {
        return rota::placement::tightest(on, need);
    }
};

int main() {
    auto nodes = rota::placement::state_table(rota::cluster::uniform(1, 62'500, 8, 96'000, 786'432));
    auto engine = rota::placement::automatic<even>{nodes}; // block_minimum<even>
    auto const small = rota::job::pod{.cpu_milli = 16'000, .gpus = 1, .milli = 500};
    auto const large = rota::job::pod{.cpu_milli = 20'000, .gpus = 2, .milli = 1'000};
    auto const requests = std::vector{engine.add(small), engine.add(large)};
    auto lie = std::vector<rota::placement::seat>{};
    auto used = std::uint32_t{0}; // nodes up to the last that was ever taken
    for (auto i = std::size_t{0}; i != 100'000; ++i) {
        auto const& need = i % 2 == 0 ? small : large;
        auto const n = engine.best(requests[i % 2]);
        if (!n) break;
        auto const gpus = even{}.pick(nodes[*n], need);
        nodes.take(*n, need, gpus);
        engine.changed(*n);
        lie.push_back({*n, gpus});
        if (index(*n) >= used) used = index(*n) + 1;
        if (i < 1'000) continue;
        auto const& oldest = lie[i - 1'000]; // of the same size as this one
        nodes.give(oldest.node, need, oldest.gpus);
        engine.changed(oldest.node);
    }
    std::printf("%zu pods placed on %u nodes\n", lie.size(), used);
}

// Output:
// 100000 pods placed on 338 nodes
