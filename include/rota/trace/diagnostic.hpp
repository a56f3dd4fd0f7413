// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_DIAGNOSTIC_HPP
#define ROTA_TRACE_DIAGNOSTIC_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rota::trace {

/// How bad it is: a note and a warning keep the reading, an error refuses it.
enum class severity : std::uint8_t { note, warning, error };

/// One thing a reader has to say about one place of its input.
struct diagnostic {
    severity level = severity::error;
    std::string file;
    std::uint64_t line = 1;   ///< 1-based
    std::uint64_t column = 1; ///< 1-based, counts code points
    std::uint64_t byte = 0;   ///< offset into the unpacked text after its byte order mark
    std::string code;         ///< E-NUMBER, W-UNSORTED, ...
    std::string message;      ///< what was read, what was expected
    std::string source_line;  ///< the line without its end; empty where there is none

    friend bool operator==(diagnostic const&, diagnostic const&) = default;
};

[[nodiscard]] constexpr std::string_view name(severity level) noexcept {
    return level == severity::error ? "error" : level == severity::warning ? "warning" : "note";
}

/// True for the first byte of a code point, false for those that continue one.
[[nodiscard]] constexpr bool starts_code_point(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u;
}

/// Code points in `text`.
[[nodiscard]] constexpr std::uint64_t code_points(std::string_view text) noexcept {
    auto count = std::uint64_t{0};
    for (auto const byte : text) count += starts_code_point(byte);
    return count;
}

/// The printed form: `file:line:column: error[CODE]: message`, the source line, and a caret under the column.
///
/// Of a line longer than 160 code points the part around the column is shown between `...`.
[[nodiscard]] inline std::string text(diagnostic const& what) {
    auto out = what.file + ':' + std::to_string(what.line) + ':' + std::to_string(what.column) + ": ";
    out.append(name(what.level)).append("[").append(what.code).append("]: ").append(what.message) += '\n';
    if (what.source_line.empty()) return out;

    constexpr auto shown = std::uint64_t{160};
    constexpr auto before = std::uint64_t{60};
    auto const from =
        code_points(what.source_line) > shown && what.column > before ? what.column - before : 1;
    auto head = std::string{from > 1 ? "..." : ""};
    auto pad = std::string(head.size(), ' ');
    auto at = std::uint64_t{0};
    for (auto const byte : what.source_line) {
        at += starts_code_point(byte);
        if (at < from) continue;
        if (at >= from + shown) {
            head += "...";
            break;
        }
        head += byte;
        if (at < what.column && starts_code_point(byte)) pad += byte == '\t' ? '\t' : ' ';
    }
    return out + head + '\n' + pad + "^\n";
}

} // namespace rota::trace

#endif
