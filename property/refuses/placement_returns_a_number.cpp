// SPDX-License-Identifier: BSL-1.0
// expect: rota: `place` must return a placement or a refusal (rota::placement::outcome)
#include <rota/placement/concepts.hpp>

struct by_number {
    int place(rota::job::request const&, rota::cluster::ledger const&) const { return -1; }
};
static_assert(rota::placement::explain_policy<by_number>()); // refused

int main() {}
