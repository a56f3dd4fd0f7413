// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_DATE_HPP
#define ROTA_TRACE_DATE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <rota/core/units.hpp>

namespace rota::trace {

inline constexpr std::string_view date_syntax = "a date YYYY-MM-DD HH:MM:SS of the years 1970 to 2261";
inline constexpr std::string_view iso_syntax =
    "a date YYYY-MM-DDTHH:MM:SS with Z or +HH:MM, of the years 1970 to 2261";

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar.
///
/// Source    H. Hinnant, "chrono-compatible low-level date algorithms", 2013, days_from_civil.
[[nodiscard]] constexpr std::int64_t days_from_civil(int year, int month, int day) noexcept {
    auto const y = std::int64_t{year} - (month <= 2);
    auto const era = (y >= 0 ? y : y - 399) / 400;
    auto const of_era = y - era * 400;
    auto const of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/// Milliseconds from 1970-01-01 00:00:00 of the date's own clock to `text`, or nothing.
///
/// Without a zone: YYYY-MM-DD HH:MM:SS, read as a clock of one fixed offset, so neither a gap nor a fold of
/// summer time is seen. With one: a T or a blank, up to three decimals, then Z or +HH:MM or -HH:MM; the
/// answer is UTC. No leap second (:60), no year outside 1970 to 2261, no locale.
[[nodiscard]] constexpr std::optional<millis> date_ms(std::string_view text, bool zoned = false) noexcept {
    auto at = std::size_t{0};
    auto good = true;
    auto const number = [&](std::size_t digits, int least, int most) {
        auto value = 0;
        for (auto i = std::size_t{0}; i != digits; ++i, ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9') {
                good = false;
                return least;
            }
            value = value * 10 + (text[at] - '0');
        }
        good = good && value >= least && value <= most;
        return value;
    };
    auto const mark = [&](char wanted) {
        good = good && at < text.size() && text[at] == wanted;
        ++at;
    };
    auto const year = number(4, 1970, 2261);
    mark('-');
    auto const month = number(2, 1, 12);
    mark('-');
    if (!good) return std::nullopt;
    auto const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    auto const longest = month == 2                                              ? 28 + leap
                         : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                                 : 31;
    auto const day = number(2, 1, longest);
    if (zoned && at < text.size() && text[at] == 'T') ++at;
    else mark(' ');
    auto const hour = number(2, 0, 23);
    mark(':');
    auto const minute = number(2, 0, 59);
    mark(':');
    auto const second = number(2, 0, 59);
    if (!good) return std::nullopt;
    auto ms = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60'000 + second * 1000;
    if (zoned) {
        if (at < text.size() && text[at] == '.') {
            ++at;
            auto worth = 100;
            auto const first = at;
            for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, worth /= 10)
                ms += worth * (text[at] - '0');
            if (at == first || at - first > 3) return std::nullopt;
        }
        if (at < text.size() && text[at] == 'Z') {
            ++at;
        } else {
            if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return std::nullopt;
            auto const east = text[at++] == '+';
            auto const hours = number(2, 0, 14);
            mark(':');
            auto const offset = (hours * 60 + number(2, 0, 59)) * 60'000;
            ms += east ? -offset : offset;
        }
    }
    if (!good || at != text.size()) return std::nullopt;
    return ms;
}

} // namespace rota::trace

#endif
