// SPDX-License-Identifier: BSL-1.0
// A gang of several kinds is tried in one domain after the other: what a trial in vain may cost.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/kind_search.hpp>
#include <rota/placement/topology_gang.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto allocated = std::size_t{0}; ///< bytes, since the start

/// Bytes that the planner asks for until it knows that no rack takes the gang, though each takes half of it.
std::size_t refused_by(std::uint32_t racks, tally& told) {
    auto const cluster = cluster::uniform(racks, 4, 8);
    auto free = cluster::ledger{cluster};
    for (auto n = std::uint32_t{0}; n != free.size(); ++n) // of four nodes one is free
        if (n % 4 != 0) free.take(cluster::slice{.node = node_id{n}, .gpus = 0xff});
    auto gang = placement::topology_gang{
        .kinds = {{.each = job::gang(8)}, {.each = job::gang(4)}}, .required = 1, .preferred = 1};
    auto const tree = cluster::domain_tree::of_racks(cluster);
    auto const planner = placement::gang_planner<>{tree};
    auto const before = allocated;
    auto const got = planner.plan(gang, {}, free.state());
    auto const took = allocated - before;
    told.check(got.empty(), "a node of 8 GPUs does not hold 12");
    gang.required = tree.top();
    told.check(planner.plan(gang, {}, free.state()).size() == 2, "trials in vain leave nothing behind");
    return took;
}

} // namespace

// Not inlined: g++ 12 takes the pair of new and free for a mistake.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    allocated += bytes;
    if (auto* const got = std::malloc(bytes)) return got;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* what) noexcept { std::free(what); }
[[gnu::noinline]] void operator delete(void* what, std::size_t) noexcept { std::free(what); }

int main() {
    auto told = tally{};
    auto const small = refused_by(100, told);
    auto const large = refused_by(1'000, told);
    told.check(large < 12 * small, "ten times the racks take ten times the memory, not a hundred times");

    // 5 + 3 and 4 + 4 on nodes of 8: one way among many, and none for one pod more
    auto const kinds = [](std::uint32_t least) {
        return std::vector<placement::pod_kind>{
            {job::gang(5), 2, 2}, {job::gang(4), 4, 4}, {job::gang(3), 2, least}};
    };
    auto const nodes = std::vector<placement::room_for_kinds>(4, {.gpus = 8});
    auto tries = std::uint32_t{1'000};
    auto const fitting = kinds(2);
    told.check(placement::kind_search{fitting}.run(nodes, tries).size() == 4 && tries != 0, "a way is found");
    tries = 5;
    told.check(placement::kind_search{fitting}.run(nodes, tries).empty() && tries == 0, "tries run out");
    auto const one_more = kinds(3);
    tries = 1'000;
    told.check(placement::kind_search{one_more}.run(nodes, tries).empty() && tries != 0, "there is no way");
    return told.end();
}
