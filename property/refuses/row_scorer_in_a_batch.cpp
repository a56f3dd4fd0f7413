// SPDX-License-Identifier: BSL-1.0
// expect: rota: a batch scores each node by itself, and this scorer looks beyond the node; use scan
#include <rota/cuda/batch.hpp>
#include <rota/cuda/on_host.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/stretched.hpp>

using namespace rota;
using by_row = placement::stretched<placement::least_allocated, 100>;
static_assert(sizeof(cuda::batch<cuda::on_host<by_row>>) > 0); // refused

int main() {}
