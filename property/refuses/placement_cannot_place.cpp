// SPDX-License-Identifier: BSL-1.0
// expect: rota: a placement policy needs `place(rota::job::request const&, rota::cluster::ledger const&) const`
#include <rota/placement/concepts.hpp>

struct idle {};
static_assert(rota::placement::explain_policy<idle>()); // refused

int main() {}
