// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_LINES_HPP
#define ROTA_TRACE_LINES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <rota/trace/place.hpp>

namespace rota::trace {

/// One line without its end.
struct line {
    std::string_view text;
    place at;

    [[nodiscard]] bool blank() const noexcept {
        return text.find_first_not_of(" \t") == std::string_view::npos;
    }
};

/// The lines of a text one by one; LF, CR LF and a lone CR end a line, the last needs no end.
class lines {
public:
    explicit lines(std::string_view text) noexcept : text_{text} {}

    /// Sets `out` to the next line; false at the end of the text.
    [[nodiscard]] bool next(line& out) noexcept {
        if (byte_ == text_.size()) return false;
        if (feed_ < byte_) feed_ = text_.find('\n', byte_);
        auto const until = std::min(feed_, text_.size());
        auto const back = text_.substr(byte_, until - byte_).find('\r');
        auto const length = back == std::string_view::npos ? until - byte_ : back;
        auto const ended = byte_ + length;
        auto const pair = back != std::string_view::npos && ended + 1 == feed_;
        auto const ending = std::size_t{ended == text_.size() ? 0u : pair ? 2u : 1u};
        out = {text_.substr(byte_, length), {++number_, byte_}};
        byte_ += length + ending;
        return true;
    }

    [[nodiscard]] place where() const noexcept { return {number_ == 0 ? 1 : number_, byte_}; }

private:
    std::string_view text_;
    std::size_t byte_ = 0;
    std::size_t feed_ = text_.find('\n'); ///< the next LF, npos where there is none
    std::uint64_t number_ = 0;
};

} // namespace rota::trace

#endif
