// SPDX-License-Identifier: BSL-1.0
// expect: rota: power_of_d looks at a few nodes, and this scorer looks beyond the node; use scan
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/power_of_d.hpp>
#include <rota/placement/stretched.hpp>

using sample = rota::placement::power_of_d<rota::placement::stretched<rota::placement::least_remaining>>;
static_assert(sizeof(sample) > 0); // refused

int main() {}
