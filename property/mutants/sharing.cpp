// SPDX-License-Identifier: BSL-1.0
// Dominant shares by the axioms alone, as whoever orders its tenants in another way would claim them.
#include <rota/contract/claims.hpp>
#include <rota/system/quota_drf.hpp>

#include "judge.hpp"

namespace {

struct fair : rota::system::quota_drf<> {
    static constexpr rota::claim claims = rota::claim::envy_free | rota::claim::sharing_incentive;
};

} // namespace

int main() {
    return judge([](auto const&) { return fair{}; });
}
