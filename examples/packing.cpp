// SPDX-License-Identifier: BSL-1.0
// Packing to saturation with FGD and with a scorer of one's own.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/job/pod.hpp>
#include <rota/packing/curve.hpp>
#include <rota/packing/experiment.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace {

/// The node with the most GPUs that nobody uses: what packs worst.
struct most_idle {
    [[nodiscard]] std::int64_t score(rota::placement::node_state const& on,
                                     rota::job::pod const&) const noexcept {
        return rota::placement::free_milli(on);
    }
    [[nodiscard]] std::uint16_t pick(rota::placement::node_state const& on,
                                     rota::job::pod const& need) const noexcept {
        return rota::placement::tightest(on, need);
    }
};
static_assert(rota::placement::state_scorer<most_idle>);

} // namespace

int main() {
    auto const cluster = rota::cluster::uniform(1, 16, 8, 128'000, 1'048'576);
    auto pods = std::vector<rota::job::pod>(40, {.cpu_milli = 8'000, .gpus = 1, .milli = 600});
    pods.insert(pods.end(), 40, {.cpu_milli = 12'000, .gpus = 1, .milli = 1'000});
    pods.insert(pods.end(), 8, {.cpu_milli = 64'000, .gpus = 8, .milli = 1'000});
    auto const study = rota::packing::experiment(cluster, pods);
    auto const order = study.draw(1'300, 42); // until pods ask for 130 % of the GPUs; the seed
    auto const allocated = [&](auto const& scorer) {
        auto const curve =
            rota::packing::curve_of(study.run(order, scorer), study.capacity_milli(), study.target().weight);
        return curve[100]->allocated;
    };
    std::printf("fgd %.1f %%, most idle %.1f %%\n", allocated(rota::placement::fgd{study.target()}),
                allocated(most_idle{}));
}

// Output:
// fgd 88.8 %, most idle 50.2 %
