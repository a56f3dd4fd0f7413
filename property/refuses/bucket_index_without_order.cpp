// SPDX-License-Identifier: BSL-1.0
// expect: rota: bucket_index orders nodes by their count of free GPUs alone, and this scorer does not say that it does
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/gpu_packing.hpp>

using index_of_packing = rota::placement::bucket_index<rota::placement::gpu_packing>;
static_assert(sizeof(index_of_packing) > 0); // refused

int main() {}
