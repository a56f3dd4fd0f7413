// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_REPORT_TABLE_HPP
#define ROTA_REPORT_TABLE_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>

namespace rota::report {

/// A table of text: the first column to the left, the others, which hold numbers, to the right.
class table {
public:
    explicit table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

    /// Expects as many cells as the header has.
    void add(std::vector<std::string> row) {
        ROTA_EXPECTS(row.size() == rows_.front().size(), "every row has the header's columns");
        rows_.push_back(std::move(row));
    }

    /// Header, a line, rows; two spaces between the columns, none at the ends of lines.
    [[nodiscard]] std::string text() const {
        auto widths = std::vector<std::size_t>(rows_.front().size());
        for (auto const& row : rows_)
            for (auto c = std::size_t{0}; c != row.size(); ++c)
                widths[c] = std::max(widths[c], width(row[c]));
        auto out = std::string{};
        for (auto const& row : rows_) {
            append(out, row, widths);
            if (&row != &rows_.front()) continue;
            for (auto c = std::size_t{0}; c != widths.size(); ++c)
                out.append(c == 0 ? 0 : 2, ' ').append(widths[c], '-');
            out += '\n';
        }
        return out;
    }

private:
    /// Code points, which is how wide a terminal shows the texts that occur here.
    static std::size_t width(std::string_view text) noexcept {
        return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
            return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u;
        }));
    }
    static void append(std::string& out, std::vector<std::string> const& row,
                       std::vector<std::size_t> const& widths) {
        for (auto c = std::size_t{0}; c != row.size(); ++c) {
            auto const pad = widths[c] - width(row[c]);
            if (c != 0) out.append(2 + pad, ' ');
            out += row[c];
            if (c == 0) out.append(pad, ' ');
        }
        while (!out.empty() && out.back() == ' ') out.pop_back();
        out += '\n';
    }

    std::vector<std::vector<std::string>> rows_; ///< the first is the header
};

} // namespace rota::report

#endif
