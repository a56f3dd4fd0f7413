// SPDX-License-Identifier: BSL-1.0
// expect: rota: this scorer asks which pods lie on a node, which a ledger does not know
#include <rota/placement/by_score.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/of_state.hpp>

using clustering = rota::placement::of_state<rota::placement::gpu_clustering>;
static_assert(sizeof(clustering) > 0); // refused

int main() {}
