// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SOURCE_HPP
#define ROTA_TRACE_SOURCE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/gzip.hpp>
#include <rota/trace/input_file.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/result.hpp>
#include <rota/trace/utf8.hpp>

namespace rota::trace {

/// A text to read and the name to call it by: held here, unpacked, UTF-8, without byte order mark, or in the
/// file of that name, which readers then read piece by piece.
struct source {
    std::string name;
    std::string text;
    std::optional<file_stamp> file{}; ///< of the file it is in, where it is not held
    std::size_t piece_bytes = 0;

    /// Whether it can be read a second time.
    [[nodiscard]] bool lasts() const noexcept { return !file || file->regular; }
};

/// A text that stays in its file, plain or gzip. What is wrong with the file is said by who reads it.
[[nodiscard]] inline source in_pieces(std::string path, std::size_t piece_bytes = std::size_t{1} << 18) {
    auto const as = stamp_of(path);
    return {std::move(path), {}, as, piece_bytes};
}

/// What else the bytes look like ("a tar archive"), empty where they may be a trace.
[[nodiscard]] inline std::string_view looks_like(std::string_view bytes) noexcept {
    struct magic {
        std::size_t at;
        std::string_view bytes;
        std::string_view what;
    };
    using namespace std::string_view_literals;
    constexpr auto known = std::to_array<magic>({
        {0, "version https://git-lfs.github.com/spec/"sv,
         "a Git LFS pointer: the data itself was not fetched (git lfs pull)"sv},
        {257, "ustar"sv, "a tar archive"sv},
        {0, "PK\x03\x04"sv, "a zip archive"sv},
        {0, "PK\x05\x06"sv, "a zip archive"sv},
        {0, "BZh"sv, "a bzip2 file"sv},
        {0, "\xfd\x37zXZ"sv, "an xz file"sv},
        {0, "\x28\xb5\x2f\xfd"sv, "a zstd file"sv},
        {0, "\x1f\x8b"sv, "a gzip file inside a gzip file"sv},
        {0, "PAR1"sv, "a Parquet file"sv},
        {0,
         "\x7f"
         "ELF"sv,
         "a program"sv},
        {0, "<!DOCTYPE"sv, "a web page"sv},
        {0, "<html"sv, "a web page"sv},
    });
    for (auto const& one : known)
        if (bytes.size() >= one.at && bytes.substr(one.at).starts_with(one.bytes)) return one.what;
    return {};
}

/// Why these first bytes, 262 or all there are, begin no text.
///
/// Errors    E-FORMAT, E-UTF8 for UTF-16.
[[nodiscard]] inline std::optional<diagnostic> not_a_text(std::string_view name, std::string_view bytes) {
    if (auto const other = looks_like(bytes); !other.empty())
        return diagnose(severity::error, name, {}, {}, "E-FORMAT",
                        "read what looks like " + std::string{other} + ", expected a text");
    auto const wide = bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") ||
                      (bytes.size() >= 4 && (bytes[0] == '\0') != (bytes[1] == '\0') &&
                       (bytes[0] == '\0') == (bytes[2] == '\0') && (bytes[1] == '\0') == (bytes[3] == '\0'));
    if (!wide) return std::nullopt;
    return diagnose(severity::error, name, {}, {}, "E-UTF8", "read what looks like UTF-16, expected UTF-8");
}

/// What is said of bytes that are not UTF-8: `bad` is the offset of the first in `bytes`, which begin `before`
/// bytes into the text.
[[nodiscard]] inline diagnostic not_utf8(std::string_view name, std::string_view bytes, std::size_t bad,
                                         std::uint64_t line, std::uint64_t before = 0) {
    constexpr auto hex = std::string_view{"0123456789abcdef"};
    auto const value = static_cast<unsigned char>(bytes[bad]);
    auto const mark = bytes.substr(bad).starts_with("\xef\xbb\xbf");
    auto const read = mark ? std::string{"a byte order mark inside the text"}
                           : std::string{"byte 0x"} + hex[value >> 4] + hex[value & 15u];
    auto about =
        diagnose(severity::error, name, bytes, {line, bad}, "E-UTF8",
                 "read " + read + " at offset " + std::to_string(before + bad) + ", expected UTF-8 text");
    about.byte += before;
    for (auto& c : about.source_line)
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    return about;
}

/// Why a gzip file cannot be unpacked.
[[nodiscard]] inline diagnostic bad_gzip(std::string_view name, gunzipper::fault why) {
    return diagnose(severity::error, name, {}, {}, "E-FORMAT",
                    why == gunzipper::fault::cut_short
                        ? "read a gzip file that ends early, expected a whole one"
                        : "read a damaged gzip file, expected a sound one");
}

/// How much text there may be, and what is said where there is more. A gzip file of `packed` bytes may
/// unpack to limits::gzip_ratio times its size beyond 64 MiB.
struct text_limit {
    std::size_t bytes = 0;
    std::size_t packed = 0; ///< 0: not packed, or the ratio does not matter

    text_limit(limits const& most, std::size_t text_bytes, std::size_t packed_bytes = 0) : bytes{text_bytes} {
        if (packed_bytes == 0) return;
        auto const by_ratio = std::max(std::size_t{64} << 20, packed_bytes * most.gzip_ratio);
        if (by_ratio >= bytes) return;
        bytes = by_ratio;
        packed = packed_bytes;
    }

    [[nodiscard]] diagnostic exceeded(std::string_view name) const {
        auto const most = std::to_string(bytes);
        return diagnose(severity::error, name, {}, {}, "E-SIZE",
                        packed != 0
                            ? "read a gzip file of " + std::to_string(packed) +
                                  " bytes that unpacks to more than " + most + ", expected at most that many"
                            : "read more than " + most + " bytes of text, expected at most that many");
    }
};

/// Of the byte order mark that a text begins with.
[[nodiscard]] inline std::size_t mark_size(std::string_view bytes) noexcept {
    return bytes.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

/// A source from bytes in memory: unpacks gzip by its magic, takes off a byte order mark, checks UTF-8.
///
/// Errors    E-FORMAT (not a text, broken gzip), E-SIZE, E-UTF8.
[[nodiscard]] inline result<source> from_bytes(std::string name, std::string bytes, limits const& most = {}) {
    auto const limit = text_limit{most, most.text_bytes, is_gzip(bytes) ? bytes.size() : 0};
    if (is_gzip(bytes)) {
        auto got = gunzip(bytes, limit.bytes);
        if (got.too_large) return limit.exceeded(name);
        if (got.why != gunzipper::fault::none) return bad_gzip(name, got.why);
        bytes = std::move(got.text);
    }
    if (bytes.size() > limit.bytes) return limit.exceeded(name);
    if (auto why = not_a_text(name, bytes)) return std::move(*why);
    bytes.erase(0, mark_size(bytes));
    if (auto const bad = first_not_utf8(bytes); bad != bytes.size()) {
        auto line = std::uint64_t{1};
        for (auto i = std::size_t{0}; i != bad; ++i)
            line += bytes[i] == '\n' || (bytes[i] == '\r' && bytes[i + 1] != '\n');
        return not_utf8(name, bytes, bad, line);
    }
    return source{std::move(name), std::move(bytes)};
}

/// A source from a file, held in memory as a whole.
///
/// Syntax    from_file(path, {.text_bytes = most}, [](std::string_view beginning) { return ...; });
/// Meaning   A pipe may have no end. Where it goes on behind 256 KiB of plain text, `may_begin` is asked of these, and again
///           of twice as much and so on. What cannot be the beginning of what is wanted, in whole lines, is all that
///           is read, for its reader to refuse.
/// Errors    those of input_file and of from_bytes.
[[nodiscard]] inline result<source> from_file(std::string const& path, limits const& most = {},
                                              bool (*may_begin)(std::string_view) = nullptr) {
    auto const as = stamp_of(path);
    auto file = input_file{path, as, most.stop};
    auto buffer = std::string(std::size_t{1} << 18, '\0');
    auto bytes = std::string{};
    auto ask_at = buffer.size();
    while (auto const got = file.read(buffer.data(), buffer.size())) {
        if (bytes.empty() && !is_gzip({buffer.data(), got})) {
            if (as.size > most.text_bytes) return text_limit{most, most.text_bytes}.exceeded(path);
            bytes.reserve(as.size);
        }
        bytes.append(buffer, 0, got);
        if (bytes.size() > most.text_bytes) return text_limit{most, most.text_bytes}.exceeded(path);
        if (as.regular || is_gzip(bytes) || may_begin == nullptr || bytes.size() < ask_at) continue;
        if (may_begin(std::string_view{bytes}.substr(mark_size(bytes)))) {
            ask_at = 2 * bytes.size();
            continue;
        }
        if (auto const line_end = bytes.rfind('\n'); line_end != bytes.npos) bytes.resize(line_end + 1);
        return from_bytes(path, std::move(bytes), most);
    }
    if (file.why()) return *file.why();
    return from_bytes(path, std::move(bytes), most);
}

} // namespace rota::trace

#endif
