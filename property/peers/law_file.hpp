// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_LAW_FILE_HPP
#define ROTA_PEERS_LAW_FILE_HPP

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/result.hpp>
#include <rota/trace/source.hpp>
#include <rota/trace/values.hpp>

#include "replay.hpp"

namespace peers {

/// The samples in the one column, `duration`, of a file like Tiresias's yarn-gput1000.csv.
///
/// Errors    those of the CSV reader, with file, line and column.
[[nodiscard]] inline rota::trace::result<std::vector<std::int64_t>> read_law(std::string const& path) {
    static constexpr auto columns = std::to_array<rota::trace::column>({{"duration"}});
    constexpr auto most = std::int64_t{std::numeric_limits<std::int32_t>::max()};
    auto const from = rota::trace::from_file(path);
    if (!from) return from.error();
    auto const how = rota::trace::options{}; // the intake only refers to it
    auto in = rota::trace::intake{*from, how};
    auto rows = rota::trace::csv{in};
    auto samples = std::vector<std::int64_t>{};
    if (rows.bind(columns))
        while (rows.next()) {
            samples.push_back(rota::trace::read_whole(in, rows[0], 0, most));
            in.end_row();
        }
    auto const seen = in.finish_rows("sample");
    if (!seen.ok()) return seen.diagnostics.front();
    return samples;
}

/// Where yarn-gput1000.csv lies: in $ROTA_TRACES, in the folder of the traces this was built with, or beside
/// or above the job trace or the working directory, each time in traces/tiresias/ below or in the folder
/// itself.
///
/// Refuses   where it is in none of them, naming those it looked in.
[[nodiscard]] inline std::string find_law(std::string const& trace) {
    namespace fs = std::filesystem;
    auto const name = fs::path{"yarn-gput1000.csv"};
    auto starts = std::vector<fs::path>{};
    if (auto const* const told = std::getenv("ROTA_TRACES")) starts.emplace_back(told);
#ifdef ROTA_PEERS_TRACES
    starts.emplace_back(ROTA_PEERS_TRACES);
#endif
    auto none = std::error_code{};
    auto const climb = [&](fs::path from) {
        for (from = fs::absolute(from, none); !from.empty(); from = from.parent_path()) {
            starts.push_back(from);
            starts.push_back(from / "shared");
            if (from == from.root_path()) return;
        }
    };
    climb(fs::path{trace}.parent_path());
    climb(fs::current_path(none));
    for (auto const& start : starts)
        for (auto const& folder : {start / "traces" / "tiresias", start / "tiresias", start})
            if (fs::is_regular_file(folder / name, none)) return (folder / name).string();
    throw refusal{
        "this policy needs Tiresias's law of GPU-seconds: " + name.string() +
        " is neither in $ROTA_TRACES/traces/tiresias nor beside or above the job trace; name it with "
        "--gittins-law FILE"};
}

} // namespace peers

#endif
