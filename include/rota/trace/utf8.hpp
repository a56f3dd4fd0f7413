// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_UTF8_HPP
#define ROTA_TRACE_UTF8_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace rota::trace {

/// Offset of the first byte that is not text: NUL, a byte order mark, or what UTF-8 does not allow (overlong
/// forms, surrogates, beyond U+10FFFF, cut short). text.size() where all is well.
///
/// Cost      one pass, eight bytes at a time over ASCII.
[[nodiscard]] inline std::size_t first_not_utf8(std::string_view text) noexcept {
    auto const byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xbf) {
        return i < text.size() && byte(i) >= least && byte(i) <= most;
    };
    auto at = std::size_t{0};
    while (at != text.size()) {
        if (text.size() - at >= 8) {
            auto word = std::uint64_t{};
            std::memcpy(&word, text.data() + at, 8);
            auto const high = std::uint64_t{0x8080808080808080u};
            auto const zeros = (word - 0x0101010101010101u) & ~word & high;
            if ((word & high) == 0 && zeros == 0) {
                at += 8;
                continue;
            }
        }
        auto const lead = byte(at);
        if (lead == 0) return at;
        if (lead < 0x80) {
            ++at;
        } else if (lead >= 0xc2 && lead <= 0xdf) {
            if (!follows(at + 1)) return at;
            at += 2;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            auto const least = lead == 0xe0 ? 0xa0u : 0x80u;
            auto const most = lead == 0xed ? 0x9fu : 0xbfu;
            if (!follows(at + 1, least, most) || !follows(at + 2)) return at;
            if (text.substr(at, 3) == "\xef\xbb\xbf") return at;
            at += 3;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            auto const least = lead == 0xf0 ? 0x90u : 0x80u;
            auto const most = lead == 0xf4 ? 0x8fu : 0xbfu;
            if (!follows(at + 1, least, most) || !follows(at + 2) || !follows(at + 3)) return at;
            at += 4;
        } else {
            return at;
        }
    }
    return at;
}

} // namespace rota::trace

#endif
