// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_PIECES_HPP
#define ROTA_TRACE_PIECES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <rota/core/config.hpp>
#include <rota/trace/diagnostic.hpp>
#include <rota/trace/gzip.hpp>
#include <rota/trace/input_file.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/source.hpp>

namespace rota::trace {

/// The text of a file piece by piece, unpacked where it is gzip.
///
/// Expects   a source that is in a file; it and the limits outlive the pieces.
/// Errors    those of input_file, E-FORMAT for a broken gzip file, E-SIZE.
class pieces {
public:
    pieces(source const& from, limits const& most, std::size_t text_bytes)
        : from_{from}, most_{most}, text_bytes_{text_bytes}, file_{from.name, *from.file, most.stop},
          packed_(std::max<std::size_t>(room_for(from), 2), '\0') {
        ROTA_EXPECTS(from.piece_bytes != 0, "a piece is at least one byte");
        while (packed_end_ < 2 && fill()) {
        }
        if (!is_gzip({packed_.data(), packed_end_})) return;
        unpacker_ = std::make_unique<gunzipper>();
        room_.resize(from.piece_bytes);
    }

    /// Adds the next piece to `text`; false at the end, and where why() says what went wrong.
    [[nodiscard]] bool append(std::string& text) {
        if (why_) return false;
        auto const piece = unpacker_ ? unpacked_piece() : plain_piece();
        if (file_.why()) why_ = file_.why();
        else if (piece.size() > limit().bytes - made_) why_ = limit().exceeded(from_.name);
        else if (piece.empty() && unpacker_ && unpacker_->why() != gunzipper::fault::none)
            why_ = bad_gzip(from_.name, unpacker_->why());
        if (why_ || piece.empty()) return false;
        made_ += piece.size();
        text += piece;
        return true;
    }
    [[nodiscard]] std::optional<diagnostic> const& why() const noexcept { return why_; }

private:
    /// A piece; of a file that is smaller no more than the file.
    static std::size_t room_for(source const& from) noexcept {
        return from.file->regular
                   ? static_cast<std::size_t>(std::min<std::uintmax_t>(from.piece_bytes, from.file->size))
                   : from.piece_bytes;
    }
    /// Reads on behind packed_end_; false at the end of the file.
    bool fill() {
        auto const room = std::min(packed_.size() - packed_end_, from_.piece_bytes);
        auto const got = file_.read(packed_.data() + packed_end_, room);
        packed_end_ += got;
        read_ += got;
        return got != 0;
    }
    [[nodiscard]] std::string_view plain_piece() {
        if (packed_end_ == 0) static_cast<void>(fill());
        auto const piece = std::string_view{packed_.data(), packed_end_};
        packed_end_ = 0;
        return piece;
    }
    [[nodiscard]] std::string_view unpacked_piece() {
        for (;;) {
            auto rest = std::string_view{packed_}.substr(packed_at_, packed_end_ - packed_at_);
            auto const made = unpacker_->next(rest, last_, room_.data(), room_.size());
            packed_at_ = packed_end_ - rest.size();
            if (made != 0) return {room_.data(), made};
            if (last_ || unpacker_->why() != gunzipper::fault::none) return {};
            packed_at_ = packed_end_ = 0; // all of it was used
            last_ = !fill();
        }
    }
    /// Of a pipe nobody knows how long it will be.
    [[nodiscard]] text_limit limit() const {
        return {most_, text_bytes_, !unpacker_ ? 0 : from_.file->regular ? from_.file->size : read_};
    }

    source const& from_;
    limits const& most_;
    std::size_t text_bytes_;
    input_file file_;
    std::string packed_; ///< as it lies in the file
    std::size_t packed_at_ = 0;
    std::size_t packed_end_ = 0;
    std::size_t read_ = 0;
    std::unique_ptr<gunzipper> unpacker_; ///< of a gzip file
    std::string room_;
    bool last_ = false;
    std::size_t made_ = 0;
    std::optional<diagnostic> why_;
};

} // namespace rota::trace

#endif
