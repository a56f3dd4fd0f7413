// SPDX-License-Identifier: BSL-1.0
// expect: rota: `key` must return an integer (std::int64_t): doubles do not order the same everywhere
#include <rota/queueing/concepts.hpp>

struct by_fraction {
    double key(rota::view const&, rota::job_id) const { return 0.5; }
};
static_assert(rota::queueing::explain_order<by_fraction>()); // refused

int main() {}
