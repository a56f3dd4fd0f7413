// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CSV_MAP_HPP
#define ROTA_TRACE_CSV_MAP_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/result.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// Which column of a foreign CSV says what, and in which unit.
///
/// Text: `target=column` or `target=column:unit`, joined by commas, such as
/// `id=job_id,submit=submission_time:s,duration=duration:s,gpus=num_gpu`.
/// Targets: submit, duration (or start and end), gpus; and id, user, tenant, priority, limit, deadline, cpu,
/// mem. Units: us ms s min h d of a span, date and iso as well of a point in time (default s); whole,
/// fraction or percent of GPUs (default whole); milli or cores of CPU (default cores), mib or gib of memory
/// (default mib), both of the whole job.
struct csv_map {
    enum target : std::size_t {
        id,
        submit,
        duration,
        start,
        end,
        gpus,
        user,
        tenant,
        priority,
        limit,
        deadline,
        cpu,
        mem,
        targets
    };
    struct entry {
        std::string column{};
        std::size_t unit = 0; ///< position in units_of(target)
    };
    std::array<entry, targets> entries{};

    [[nodiscard]] bool has(std::size_t what) const noexcept { return !entries[what].column.empty(); }
    [[nodiscard]] trace::unit time_unit(std::size_t what) const noexcept {
        return static_cast<trace::unit>(entries[what].unit);
    }
};

inline constexpr auto csv_map_targets =
    std::to_array<std::string_view>({"id", "submit", "duration", "start", "end", "gpus", "user", "tenant",
                                     "priority", "limit", "deadline", "cpu", "mem"});

namespace detail {

/// The units a target may have, the default among them.
[[nodiscard]] inline std::vector<std::string_view> units_of(std::size_t target) {
    switch (target) {
    case csv_map::submit:
    case csv_map::start:
    case csv_map::end:
    case csv_map::deadline: return {unit_names.begin(), unit_names.end()};
    case csv_map::duration:
    case csv_map::limit:
        return {unit_names.begin(), unit_names.begin() + static_cast<std::ptrdiff_t>(unit::date)};
    case csv_map::gpus: return {"whole", "fraction", "percent"};
    case csv_map::cpu: return {"cores", "milli"};
    case csv_map::mem: return {"mib", "gib"};
    default: return {};
    }
}

[[nodiscard]] inline std::size_t default_unit(std::size_t target) {
    auto const units = units_of(target);
    for (auto i = std::size_t{0}; i != units.size(); ++i)
        if (units[i] == "s") return i;
    return 0;
}

} // namespace detail

/// Reads a map's text.
///
/// Errors    E-MAP (not target=column, or something needed missing), E-KEY, E-DUPKEY, E-UNIT.
[[nodiscard]] inline result<csv_map> read_csv_map(std::string_view text) {
    auto const refuse = [&](std::size_t at, std::string_view code, std::string message) {
        return diagnose(severity::error, "<map>", text, {1, at}, code, std::move(message));
    };
    auto map = csv_map{};
    for (auto at = std::size_t{0}; at <= text.size();) {
        auto const end = std::min(text.find(',', at), text.size());
        auto const part = text.substr(at, end - at);
        auto const equals = part.find('=');
        if (equals == std::string_view::npos || equals + 1 == part.size())
            return refuse(at, "E-MAP",
                          "read " + shown(part) + ", expected target=column or target=column:unit");
        auto const key = part.substr(0, equals);
        auto const what = static_cast<std::size_t>(
            std::find(csv_map_targets.begin(), csv_map_targets.end(), key) - csv_map_targets.begin());
        if (what == csv_map::targets)
            return refuse(at, "E-KEY",
                          "read target " + shown(key) + ", expected " + one_of(key, csv_map_targets));
        if (map.has(what))
            return refuse(at, "E-DUPKEY", "read target " + shown(key) + " again, expected it once");
        auto& entry = map.entries[what];
        auto const colon = part.rfind(':');
        entry.unit = detail::default_unit(what);
        entry.column = part.substr(equals + 1, colon == std::string_view::npos ? colon : colon - equals - 1);
        if (colon != std::string_view::npos) {
            auto const name = part.substr(colon + 1);
            auto const units = detail::units_of(what);
            entry.unit =
                static_cast<std::size_t>(std::find(units.begin(), units.end(), name) - units.begin());
            if (entry.unit == units.size())
                return refuse(at + colon + 1, "E-UNIT",
                              "read unit " + shown(name) + ", expected " +
                                  (units.empty() ? "none for " + std::string{key} : one_of(name, units)));
        }
        if (entry.column.empty())
            return refuse(at + equals + 1, "E-MAP",
                          "read no column for " + std::string{key} + ", expected one");
        at = end + 1;
    }
    auto const lasting = map.has(csv_map::duration) || (map.has(csv_map::start) && map.has(csv_map::end));
    if (!map.has(csv_map::submit) || !map.has(csv_map::gpus) || !lasting)
        return refuse(text.size(), "E-MAP",
                      "read " + shown(text) +
                          ", expected submit, gpus and duration (or start and end) in it");
    return map;
}

namespace detail {

/// GPUs and the share of each from a decimal count: 0.5 is half of one GPU, 2 are two, 1.5 is neither.
inline void read_gpu_fraction(intake& in, cell const& what, std::int64_t milli_a_unit, job::request& need) {
    auto const got = decimal(what.text, milli_a_unit);
    if (!sound(in, what, got, decimal_syntax)) return;
    if (got.value < 0) return in.bad(what.at, "E-RANGE", in_column(what) + "at least 0");
    if (got.value == 0 && got.rounded)
        return in.bad(what.at, "E-SLICE", in_column(what) + "at least one thousandth of a GPU");
    if (got.value == 0 && in.how().zero_gpus == zero_gpus::drop) return in.drop("zero_gpus");
    if (got.value == 0) return in.bad(what.at, "E-ZEROGPU", in_column(what) + "at least one GPU");
    if (got.value > whole_gpu && (got.rounded || got.value % whole_gpu != 0))
        return in.bad(what.at, "E-FRACTION",
                      in_column(what) + "a share of one GPU, or a whole number of GPUs");
    if (got.value / whole_gpu > std::numeric_limits<std::uint16_t>::max())
        return in.bad(what.at, "E-OVERFLOW", in_column(what) + "at most 65535 GPUs");
    if (got.rounded) in.count("rounded_to_gpu_milli");
    need = job::gang(got.value > whole_gpu ? static_cast<int>(got.value / whole_gpu) : 1);
    if (got.value < whole_gpu) need.milli = need.milli_min = static_cast<std::uint16_t>(got.value);
}

} // namespace detail

} // namespace rota::trace

#endif
