// SPDX-License-Identifier: BSL-1.0
// expect: rota: a victim policy needs `start(view, actions, placement, order, job)`
#include <rota/preemption/concepts.hpp>

struct harmless {};
static_assert(rota::preemption::explain_victim_policy<harmless>()); // refused

int main() {}
