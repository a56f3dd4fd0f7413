// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_MARKDOWN_HPP
#define ROTA_BENCH_MARKDOWN_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// 1234567 as 1,234,567.
inline std::string grouped(std::int64_t number) {
    auto out = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        out.insert(static_cast<std::size_t>(at), 1, ',');
    return out;
}

/// Three digits or so: 0.123, 1.23, 12.3, 123.
inline std::string rounded(double number) {
    char out[32];
    std::snprintf(out, sizeof out, "%.*f", number < 1 ? 3 : number < 10 ? 2 : number < 100 ? 1 : 0, number);
    return out;
}

/// A table in Markdown that is readable as it stands; each row is printed as soon as it is known.
class markdown {
public:
    explicit markdown(std::vector<std::string> const& header) {
        for (auto const& cell : header) widths_.push_back(cell.size());
        widths_.front() = widths_.front() < 34 ? 34 : widths_.front();
        for (auto& width : widths_) width = width < 12 ? 12 : width;
        row(header);
        auto line = std::string{"|"};
        for (auto const width : widths_)
            line += line.size() == 1 ? std::string(width + 2, '-') + '|' : std::string(width + 1, '-') + ":|";
        std::puts(line.c_str());
    }
    /// Expects as many cells as the header has.
    void row(std::vector<std::string> const& cells) const {
        auto line = std::string{"|"};
        for (auto c = std::size_t{0}; c != cells.size(); ++c) {
            auto const pad =
                std::string(cells[c].size() < widths_[c] ? widths_[c] - cells[c].size() : 0, ' ');
            line += c == 0 ? " " + cells[c] + pad + " |" : " " + pad + cells[c] + " |";
        }
        std::puts(line.c_str());
        std::fflush(stdout);
    }

private:
    std::vector<std::size_t> widths_;
};

} // namespace bench

#endif
