// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CSV_HPP
#define ROTA_TRACE_CSV_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/trace/intake.hpp>
#include <rota/trace/lines.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// A column a reader knows: by its name in the header, or by a second name. Without a name: not there.
struct column {
    std::string_view name;
    bool needed = true;
    std::string_view other = {};
};

/// How a table separates its fields, and whether quotes mean anything.
struct dialect {
    char separator = ',';
    bool quoted = true;
    bool settings = false; ///< lines `#...` above the header mean something, unless a blank follows the '#'
};

/// A comma-separated table with a header, row by row (RFC 4180, but a field never spans lines), or one of
/// another dialect.
///
/// Columns go by name, in any order. Blank lines and lines that start with '#' are counted and skipped.
/// Spaces belong to the field. Wrong rows are told to the intake and skipped.
/// Errors    E-COLUMN, E-FIELDS, E-QUOTE, E-LINELEN, E-SIZE; N-COLUMN for a column nobody asked for.
class csv {
public:
    explicit csv(intake& in, dialect how = {}) : in_{in}, how_{how} { header(); }

    [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != absent; }
    [[nodiscard]] std::vector<std::string> const& columns() const noexcept { return names_; }
    [[nodiscard]] place header_place() const noexcept { return header_place_; }
    /// The settings above the header.
    [[nodiscard]] std::vector<line> const& preamble() const noexcept { return preamble_; }

    /// Says which columns the reader wants; it then goes by their positions in `wanted`. False where the
    /// header does not have what is needed, or there is none.
    [[nodiscard]] bool bind(std::span<column const> wanted) {
        wanted_.assign(wanted.begin(), wanted.end());
        at_.clear();
        if (names_.empty()) return false;
        auto missing = std::string{};
        auto taken = std::vector<bool>(names_.size());
        for (auto const& one : wanted_) {
            auto at = one.name.empty() ? absent : find(one.name);
            if (at == absent && !one.other.empty()) at = find(one.other);
            at_.push_back(at);
            if (at != absent) taken[at] = true;
            else if (one.needed) {
                missing += (missing.empty() ? "" : ", ") + std::string{one.name};
                if (auto const near = nearest(one.name, names_); !near.empty())
                    missing.append(" (nearest: ").append(near).append(")");
            }
        }
        if (!missing.empty()) {
            in_.fatal(header_place_, "E-COLUMN", "read a header without " + missing + ", expected " + list());
            return false;
        }
        for (auto i = std::size_t{0}; i != names_.size(); ++i)
            if (!taken[i])
                in_.say(severity::note, fields_[i].at, "N-COLUMN",
                        "read column " + shown(names_[i]) + ", expected " + list() + "; it is not used");
        return true;
    }

    /// Goes to the next row that can be split; false at the end.
    [[nodiscard]] bool next() {
        auto here = line{};
        while (in_.rows().next(here)) {
            if (skip(here)) continue;
            in_.begin_row(here.at);
            if (split(here, false) && counted(here)) return true;
            in_.end_row();
        }
        return false;
    }

    /// Whether the file has the wanted column and this row a text in it.
    [[nodiscard]] bool given(std::size_t wanted) const {
        return at_[wanted] != absent && !(*this)[wanted].text.empty();
    }
    [[nodiscard]] cell operator[](std::size_t wanted) const {
        auto const at = at_[wanted];
        if (at == absent) return {{}, row_, wanted_[wanted].name};
        return {fields_[at].text, fields_[at].at, names_[at]};
    }

private:
    struct field {
        std::string_view text;
        place at;
    };
    static constexpr auto columns_max = std::size_t{1024};
    static constexpr auto settings_max = std::size_t{1} << 17; // a tenant each, and as much again
    static constexpr auto absent = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        for (auto i = std::size_t{0}; i != names_.size(); ++i)
            if (names_[i] == name) return i;
        return absent;
    }
    /// `the columns a,b[,c]`: what is needed, then what may be there.
    [[nodiscard]] std::string list() const {
        auto needed = std::string{};
        auto other = std::string{};
        for (auto const& one : wanted_)
            if (!one.name.empty()) (one.needed ? needed : other).append(",").append(one.name);
        if (!other.empty()) needed += '[' + other + ']';
        return "the columns " + needed.substr(1);
    }
    bool skip(line const& here) {
        if (here.blank()) in_.blank();
        else if (here.text.front() == '#') in_.comment();
        else return false;
        return true;
    }

    /// Keeps a line above the header that means something; false where it cannot be kept.
    bool setting(line const& here) {
        if (!how_.settings || here.text.size() < 2 || here.text[0] != '#' || here.text[1] == ' ') return true;
        auto const most = in_.how().limits.line_bytes;
        if (here.bytes > most)
            in_.fatal({here.at.line, here.at.byte + most}, "E-LINELEN", too_long(here.bytes, most));
        else if (preamble_.size() == settings_max)
            in_.fatal(here.at, "E-SIZE",
                      "read setting number " + std::to_string(settings_max + 1) +
                          " above the header, expected at most " + std::to_string(settings_max));
        else preamble_.push_back(in_.rows().keep(here));
        return !in_.out().refused;
    }
    static std::string too_long(std::size_t bytes, std::size_t most) {
        return "read a line of " + std::to_string(bytes) + " bytes, expected at most " + std::to_string(most);
    }

    void header() {
        auto here = line{};
        while (in_.rows().next(here)) {
            if (skip(here)) {
                if (!setting(here)) return;
                continue;
            }
            header_place_ = here.at;
            if (!split(here, true)) return;
            if (fields_.size() > columns_max) {
                in_.fatal(fields_[columns_max].at, "E-COLUMN",
                          "read a header of " + std::to_string(fields_.size()) +
                              " columns, expected at most " + std::to_string(columns_max));
                return;
            }
            for (auto const& one : fields_) {
                if (has(one.text)) {
                    in_.fatal(one.at, "E-COLUMN",
                              "read column " + shown(one.text) + " again, expected each once");
                    names_.clear();
                    return;
                }
                names_.emplace_back(one.text);
            }
            return;
        }
    }

    bool counted(line const& here) {
        if (fields_.size() == names_.size()) return true;
        auto const short_row = fields_.size() < names_.size();
        auto const at =
            short_row ? place{here.at.line, here.at.byte + here.text.size()} : fields_[names_.size()].at;
        in_.bad(at, "E-FIELDS",
                "read " + std::to_string(fields_.size()) + " fields, expected " +
                    std::to_string(names_.size()) +
                    (short_row ? ": " + shown(names_[fields_.size()]) + " is missing" : std::string{}));
        return false;
    }

    bool split(line const& here, bool head) {
        fields_.clear();
        unescaped_.clear();
        row_ = here.at;
        auto const refuse = [&](std::size_t at, std::string_view code, std::string message) {
            auto const where = place{here.at.line, here.at.byte + at};
            if (head) in_.fatal(where, code, std::move(message));
            else in_.bad(where, code, std::move(message));
            return false;
        };
        auto const text = here.text;
        auto const& most = in_.how().limits;
        if (here.bytes > most.line_bytes)
            return refuse(most.line_bytes, "E-LINELEN", too_long(here.bytes, most.line_bytes));
        for (auto at = std::size_t{0};;) {
            auto const start = at;
            auto value = std::string_view{};
            if (how_.quoted && at < text.size() && text[at] == '"') {
                auto const end = closing(text, at);
                if (!end)
                    return refuse(start, "E-QUOTE",
                                  "read a quote that is not closed on its line, expected its end");
                value = unescape(text.substr(start + 1, *end - start - 1));
                at = *end + 1;
                if (at != text.size() && text[at] != how_.separator)
                    return refuse(start, "E-QUOTE",
                                  "read text after a quoted field, expected ',' or the end of the line");
            } else {
                while (at != text.size() && text[at] != how_.separator) {
                    if (how_.quoted && text[at] == '"')
                        return refuse(at, "E-QUOTE",
                                      "read a quote inside a field, expected the whole field in quotes");
                    ++at;
                }
                value = text.substr(start, at - start);
            }
            if (value.size() > most.field_bytes)
                return refuse(start, "E-LINELEN",
                              "read a field of " + std::to_string(value.size()) +
                                  " bytes, expected at most " + std::to_string(most.field_bytes));
            fields_.push_back({value, {here.at.line, here.at.byte + start}});
            if (at == text.size()) return true;
            ++at;
        }
    }
    /// Offset of the quote that closes the one at `open`.
    static std::optional<std::size_t> closing(std::string_view text, std::size_t open) {
        for (auto at = open + 1; at < text.size(); ++at) {
            if (text[at] != '"') continue;
            if (at + 1 == text.size() || text[at + 1] != '"') return at;
            ++at;
        }
        return std::nullopt;
    }
    std::string_view unescape(std::string_view quoted_text) {
        if (quoted_text.find('"') == std::string_view::npos) return quoted_text;
        auto& plain = unescaped_.emplace_back();
        for (auto i = std::size_t{0}; i != quoted_text.size(); ++i) {
            plain += quoted_text[i];
            if (quoted_text[i] == '"') ++i; // the second of a pair
        }
        return plain;
    }

    intake& in_;
    dialect how_;
    std::vector<std::string> names_;
    place header_place_{};
    std::vector<line> preamble_;
    std::vector<column> wanted_;
    std::vector<std::size_t> at_;
    std::vector<field> fields_;
    std::deque<std::string> unescaped_;
    place row_{};
};

} // namespace rota::trace

#endif
