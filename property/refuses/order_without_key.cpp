// SPDX-License-Identifier: BSL-1.0
// expect: rota: a queue order needs `key(rota::view const&, rota::job_id) const`
#include <rota/queueing/concepts.hpp>

struct no_order {};
static_assert(rota::queueing::explain_order<no_order>()); // refused

int main() {}
