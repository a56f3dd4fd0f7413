// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_VALUES_HPP
#define ROTA_TRACE_VALUES_HPP

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/trace/date.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/place.hpp>

namespace rota::trace {

/// One field of a row: its text, where it stands, and the name of its column.
struct cell {
    std::string_view text;
    place at;
    std::string_view name;
};

/// What a column of times is written in.
enum class unit : std::uint8_t { us, ms, s, min, h, d, date, iso };

inline constexpr auto unit_names =
    std::to_array<std::string_view>({"us", "ms", "s", "min", "h", "d", "date", "iso"});

namespace detail {

inline std::string in_column(cell const& what) {
    return "read " + shown(what.text) + " in " + std::string{what.name} + ", expected ";
}

/// Says what is wrong with a number, if anything is; true where it is sound.
inline bool sound(intake& in, cell const& what, number const& got, std::string_view syntax) {
    if (got.ok()) return true;
    if (got.why == number::fault::syntax) in.bad(what.at, "E-NUMBER", in_column(what).append(syntax));
    else in.bad(what.at, "E-OVERFLOW", in_column(what).append("a number that fits in 64 bits"));
    return false;
}

} // namespace detail

/// A whole number from least to most; least where it is none, which the intake has heard of by then.
///
/// Errors    E-NUMBER, E-RANGE below least, E-OVERFLOW above most.
[[nodiscard]] inline std::int64_t read_whole(intake& in, cell const& what, std::int64_t least,
                                             std::int64_t most) {
    auto const got = whole(what.text);
    if (!detail::sound(in, what, got, whole_syntax)) return least;
    if (got.value >= least && got.value <= most) return got.value;
    auto const low = got.value < least;
    in.bad(what.at, low ? "E-RANGE" : "E-OVERFLOW",
           detail::in_column(what) +
               (low ? "at least " + std::to_string(least) : "at most " + std::to_string(most)));
    return least;
}

/// The name of a job or a node. Errors: E-ID where there is none.
[[nodiscard]] inline std::string_view read_id(intake& in, cell const& what) {
    if (what.text.empty()) in.bad(what.at, "E-ID", detail::in_column(what) + "a name");
    return what.text;
}

/// A whole number of GPUs, 1 to 65535; 0 is what zero_gpus says.
[[nodiscard]] inline std::uint16_t read_gpus(intake& in, cell const& what) {
    auto const gpus = read_whole(in, what, 0, std::numeric_limits<std::uint16_t>::max());
    if (gpus == 0 && in.row_stands()) {
        if (in.how().zero_gpus == zero_gpus::drop) in.drop("zero_gpus");
        else in.bad(what.at, "E-ZEROGPU", detail::in_column(what) + "at least one GPU");
    }
    return static_cast<std::uint16_t>(gpus);
}

/// A span of time in ms, from 0 to the horizon. `negative` may drop the row instead of an error.
///
/// Errors    E-NUMBER, E-RANGE below 0, E-OVERFLOW beyond 64 bits, E-HORIZON.
[[nodiscard]] inline millis read_span(intake& in, cell const& what, unit in_units = unit::s,
                                      std::optional<repair> negative = std::nullopt) {
    constexpr auto scales = std::to_array<std::int64_t>({1000, 1, 1000, 60'000, 3'600'000, 86'400'000});
    auto const scale = scales[static_cast<std::size_t>(in_units) % scales.size()];
    auto const got = in_units == unit::us ? divided(what.text, scale) : decimal(what.text, scale);
    if (!detail::sound(in, what, got, decimal_syntax)) return 0;
    if (what.text.front() == '-' && (got.value < 0 || got.rounded)) {
        auto const message = detail::in_column(what) + "at least 0";
        if (negative) in.repairable(*negative, what.at, "E-RANGE", message);
        else in.bad(what.at, "E-RANGE", message);
        return 0;
    }
    if (got.value > in.how().limits.horizon_ms) {
        in.bad(what.at, "E-HORIZON",
               detail::in_column(what) + "at most the horizon of " +
                   std::to_string(in.how().limits.horizon_ms) + " ms");
        return 0;
    }
    if (got.rounded) in.count("rounded_to_ms");
    return got.value;
}

/// A point in time in ms: a span since the source's zero, or a date.
///
/// Errors    those of read_span, E-DATE.
[[nodiscard]] inline millis read_instant(intake& in, cell const& what, unit in_units = unit::s,
                                         std::optional<repair> negative = std::nullopt) {
    if (in_units != unit::date && in_units != unit::iso) return read_span(in, what, in_units, negative);
    auto const zoned = in_units == unit::iso;
    auto const got = date_ms(what.text, zoned);
    if (!got) {
        in.bad(what.at, "E-DATE", detail::in_column(what).append(zoned ? iso_syntax : date_syntax));
        return 0;
    }
    if (*got >= 0 && *got <= in.how().limits.horizon_ms) return *got;
    in.bad(what.at, "E-HORIZON", detail::in_column(what) + "a date within the horizon");
    return 0;
}

/// Position of a word among those allowed; 0 where it is none of them.
///
/// Errors    E-ENUM with the allowed list and the nearest.
template <class Words>
[[nodiscard]] std::size_t read_word(intake& in, cell const& what, Words const& allowed) {
    auto at = std::size_t{0};
    for (auto const& one : allowed) {
        if (what.text == one) return at;
        ++at;
    }
    in.bad(what.at, "E-ENUM", detail::in_column(what) + one_of(what.text, allowed));
    return 0;
}

/// Says E-ORDER where the later of two times of a row comes first.
inline void expect_order(intake& in, cell const& earlier, millis earlier_ms, cell const& later,
                         millis later_ms) {
    if (later_ms >= earlier_ms) return;
    in.repairable(repair::wrong_order, later.at, "E-ORDER",
                  detail::in_column(later) + "not before " + shown(earlier.text) + " in " +
                      std::string{earlier.name});
}

} // namespace rota::trace

#endif
