// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_RECORD_HPP
#define ROTA_PEERS_RECORD_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <rota/trace/csv.hpp>
#include <rota/trace/diagnostic.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/result.hpp>
#include <rota/trace/source.hpp>
#include <rota/trace/values.hpp>

namespace peers {

/// One finished job as the peers' results are written: whole seconds; jobs that never finish have no row.
struct record {
    std::string job_id;
    std::int64_t num_gpu = 0;
    std::int64_t submit = 0;
    std::int64_t start = 0; ///< the first one
    std::int64_t finish = 0;
    std::int64_t jct = 0;
    std::int64_t duration = 0; ///< as the trace says
    std::int64_t wait = 0;     ///< pending, all spells together
    std::int64_t preempt = 0;

    friend bool operator==(record const&, record const&) = default;
};

inline constexpr auto record_columns = std::to_array<rota::trace::column>({{"job_id"},
                                                                           {"num_gpu"},
                                                                           {"submit"},
                                                                           {"start"},
                                                                           {"finish"},
                                                                           {"jct"},
                                                                           {"duration"},
                                                                           {"wait"},
                                                                           {"preempt"}});

/// The numbers of a record in the order of the columns; the first column is the name.
template <class Record, class Visit>
void for_each_number(Record& of, Visit visit) {
    auto column = std::size_t{1};
    for (auto* number :
         {&of.num_gpu, &of.submit, &of.start, &of.finish, &of.jct, &of.duration, &of.wait, &of.preempt})
        visit(column++, *number);
}

[[nodiscard]] inline std::string to_csv(std::vector<record> const& rows) {
    auto out = std::string{};
    for (auto const& column : record_columns) out.append(out.empty() ? "" : ",").append(column.name);
    out += '\n';
    for (auto const& row : rows) {
        out += row.job_id;
        for_each_number(row, [&](std::size_t, std::int64_t value) { out += ',' + std::to_string(value); });
        out += '\n';
    }
    return out;
}

/// Errors    those of the CSV reader, with file, line and column.
[[nodiscard]] inline rota::trace::result<std::vector<record>> read_records(rota::trace::source const& from) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    auto const how = rota::trace::options{}; // the intake only refers to it
    auto in = rota::trace::intake{from, how};
    auto rows = rota::trace::csv{in};
    auto got = std::vector<record>{};
    if (rows.bind(record_columns)) {
        while (rows.next()) {
            auto row = record{};
            row.job_id = rota::trace::read_id(in, rows[0]);
            for_each_number(row, [&](std::size_t column, std::int64_t& value) {
                value = rota::trace::read_whole(in, rows[column], 0, most);
            });
            got.push_back(std::move(row));
            in.end_row();
        }
    }
    auto const seen = in.finish_rows("row");
    if (!seen.ok()) return seen.diagnostics.front();
    return got;
}

} // namespace peers

#endif
