// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_GZIP_HPP
#define ROTA_TRACE_GZIP_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <zlib.h>

namespace rota::trace {

[[nodiscard]] constexpr bool is_gzip(std::string_view bytes) noexcept {
    return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

/// What unpacking came to: the text, or what is wrong with the bytes.
struct unpacked {
    enum class fault : std::uint8_t { none, cut_short, damaged, too_large };

    std::string text;
    fault why = fault::none;
};

/// Unpacks a gzip file of one or more members, at most `limit` bytes of text.
///
/// Zero bytes after the last member are padding; anything else there is damage.
[[nodiscard]] inline unpacked gunzip(std::string_view bytes, std::size_t limit) {
    auto out = unpacked{};
    auto stream = z_stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) {
        out.why = unpacked::fault::damaged;
        return out;
    }
    auto used = std::size_t{0};
    auto buffer = std::string(std::size_t{1} << 17, '\0');
    for (;;) {
        auto const offered = std::min(bytes.size() - used, std::size_t{1} << 30);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + used));
        stream.avail_in = static_cast<uInt>(offered);
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        auto const status = inflate(&stream, Z_NO_FLUSH);
        used += offered - stream.avail_in;
        auto const made = buffer.size() - stream.avail_out;
        if (made > limit - out.text.size()) {
            out.why = unpacked::fault::too_large;
            break;
        }
        out.text.append(buffer, 0, made);
        if (status == Z_STREAM_END) {
            auto const rest = bytes.substr(used);
            if (rest.find_first_not_of('\0') == std::string_view::npos) break;
            if (!is_gzip(rest) || inflateReset(&stream) != Z_OK) {
                out.why = unpacked::fault::damaged;
                break;
            }
        } else if (status == Z_BUF_ERROR || (status == Z_OK && used == bytes.size() && made == 0)) {
            out.why = unpacked::fault::cut_short;
            break;
        } else if (status != Z_OK) {
            out.why = unpacked::fault::damaged;
            break;
        }
    }
    inflateEnd(&stream);
    return out;
}

} // namespace rota::trace

#endif
