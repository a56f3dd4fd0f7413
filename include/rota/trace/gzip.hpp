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

/// Unpacks a gzip file of one or more members, piece by piece.
///
/// Zero bytes after the last member are padding; anything else there is damage.
class gunzipper {
public:
    enum class fault : std::uint8_t { none, cut_short, damaged };

    gunzipper() : started_{inflateInit2(&stream_, 15 + 16) == Z_OK} {
        if (!started_) why_ = fault::damaged;
    }
    gunzipper(gunzipper const&) = delete; ///< zlib knows it by its address
    gunzipper& operator=(gunzipper const&) = delete;
    ~gunzipper() {
        if (started_) inflateEnd(&stream_);
    }

    /// Unpacks `packed` into `into` and takes off it what was used; the number of bytes made. It is 0 where
    /// more is needed, at the end, and where why() says so. `last`: nothing follows `packed`.
    [[nodiscard]] std::size_t next(std::string_view& packed, bool last, char* into, std::size_t room) {
        while (why_ == fault::none) {
            if (ended_ && (packed.empty() || !begins(packed))) return 0;
            auto const offered = std::min(packed.size(), std::size_t{1} << 30);
            auto const space = std::min(room, std::size_t{1} << 30);
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
            stream_.avail_in = static_cast<uInt>(offered);
            stream_.next_out = reinterpret_cast<Bytef*>(into);
            stream_.avail_out = static_cast<uInt>(space);
            auto const status = inflate(&stream_, Z_NO_FLUSH);
            packed.remove_prefix(offered - stream_.avail_in);
            auto const made = space - stream_.avail_out;
            if (status == Z_STREAM_END) ended_ = true;
            else if (status != Z_OK && (status != Z_BUF_ERROR || !packed.empty())) why_ = fault::damaged;
            else if (made == 0 && packed.empty()) {
                if (last) why_ = stream_.total_in < 2 ? fault::damaged : fault::cut_short; // 2: the magic
                return 0;
            }
            if (made != 0) return made;
        }
        return 0;
    }
    [[nodiscard]] fault why() const noexcept { return why_; }

private:
    /// Whether another member begins; otherwise what follows has to be padding.
    [[nodiscard]] bool begins(std::string_view& packed) {
        if (!padded_ && packed.front() != '\0') {
            ended_ = false;
            if (inflateReset(&stream_) != Z_OK) why_ = fault::damaged;
            return why_ == fault::none;
        }
        padded_ = true;
        if (packed.find_first_not_of('\0') != std::string_view::npos) why_ = fault::damaged;
        packed = {};
        return false;
    }

    z_stream stream_{};
    bool started_;
    bool ended_ = false;  ///< between two members, or behind the last
    bool padded_ = false; ///< behind the last
    fault why_ = fault::none;
};

/// What unpacking came to: the text, or what is wrong with the bytes.
struct unpacked {
    std::string text;
    gunzipper::fault why = gunzipper::fault::none;
    bool too_large = false;
};

/// Unpacks a gzip file, at most `limit` bytes of text.
[[nodiscard]] inline unpacked gunzip(std::string_view bytes, std::size_t limit) {
    auto out = unpacked{};
    auto by = gunzipper{};
    auto buffer = std::string(std::size_t{1} << 17, '\0');
    while (auto const made = by.next(bytes, true, buffer.data(), buffer.size())) {
        out.too_large = made > limit - out.text.size();
        if (out.too_large) return out;
        out.text.append(buffer, 0, made);
    }
    out.why = by.why();
    return out;
}

} // namespace rota::trace

#endif
