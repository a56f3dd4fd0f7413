// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_PLACE_HPP
#define ROTA_TRACE_PLACE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <rota/trace/diagnostic.hpp>

namespace rota::trace {

/// A place in a text: enough to find its line and column when something is to be said of it.
struct place {
    std::uint64_t line = 1; ///< 1-based
    std::uint64_t byte = 0;
};

/// What was read, between quotes, fit to print: control bytes as \xNN, at most 40 code points.
[[nodiscard]] inline std::string shown(std::string_view read) {
    auto out = std::string{"'"};
    auto count = 0;
    for (auto const byte : read) {
        if (starts_code_point(byte) && ++count > 40) {
            out += "...";
            break;
        }
        if (static_cast<unsigned char>(byte) < 0x20 || byte == '\x7f') {
            constexpr auto hex = std::string_view{"0123456789abcdef"};
            auto const value = static_cast<unsigned char>(byte);
            out.append("\\x") += hex[value >> 4];
            out += hex[value & 15u];
        } else {
            out += byte;
        }
    }
    return out + '\'';
}

/// A diagnostic about one place of `text`, with the line it stands on.
[[nodiscard]] inline diagnostic diagnose(severity level, std::string_view file, std::string_view text,
                                         place at, std::string_view code, std::string message) {
    auto const byte = std::min<std::size_t>(at.byte, text.size());
    auto const ends = [](char c) { return c == '\n' || c == '\r'; };
    auto from = byte;
    while (from != 0 && !ends(text[from - 1])) --from;
    auto to = byte;
    while (to != text.size() && !ends(text[to])) ++to;
    auto about = diagnostic{};
    about.level = level;
    about.file = file;
    about.line = at.line;
    about.column = code_points(text.substr(from, byte - from)) + 1;
    about.byte = byte;
    about.code = code;
    about.message = std::move(message);
    about.source_line = text.substr(from, to - from);
    for (auto& c : about.source_line)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f') c = '?';
    return about;
}

} // namespace rota::trace

#endif
