// SPDX-License-Identifier: BSL-1.0
// GPUs that lie best together: the table against every subset, and on nodes as they are.
#include <bit>
#include <cstdint>
#include <tuple>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/gpu_subsets.hpp>
#include <rota/placement/linked.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/of_state.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using placement::gpu_subsets;

int sum(gpu_subsets::distances const& of, unsigned set) {
    auto all = 0;
    for (auto a = 0; a != 8; ++a)
        for (auto b = a + 1; b != 8; ++b)
            if ((set >> a & set >> b & 1u) != 0) all += of.between[a][b];
    return all;
}

/// GPUs 0 and 1, 2 and 3 and so on are linked; 0 to 3 are on one socket, 4 to 7 on the other.
gpu_subsets::distances pairs() {
    auto made = gpu_subsets::distances{};
    for (auto a = 0; a != 8; ++a)
        for (auto b = 0; b != 8; ++b)
            made.between[a][b] = a == b ? 0 : a / 2 == b / 2 ? 1 : a / 4 == b / 4 ? 3 : 9;
    return made;
}

void tried(tally& told, gpu_subsets::distances const& of) {
    auto const table = gpu_subsets{of};
    auto right = true;
    for (auto free = 0u; free != 256; ++free)
        for (auto count = 1; count <= 8; ++count) {
            auto best = 0u;
            for (auto set = 1u; set != 256; ++set) {
                if ((set & ~free) != 0 || std::popcount(set) != count) continue;
                auto const worth = [&](unsigned s) { return std::tuple{sum(of, s), sum(of, free & ~s), s}; };
                if (best == 0 || worth(set) < worth(best)) best = set;
            }
            right &= table.best(free, count) == best;
        }
    told.check(right, "the best subset is that of all tries");
}

} // namespace

int main() {
    auto told = tally{};
    auto draw = rota::random{3};
    for (auto i = 0; i != 20; ++i) {
        auto of = gpu_subsets::distances{};
        for (auto a = 0; a != 8; ++a)
            for (auto b = a + 1; b != 8; ++b)
                of.between[a][b] = of.between[b][a] = static_cast<std::uint8_t>(draw.below(i < 10 ? 4 : 256));
        tried(told, of);
    }
    tried(told, pairs());
    auto const table = gpu_subsets{pairs()};
    told.check(table.best(0b0000'0111, 1) == 0b100, "one GPU leaves the linked pair together");
    told.check(table.best(0b0011'1110, 2) == 0b11'0000,
               "two GPUs are a linked pair, of the socket with less left");
    told.check(table.best(0b1111'0110, 4) == 0b1111'0000, "four GPUs are those of a socket");
    told.check(table.best(0b0000'0110, 3) == 0, "three of two there are not");

    auto const nodes = cluster::uniform(1, 1, 8);
    auto free = cluster::ledger{nodes};
    free.take(cluster::slice{.node = node_id{0}, .gpus = 0b0000'1001});
    using scorer = placement::of_state<placement::linked<placement::gpu_packing>>;
    auto const policy = placement::by_score<scorer>{scorer{placement::linked<placement::gpu_packing>{table}}};
    auto const got = policy.place(job::gang(4), free);
    told.check(got && got->front().gpus == 0b1111'0000, "schedulers get them through the ledger, too");
    auto on = placement::empty_state(nodes.nodes[0]);
    on.milli[2] = 400;
    auto const share = job::pod{.gpus = 1, .milli = 300};
    told.check(placement::linked<placement::gpu_packing>{table}.pick(on, share) == 0b100,
               "a share lies where the scorer wants it");
    return told.end();
}
