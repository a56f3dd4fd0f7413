// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_TALLY_HPP
#define ROTA_TRACE_TALLY_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rota::trace {

/// What became of each row, and how often each thing worth a name was met.
struct tally {
    struct named {
        std::string name;
        std::uint64_t count = 0;

        friend bool operator==(named const&, named const&) = default;
    };

    std::uint64_t rows_in = 0; ///< lines of the input, a table's header apart
    std::uint64_t kept = 0;
    std::uint64_t dropped = 0;
    std::uint64_t blank = 0;
    std::uint64_t comment = 0;
    std::vector<named> counts; ///< in the order they were first met

    /// Rows that hold data.
    [[nodiscard]] std::uint64_t records() const noexcept { return kept + dropped; }
    [[nodiscard]] bool balanced() const noexcept { return rows_in == kept + dropped + blank + comment; }

    void count(std::string_view what, std::uint64_t more = 1) {
        for (auto& one : counts)
            if (one.name == what) {
                one.count += more;
                return;
            }
        counts.push_back({std::string{what}, more});
    }
    /// How often `what` was met.
    [[nodiscard]] std::uint64_t of(std::string_view what) const noexcept {
        for (auto const& one : counts)
            if (one.name == what) return one.count;
        return 0;
    }

    friend bool operator==(tally const&, tally const&) = default;
};

/// One line: `rows_in 7 = kept 4 + dropped 1 + blank 1 + comment 1; zero_gpus 1`.
[[nodiscard]] inline std::string text(tally const& what) {
    auto out = "rows_in " + std::to_string(what.rows_in) + " = kept " + std::to_string(what.kept) +
               " + dropped " + std::to_string(what.dropped) + " + blank " + std::to_string(what.blank) +
               " + comment " + std::to_string(what.comment);
    auto separator = "; ";
    for (auto const& one : what.counts) {
        out += separator + one.name + ' ' + std::to_string(one.count);
        separator = ", ";
    }
    return out;
}

} // namespace rota::trace

#endif
