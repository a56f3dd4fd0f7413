// SPDX-License-Identifier: BSL-1.0
// A gang of 64 GPUs inside one NVLink domain, and one that is too large for any.
#include <array>
#include <cstdint>
#include <cstdio>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>

using namespace rota;

int main() {
    auto const trays = cluster::uniform(1, 288, 4);
    auto free = cluster::ledger{trays};
    // NVLink domains of 18 trays, blocks of 8 of those
    auto const domains = cluster::domain_tree::regular(free.size(), std::array{18u, 8u});
    auto const planner = placement::gang_planner<placement::tightest_domain>{domains};

    auto gang = placement::pods_of(16, 4); // 16 trays of 4 GPUs
    gang.required = 1;                     // inside one NVLink domain
    auto large = placement::pods_of(64, 4);
    large.slice = 16; // each 16 trays inside one NVLink domain,
    large.slice_level = 1;
    large.required = 2; // all inside one block

    for (auto const& what : {gang, large, gang}) {
        auto const where = planner.place(what, free);
        if (!where) return 1;
        std::printf("%3d GPUs on %2u trays, from tray %3u to %3u\n", where->gpus(), where->size(),
                    index(where->front().node), index((where->end() - 1)->node));
        free.take(*where);
    }
}

// Output:
//  64 GPUs on 16 trays, from tray   0 to  15
// 256 GPUs on 64 trays, from tray  18 to  87
//  64 GPUs on 16 trays, from tray  90 to 105
