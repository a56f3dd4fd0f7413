// SPDX-License-Identifier: BSL-1.0
// Times and checked sums against 128-bit arithmetic.
#include <cstdint>
#include <limits>
#include <optional>

#include <rapidcheck.h>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>

#include "../tally.hpp"

namespace {

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

/// Small numbers, numbers near both ends, and all between.
rc::Gen<std::int64_t> any_number() {
    return rc::gen::oneOf(rc::gen::inRange<std::int64_t>(-1000, 1000), rc::gen::inRange(least, least + 1000),
                          rc::gen::inRange(most - 1000, most), rc::gen::just(most),
                          rc::gen::inRange(least, most));
}

std::optional<std::int64_t> fits(rota::int128 wide) {
    if (wide < least || wide > most) return std::nullopt;
    return static_cast<std::int64_t>(wide);
}

} // namespace

int main() {
    auto result = tally{};
    auto const law = [&](char const* what, auto&& holds) { result.check(rc::check(what, holds), what); };

    law("a sum is exact or absent", [] {
        auto const a = *any_number();
        auto const b = *any_number();
        RC_ASSERT(rota::checked_add(a, b) == fits(rota::int128{a} + b));
    });
    law("a product is exact or absent", [] {
        auto const a = *any_number();
        auto const b = *any_number();
        RC_ASSERT(rota::checked_multiply(a, b) == fits(rota::int128{a} * b));
    });
    law("a quotient is the least that is enough", [] {
        auto const a = *rc::gen::inRange<std::int64_t>(0, most);
        auto const b =
            *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 1000), rc::gen::inRange<std::int64_t>(1, most));
        auto const up = rota::divide_up(a, b);
        RC_ASSERT(rota::int128{up} * b >= a);
        RC_ASSERT(up == 0 || rota::int128{up - 1} * b < a);
    });
    law("time stops at never and nowhere before", [] {
        auto const at = *rc::gen::inRange<std::int64_t>(0, most);
        auto const span =
            *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 1000), rc::gen::inRange<std::int64_t>(0, most));
        auto const exact = rota::int128{at} + span;
        auto const later = rota::sim_time{at} + span;
        RC_ASSERT(later == (exact >= most ? rota::never : rota::sim_time{static_cast<std::int64_t>(exact)}));
        RC_ASSERT(rota::never + span == rota::never);
        if (later != rota::never) RC_ASSERT(later - rota::sim_time{at} == span);
    });
    return result.end();
}
