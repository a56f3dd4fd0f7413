// SPDX-License-Identifier: BSL-1.0
// expect: rota: this scorer asks what kind of hardware a node is, which a ledger does not know
#include <rota/placement/of_state.hpp>
#include <rota/placement/pal.hpp>

using paced = rota::placement::of_state<rota::placement::pal>;
static_assert(sizeof(paced) > 0); // refused

int main() {}
