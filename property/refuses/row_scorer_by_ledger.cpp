// SPDX-License-Identifier: BSL-1.0
// expect: rota: by_score asks for one node at a time, and this scorer looks beyond the node
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/of_state.hpp>
#include <rota/placement/stretched.hpp>

using best = rota::placement::of_state<rota::placement::stretched<rota::placement::least_remaining>>;
static_assert(sizeof(best) > 0); // refused

int main() {}
