// SPDX-License-Identifier: BSL-1.0
// expect: rota: exact_wave keeps a score until its node changes, and this scorer looks beyond the node; use scan
#include <cstdint>

#include <rota/placement/exact_wave.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/tiers.hpp>

using namespace rota::placement;

struct least_recent : least_allocated {
    static constexpr auto sees = locality::history;
};
static_assert(sizeof(exact_wave<tiers<least_allocated, least_recent>>) > 0); // refused

int main() {}
