// SPDX-License-Identifier: BSL-1.0
// How many cases a test is asked to try.
#ifndef ROTA_PROPERTY_CASES_HPP
#define ROTA_PROPERTY_CASES_HPP

#include <algorithm>
#include <cstdint>
#include <cstdlib>

/// ROTA_CASES of the environment, or so many.
[[nodiscard]] inline std::uint64_t cases_wanted(std::uint64_t otherwise) {
    auto const* const asked = std::getenv("ROTA_CASES");
    return asked == nullptr ? otherwise : std::strtoull(asked, nullptr, 10);
}

/// So many where ROTA_CASES asks for 10,000 or more, in proportion where it asks for fewer, but at least a twentieth.
template <class Int>
[[nodiscard]] Int in_proportion(Int all) {
    auto const asked = static_cast<Int>(std::min<std::uint64_t>(cases_wanted(10'000), 10'000));
    return std::max({all * asked / 10'000, all / 20, Int{1}});
}

#endif
