// SPDX-License-Identifier: BSL-1.0
// expect: rota: a scheduler needs `on(rota::event const&, rota::view const&)`
#include <rota/contract/concepts.hpp>

struct deaf {
    void decide(rota::view const&, rota::actions&) {}
};
static_assert(rota::explain_scheduling_policy<deaf>()); // refused

int main() {}
