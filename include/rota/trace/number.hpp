// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_NUMBER_HPP
#define ROTA_TRACE_NUMBER_HPP

#include <cstdint>
#include <string_view>

#include <rota/core/checked.hpp>

namespace rota::trace {

/// What a number's text came to.
struct number {
    enum class fault : std::uint8_t { none, syntax, overflow };

    std::int64_t value = 0;
    fault why = fault::none;
    bool rounded = false; ///< the text said more than the unit can hold

    [[nodiscard]] constexpr bool ok() const noexcept { return why == fault::none; }
};

inline constexpr std::string_view whole_syntax = "a whole number in decimal digits";
inline constexpr std::string_view decimal_syntax = "a decimal number such as 12 or 12.5";

/// A decimal number times `scale`, in integers only; what is left beyond the unit is rounded half away from
/// 0.
///
/// Syntax: an optional '-', digits, and with `fraction` optionally '.' and digits. No '+', exponent, hex,
/// spaces, infinities.
/// Expects   scale from 1 to 10^9.
[[nodiscard]] constexpr number scaled(std::string_view text, std::int64_t scale, bool fraction) noexcept {
    auto const digit = [](char c) { return c >= '0' && c <= '9'; };
    auto at = std::size_t{0};
    auto const negative = !text.empty() && text[0] == '-';
    if (negative) ++at;
    if (at == text.size()) return {0, number::fault::syntax};
    auto const start = at;
    auto value = std::int64_t{0};
    auto fits = true;
    for (; at != text.size() && digit(text[at]); ++at) {
        auto const tenfold = checked_multiply(value, 10);
        auto const next = tenfold ? checked_add(*tenfold, text[at] - '0') : tenfold;
        fits = fits && next.has_value();
        value = next.value_or(0);
    }
    if (at == start) return {0, number::fault::syntax};
    auto const dot = at;
    if (at != text.size()) {
        if (!fraction || text[at] != '.' || at + 1 == text.size()) return {0, number::fault::syntax};
        while (++at != text.size())
            if (!digit(text[at])) return {0, number::fault::syntax};
    }
    auto const whole = checked_multiply(value, scale);
    if (!fits || !whole) return {0, number::fault::overflow};
    if (dot == text.size()) return {negative ? -*whole : *whole};

    // the digits after the dot as parts / power
    auto parts = int128{0};
    auto power = int128{1};
    auto rounded = false;
    auto const digits_max = std::size_t{15}; // keeps parts x scale within 128 bits
    auto up = false;
    for (at = dot + 1; at < text.size(); ++at) {
        if (at - dot <= digits_max) {
            parts = parts * 10 + (text[at] - '0');
            power *= 10;
        } else if (text[at] != '0') {
            rounded = true;
        }
    }
    auto const product = parts * scale;
    auto rest = static_cast<std::int64_t>(product / power);
    if (product % power != 0) {
        rounded = true;
        up = product % power * 2 >= power;
    }
    rest += up;
    auto const sum = checked_add(*whole, rest);
    if (!sum) return {0, number::fault::overflow};
    return {negative ? -*sum : *sum, number::fault::none, rounded};
}

/// A whole number. Syntax: an optional '-' and digits.
[[nodiscard]] constexpr number whole(std::string_view text) noexcept { return scaled(text, 1, false); }

/// A decimal count of a unit that is `scale` of the unit wanted: seconds to milliseconds with 1000.
[[nodiscard]] constexpr number decimal(std::string_view text, std::int64_t scale) noexcept {
    return scaled(text, scale, true);
}

/// A decimal count of a unit smaller than the one wanted, `divisor` of them to one: microseconds to
/// milliseconds with 1000. Rounds half away from 0.
[[nodiscard]] constexpr number divided(std::string_view text, std::int64_t divisor) noexcept {
    auto got = scaled(text, 1, true);
    if (!got.ok()) return got;
    auto const rest = got.value % divisor;
    got.rounded = got.rounded || rest != 0;
    got.value = got.value / divisor + (2 * rest >= divisor) - (2 * rest <= -divisor);
    return got;
}

} // namespace rota::trace

#endif
