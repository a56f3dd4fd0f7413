// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SOURCE_HPP
#define ROTA_TRACE_SOURCE_HPP

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/gzip.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/result.hpp>
#include <rota/trace/utf8.hpp>

namespace rota::trace {

/// A text to read and the name to call it by. Unpacked, UTF-8, without byte order mark.
struct source {
    std::string name;
    std::string text;
};

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

/// A source from bytes in memory: unpacks gzip by its magic, takes off a byte order mark, checks UTF-8.
///
/// Errors    E-FORMAT (not a text, broken gzip), E-SIZE, E-UTF8.
[[nodiscard]] inline result<source> from_bytes(std::string name, std::string bytes, limits const& most = {}) {
    auto const refuse = [&](std::string_view code, std::string message) {
        return diagnose(severity::error, name, {}, {}, code, std::move(message));
    };
    auto const too_large = [&] {
        return refuse("E-SIZE", "read more than " + std::to_string(most.text_bytes) +
                                    " bytes of text, expected at most that many");
    };
    if (is_gzip(bytes)) {
        auto const by_ratio = std::max(std::size_t{64} << 20, bytes.size() * most.gzip_ratio);
        auto got = gunzip(bytes, std::min(most.text_bytes, by_ratio));
        if (got.why == unpacked::fault::too_large && by_ratio < most.text_bytes)
            return refuse("E-SIZE", "read a gzip file of " + std::to_string(bytes.size()) +
                                        " bytes that unpacks to more than " + std::to_string(by_ratio) +
                                        ", expected at most that many");
        if (got.why == unpacked::fault::too_large) return too_large();
        if (got.why != unpacked::fault::none)
            return refuse("E-FORMAT", got.why == unpacked::fault::cut_short
                                          ? "read a gzip file that ends early, expected a whole one"
                                          : "read a damaged gzip file, expected a sound one");
        bytes = std::move(got.text);
    }
    if (bytes.size() > most.text_bytes) return too_large();
    if (auto const other = looks_like(bytes); !other.empty())
        return refuse("E-FORMAT", "read what looks like " + std::string{other} + ", expected a text");

    auto const wide = bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") ||
                      (bytes.size() >= 4 && (bytes[0] == '\0') != (bytes[1] == '\0') &&
                       (bytes[0] == '\0') == (bytes[2] == '\0') && (bytes[1] == '\0') == (bytes[3] == '\0'));
    if (wide) return refuse("E-UTF8", "read what looks like UTF-16, expected UTF-8");
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.erase(0, 3);
    if (auto const bad = first_not_utf8(bytes); bad != bytes.size()) {
        auto line = std::uint64_t{1};
        for (auto i = std::size_t{0}; i != bad; ++i)
            line += bytes[i] == '\n' || (bytes[i] == '\r' && bytes[i + 1] != '\n');
        constexpr auto hex = std::string_view{"0123456789abcdef"};
        auto const value = static_cast<unsigned char>(bytes[bad]);
        auto const mark = std::string_view{bytes}.substr(bad).starts_with("\xef\xbb\xbf");
        auto const read = mark ? std::string{"a byte order mark inside the text"}
                               : std::string{"byte 0x"} + hex[value >> 4] + hex[value & 15u];
        auto about = diagnose(severity::error, name, bytes, {line, bad}, "E-UTF8",
                              "read " + read + " at offset " + std::to_string(bad) + ", expected UTF-8 text");
        for (auto& c : about.source_line)
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        return about;
    }
    return source{std::move(name), std::move(bytes)};
}

/// A source from a file.
///
/// Errors    E-IO with the path and the system's reason (missing, unreadable, a directory, changed while it
///           was read), and those of from_bytes.
[[nodiscard]] inline result<source> from_file(std::string const& path, limits const& most = {}) {
    namespace fs = std::filesystem;
    auto const refuse = [&](std::string const& message) {
        return diagnose(severity::error, path, {}, {}, "E-IO", message);
    };
    auto const system = [](int number) {
        return "'" + std::generic_category().message(number) + "' (errno " + std::to_string(number) + ")";
    };
    auto none = std::error_code{};
    if (fs::is_directory(path, none)) return refuse("read a directory, expected a file");
    auto const regular = fs::is_regular_file(path, none);
    auto const written = regular ? fs::last_write_time(path, none) : fs::file_time_type{};
    struct closer {
        void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
    };
    auto const file = std::unique_ptr<std::FILE, closer>{std::fopen(path.c_str(), "rb")};
    if (!file) return refuse("read " + system(errno) + ", expected a file that can be opened");
    auto bytes = std::string{};
    auto buffer = std::string(std::size_t{1} << 18, '\0');
    for (;;) {
        auto const got = std::fread(buffer.data(), 1, buffer.size(), file.get());
        bytes.append(buffer, 0, got);
        if (std::ferror(file.get()) != 0)
            return refuse("read " + system(errno) + ", expected a file that can be read");
        if (got == 0 || bytes.size() > most.text_bytes) break;
    }
    if (regular && bytes.size() <= most.text_bytes &&
        (fs::file_size(path, none) != bytes.size() || fs::last_write_time(path, none) != written))
        return refuse("read a file that changed meanwhile, expected one that stays as it is");
    return from_bytes(path, std::move(bytes), most);
}

} // namespace rota::trace

#endif
