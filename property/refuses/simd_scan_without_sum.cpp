// SPDX-License-Identifier: BSL-1.0
// expect: rota: simd_scan compares weighted sums of what is free, and this scorer has no `weights` and `limit`
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/simd_scan.hpp>

using sums_of_packing = rota::placement::simd_scan<rota::placement::gpu_packing>;
static_assert(sizeof(sums_of_packing) > 0); // refused

int main() {}
