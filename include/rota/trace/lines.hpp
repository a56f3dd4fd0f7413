// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_LINES_HPP
#define ROTA_TRACE_LINES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/pieces.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/source.hpp>
#include <rota/trace/utf8.hpp>

namespace rota::trace {

/// One line without its end.
struct line {
    std::string_view text;
    place at{};
    std::size_t bytes = 0;    ///< of the line; where text has fewer, the line is too long to be held
    bool blank_beyond = true; ///< what is not held

    [[nodiscard]] bool blank() const noexcept {
        return blank_beyond && text.find_first_not_of(" \t") == std::string_view::npos;
    }
};

/// The lines of a source one by one; LF, CR LF and a lone CR end a line, the last needs no end.
///
/// A text in a file is read, unpacked and checked on the way: of it are held a piece, and the line that is
/// looked at up to limits::line_bytes and a little more. What is wrong with the file comes before what is wrong
/// with its text.
/// Expects   source and limits outlive the lines.
/// Errors    those of pieces, not_a_text and not_utf8, as why().
class lines {
public:
    lines(source const& from, limits const& most, std::size_t text_bytes)
        : name_{from.name}, window_{from.text}, feed_{window_.find('\n')} {
        if (!from.file) return;
        most_ = most.line_bytes + 4096; // what is printed around the first byte too many
        buffer_.reserve(sniffed);
        in_ = std::make_unique<pieces>(from, most, text_bytes);
        more_ = true;
        while (more_ && buffer_.size() < sniffed) more_ = in_->append(buffer_);
        auto about = in_->why();
        if (!about) about = not_a_text(name_, buffer_);
        if (about) {
            fail(std::move(*about));
            return;
        }
        if (buffer_.starts_with("\xef\xbb\xbf")) buffer_.erase(0, 3);
        check();
    }
    lines(lines const&) = delete; ///< it looks into itself
    lines& operator=(lines const&) = delete;

    /// Sets `out` to the next line, which stays until the next call; false at the end of the text, and where
    /// why() says what is wrong with it.
    [[nodiscard]] bool next(line& out) {
        for (auto scan = at_;;) {
            if (feed_ < scan) feed_ = window_.find('\n', scan);
            auto const until = std::min(feed_, window_.size());
            auto const back = window_.substr(scan, until - scan).find('\r');
            auto const ended = back == std::string_view::npos ? until : scan + back;
            auto const open = ended == window_.size() || (ended != feed_ && ended + 1 == window_.size());
            if (open && more_) { // the next piece may begin with the LF of a CR LF
                if (ended - at_ > most_) return long_line(out);
                scan = ended - at_;
                refill();
                if (why_) return false;
                continue;
            }
            if (at_ == window_.size()) return false;
            auto const pair = back != std::string_view::npos && ended + 1 == feed_;
            auto const ending = std::size_t{ended == window_.size() ? 0u : pair ? 2u : 1u};
            auto const length = ended - at_;
            out = {window_.substr(at_, length), {++number_, base_ + at_}, length};
            if (bad_ < out.at.byte + length) {
                fail(not_utf8(name_, out.text, bad_ - out.at.byte, number_, out.at.byte));
                return false;
            }
            at_ += length + ending;
            return true;
        }
    }
    [[nodiscard]] std::optional<diagnostic> const& why() const noexcept { return why_; }

private:
    static constexpr auto nowhere = std::string_view::npos;
    static constexpr auto sniffed = std::size_t{264}; ///< bytes that show what a text is not

    /// Keeps what is not looked at yet and adds the next piece.
    void refill() {
        buffer_.erase(0, at_);
        window_.remove_prefix(at_);
        base_ += at_;
        checked_ -= at_;
        at_ = 0;
        more_ = in_->append(buffer_);
        if (in_->why()) fail(*in_->why());
        else check();
    }
    /// Lets lines be cut from what is UTF-8; behind a byte that is not, from all there is, to show its line.
    void check() {
        auto const seen = window_.size(); // no LF in it behind at_, or it would not have been too short
        if (bad_ == nowhere) {
            auto const fresh = std::string_view{buffer_}.substr(checked_);
            auto const good = first_not_utf8(fresh);
            auto const cut_short = more_ && fresh.size() - good < 4;
            if (good != fresh.size() && !cut_short) bad_ = base_ + checked_ + good;
            checked_ += good;
        }
        window_ = bad_ == nowhere ? std::string_view{buffer_}.substr(0, checked_) : buffer_;
        feed_ = window_.find('\n', seen);
    }
    /// Goes past a line that is not held as a whole.
    bool long_line(line& out) {
        head_ = window_.substr(at_, most_);
        out = {head_, {++number_, base_ + at_}, most_};
        at_ += most_;
        if (bad_ < base_ + at_) {
            fail(not_utf8(name_, head_, bad_ - out.at.byte, number_, out.at.byte));
            return false;
        }
        auto column = code_points(head_) + 1;
        for (;;) {
            auto const rest = window_.substr(at_);
            auto const part = rest.substr(0, rest.find_first_of("\r\n"));
            if (bad_ < base_ + at_ + part.size()) {
                auto about = not_utf8(name_, window_, bad_ - base_, number_, base_);
                about.column = column + code_points(window_.substr(at_, bad_ - base_ - at_));
                about.source_line.clear(); // it is gone
                fail(std::move(about));
                return false;
            }
            column += code_points(part);
            out.blank_beyond = out.blank_beyond && part.find_first_not_of(" \t") == nowhere;
            out.bytes += part.size();
            at_ += part.size();
            auto const left = rest.substr(part.size());
            if (!more_ || (!left.empty() && left != "\r")) {
                at_ += left.starts_with("\r\n") ? 2u : left.empty() ? 0u : 1u;
                return true;
            }
            refill();
            if (why_) return false;
        }
    }
    /// Ends the text; a file that cannot be read to its end says that instead.
    void fail(diagnostic about) {
        while (more_) {
            buffer_.clear();
            more_ = in_->append(buffer_);
        }
        why_ = in_->why() ? in_->why() : std::move(about);
        window_ = {};
        at_ = 0;
    }

    std::string const& name_;
    std::string_view window_;    ///< lines are cut from it
    std::size_t at_ = 0;         ///< in the window
    std::size_t feed_;           ///< the next LF in the window, nowhere where there is none
    std::unique_ptr<pieces> in_; ///< none for a text that is held
    std::string buffer_;
    std::string head_;        ///< of a line that is too long
    std::size_t checked_ = 0; ///< so much of the buffer is UTF-8
    std::uint64_t base_ = 0;  ///< of the window in the text
    std::uint64_t bad_ = nowhere;
    std::uint64_t number_ = 0;
    std::size_t most_ = nowhere; ///< of a line is held
    bool more_ = false;
    std::optional<diagnostic> why_;
};

} // namespace rota::trace

#endif
