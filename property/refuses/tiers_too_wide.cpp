// SPDX-License-Identifier: BSL-1.0
// expect: rota: the ranges of these tiers together need more than 63 bits
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/tiers.hpp>

using pack = rota::placement::kai_ladder<rota::placement::kai_order::pack>;
using wide = rota::placement::tiers<pack, pack>;
static_assert(sizeof(wide) > 0); // refused

int main() {}
