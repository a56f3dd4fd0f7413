// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRIVE_JOURNAL_HPP
#define ROTA_CLI_DRIVE_JOURNAL_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rota/contract/claims.hpp>
#include <rota/live/journal_file.hpp>
#include <rota/live/journal_head.hpp>
#include <rota/log/text.hpp>

namespace cli {

/// A line that says what all schedulers have promised that decided in a journal so far; it stands between two groups.
[[nodiscard]] std::string claims_line(rota::claim all);
/// What the last such line of a journal says; none where there is none. Ends the command where it is none.
[[nodiscard]] rota::claim claims_in(std::string const& path, std::string_view journal);

/// The journal of a driver, whose it is alone as long as this lives.
class drive_journal {
public:
    /// `is`: the cluster and the tenants of this driver, and the time. Where the cluster has changed since, it begins anew.
    /// Ends the command where another driver writes it, or jobs have GPUs that are gone.
    drive_journal(std::string path, rota::live::journal_head is);

    /// In what the cluster has changed; empty: in nothing.
    [[nodiscard]] std::string const& changed() const noexcept { return changed_; }
    /// What it told when it was opened; only its head where it is a new one.
    [[nodiscard]] std::string const& text() const noexcept { return text_; }
    [[nodiscard]] bool fresh() const noexcept { return text_.size() == head_.size(); }
    /// When it began, since 1970.
    [[nodiscard]] std::int64_t epoch_ms() const noexcept { return epoch_ms_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

    /// Those of its last claims_line; none where it has none.
    [[nodiscard]] rota::claim claims() const { return claims_in(path_, text_); }
    /// Ends the command with that place.
    [[noreturn]] void refuse_at(rota::log::text_error const& wrong) const;
    /// What stands behind has been torn off and does not count; the text is not needed any more.
    void go_on(std::size_t size);
    /// A group of lines; ends the command where it is not known to be on the disk.
    void write(std::string_view group);
    /// It is longer than that, and twice as long as it was when it last began anew, or failed to.
    [[nodiscard]] bool is_long(std::int64_t limit_kib) const noexcept;
    /// Its head, and behind it how things stand, as a text to recover from.
    [[nodiscard]] std::string anew(std::string const& standing) const { return head_ + standing; }
    /// It becomes that text. False: it stays what it is.
    [[nodiscard]] bool replace(std::string_view shorter);
    /// Nothing came of a shorter one: that is tried again when it is twice as long.
    void stays_long() noexcept { short_bytes_ = bytes_; }

private:
    [[noreturn]] void refuse_change(std::string_view why) const;
    void carry_over(rota::live::journal_head const& was, rota::live::journal_head const& is);

    std::string path_;
    std::optional<rota::live::journal_file> file_;
    std::string head_;
    std::string text_;
    std::string changed_;
    std::int64_t epoch_ms_;
    std::uint64_t bytes_ = 0;
    std::uint64_t short_bytes_ = 0; ///< how long it was when it last began anew, or failed to
};

} // namespace cli

#endif
