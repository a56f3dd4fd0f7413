// SPDX-License-Identifier: BSL-1.0
// expect: rota: score_cache keeps a score until its node changes, and this scorer looks beyond the node; use scan
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/score_cache.hpp>
#include <rota/placement/stretched.hpp>
#include <rota/placement/weighted.hpp>

using namespace rota::placement;
using sum = weighted<least_allocated, 1, stretched<least_remaining>, 1>;
static_assert(sizeof(score_cache<sum>) > 0); // refused

int main() {}
