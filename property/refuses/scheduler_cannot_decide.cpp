// SPDX-License-Identifier: BSL-1.0
// expect: rota: a scheduler needs `decide(rota::view const&, rota::actions&)`
#include <rota/contract/concepts.hpp>

struct forgetful {
    void on(rota::event const&, rota::view const&) {}
};
static_assert(rota::explain_scheduling_policy<forgetful>()); // refused

int main() {}
