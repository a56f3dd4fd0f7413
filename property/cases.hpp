// SPDX-License-Identifier: BSL-1.0
// How many cases a test is asked to try.
#ifndef ROTA_PROPERTY_CASES_HPP
#define ROTA_PROPERTY_CASES_HPP

#include <cstdint>
#include <cstdlib>

/// ROTA_CASES of the environment, or so many.
[[nodiscard]] inline std::uint64_t cases_wanted(std::uint64_t otherwise) {
    auto const* const asked = std::getenv("ROTA_CASES");
    return asked == nullptr ? otherwise : std::strtoull(asked, nullptr, 10);
}

#endif
