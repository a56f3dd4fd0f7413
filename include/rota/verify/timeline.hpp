// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_TIMELINE_HPP
#define ROTA_VERIFY_TIMELINE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

namespace detail {

/// A table of words: a row a GPU, one of the waiting jobs, one for each node of which others ever have something and for each
/// quota that ever changes; a column an instant.
struct timeline_cells {
    std::vector<std::string> rows;                 ///< their titles
    std::vector<std::vector<std::string>> columns; ///< [instant][row], each headed by its time
};

inline timeline_cells cells_of(subject const& of) {
    auto made = timeline_cells{{"ms"}, {}};
    for (auto n = std::size_t{0}; n != of.cluster.nodes.size(); ++n)
        for (auto g = 0; g != of.cluster.nodes[n].gpus; ++g)
            made.rows.push_back("node " + std::to_string(n) + " GPU " + std::to_string(g));
    auto const gpus = made.rows.size();
    made.rows.emplace_back("waiting");
    auto row_of = std::map<std::pair<bool, std::size_t>, std::size_t>{}; // of a node's others, or of a tenant
    for (auto const& what : of.log.records) {
        auto const others = what.kind == log::kind::node_up ? of.log.devices(what).front() : cluster::slice{};
        if (what.kind != log::kind::quota && (others.cpu_milli | others.mem_mib) == 0) continue;
        auto const whose = what.kind == log::kind::quota ? std::size_t{what.job} : index(others.node);
        if (!row_of.try_emplace({what.kind == log::kind::quota, whose}, made.rows.size()).second) continue;
        made.rows.push_back((what.kind == log::kind::quota ? "quota of tenant " : "others on node ") +
                            std::to_string(whose));
    }
    auto said = std::vector<std::string>(made.rows.size()); // from then on, in those rows
    auto drained = std::vector<bool>(of.cluster.nodes.size());
    auto const hear = [&](log::record const& what) {
        if (what.kind == log::kind::quota) said[row_of.at({true, what.job})] = std::to_string(what.value);
        if (what.kind != log::kind::node_up && what.kind != log::kind::node_down) return;
        auto const& part = of.log.devices(what).front();
        drained[index(part.node)] = what.why == log::cause::drained;
        auto const row = row_of.find({false, index(part.node)});
        if (row == row_of.end()) return;
        said[row->second] = (part.cpu_milli | part.mem_mib) == 0
                                ? ""
                                : std::to_string(part.cpu_milli) + '/' + std::to_string(part.mem_mib);
    };
    auto const join = [](std::string& cell, std::uint32_t job) {
        (cell += cell.empty() || cell == "x" || cell == "d" ? "" : "+") += std::to_string(job);
    };
    auto const after = [&](std::size_t, log::record const& what, replay const& state, bool last) {
        hear(what);
        if (!last) return;
        auto column = said;
        column.front() = std::to_string(index(what.at));
        auto const row = [&](std::size_t node, int gpu) {
            auto at = std::size_t{1} + static_cast<std::size_t>(gpu);
            for (auto n = std::size_t{0}; n != node; ++n) at += of.cluster.nodes[n].gpus;
            return at;
        };
        for (auto n = std::size_t{0}; n != of.cluster.nodes.size(); ++n)
            for (auto g = 0; g != of.cluster.nodes[n].gpus; ++g)
                if (!state.open(n)) column[row(n, g)] = drained[n] ? "d" : "x";
        for (auto j = std::uint32_t{0}; j != of.jobs.size(); ++j) {
            for (auto const& part : state.held(j))
                for (auto g = 0; g != of.cluster.nodes[index(part.node)].gpus; ++g)
                    if ((part.gpus >> g & 1) != 0) join(column[row(index(part.node), g)], j);
            if (state.job(j).waits()) join(column[gpus], j);
        }
        for (auto r = std::size_t{1}; r != gpus; ++r)
            if (column[r].empty()) column[r] = ".";
        made.columns.push_back(std::move(column));
    };
    walk(of, [](auto const&...) {}, after);
    return made;
}

} // namespace detail

/// Who holds which GPU from instant to instant: numbers of jobs, '.' for nobody, 'x' where the node is down, 'd' where it
/// is drained; below them CPU and memory that others have, and quotas that have changed.
///
/// Meaning   A column lasts until the next one; what changes within an instant is not seen. At most 24
///           instants.
/// Expects   every id in the log exists.
[[nodiscard]] inline std::string timeline(subject const& of) {
    constexpr auto instants_max = std::size_t{24};
    constexpr auto columns_max = std::size_t{100}; // of characters
    auto const cells = detail::cells_of(of);
    auto out = std::string{};
    auto const shown = std::min(cells.columns.size(), instants_max);
    auto const title = [&] {
        auto width = std::size_t{0};
        for (auto const& one : cells.rows) width = std::max(width, one.size());
        return width;
    }();
    auto const pad = [&](std::string const& text, std::size_t width) {
        out += text;
        out.append(width - text.size(), ' ');
    };
    for (auto first = std::size_t{0}; first != shown;) {
        auto widths = std::vector<std::size_t>{};
        auto used = title;
        auto last = first;
        for (; last != shown; ++last) {
            auto width = std::size_t{0};
            for (auto const& cell : cells.columns[last]) width = std::max(width, cell.size());
            if ((used += width + 2) > columns_max && last != first) break;
            widths.push_back(width);
        }
        for (auto r = std::size_t{0}; r != cells.rows.size(); ++r) {
            pad("  " + cells.rows[r], title + 2);
            for (auto c = first; c != last; ++c) {
                out += " |";
                pad(cells.columns[c][r], widths[c - first]);
            }
            while (out.back() == ' ') out.pop_back();
            out += '\n';
        }
        first = last;
    }
    if (shown != cells.columns.size())
        out += "  ... and " + std::to_string(cells.columns.size() - shown) + " more instants\n";
    return out;
}

} // namespace rota::verify

#endif
