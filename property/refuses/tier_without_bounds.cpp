// SPDX-License-Identifier: BSL-1.0
// expect: rota: a tier states the bounds of its score as `least` and `most`
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/tiers.hpp>

using unbounded = rota::placement::tiers<rota::placement::least_allocated, rota::placement::gpu_packing>;
static_assert(sizeof(unbounded) > 0); // refused

int main() {}
