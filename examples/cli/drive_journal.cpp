// SPDX-License-Identifier: BSL-1.0
#include "drive_journal.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rota/live/carry_over.hpp>

#include "failure.hpp"
#include "inputs.hpp"

namespace cli {

namespace live = rota::live;

namespace {

constexpr auto claims_word = std::string_view{"#claims "};

/// A head that a death has torn off at its birth: nothing stands behind it.
bool torn(std::string_view text, std::string_view head) {
    auto const words = head.substr(0, head.rfind(' ') + 1); // all but the epoch
    auto const digits = text.substr(std::min(words.size(), text.size()));
    return words.starts_with(text.substr(0, words.size())) &&
           digits.find_first_not_of("0123456789") == digits.npos;
}

} // namespace

std::string claims_line(rota::claim all) {
    auto out = std::string{claims_word};
    for (auto i = std::size_t{0}; i != rota::claim_names.size(); ++i)
        if (rota::has(all, static_cast<rota::claim>(1u << i))) (out += rota::claim_names[i]) += ',';
    out.back() = out.back() == ',' ? '\n' : ' ';
    return out.ends_with('\n') ? out : out + "none\n";
}

rota::claim claims_in(std::string const& path, std::string_view journal) {
    auto const at = journal.rfind(std::string{"\n"}.append(claims_word));
    if (at == journal.npos) return rota::claim::none;
    auto words = journal.substr(at + 1 + claims_word.size());
    words = words.substr(0, words.find('\n'));
    try {
        return claims_named(words);
    } catch (failure const& why) {
        refuse(fmt::format(
            "{}:{}:{}: error[E-JOURNAL]: {}", path,
            std::count(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 2,
            claims_word.size() + 1, why.message));
    }
}

drive_journal::drive_journal(std::string path, live::journal_head is)
    : path_{std::move(path)}, head_{live::text(is)}, epoch_ms_{is.epoch_ms} {
    auto why = std::string{};
    file_ = live::journal_file::open(path_, why);
    if (!file_) refuse(fmt::format("{}: {}", path_, why));
    auto const text = file_->text();
    if (!text) fail(path_ + ": it cannot be read");
    if (torn(*text, head_)) {
        if (!file_->cut(0) || !file_->write(head_)) fail(path_ + ": it cannot be written");
        text_ = head_;
        return;
    }
    auto const read = live::read_journal_head(*text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&read)) refuse_at(*wrong);
    auto const& was = std::get<live::journal_head_read>(read).head;
    epoch_ms_ = is.epoch_ms = was.epoch_ms;
    head_ = live::text(is);
    text_ = *text;
    changed_ = live::difference(was, is);
    if (!changed_.empty()) carry_over(was, is);
}

void drive_journal::refuse_change(std::string_view why) const {
    refuse(fmt::format(
        "{}: it speaks of other nodes or accounts ({}), and {}; undo the change, or move it away while "
        "none of its jobs runs",
        path_, changed_, why));
}

void drive_journal::carry_over(live::journal_head const& was, live::journal_head const& is) {
    if (is.accounts.size() < was.accounts.size() ||
        !std::equal(was.accounts.begin(), was.accounts.end(), is.accounts.begin()))
        refuse_change("accounts keep their places");
    auto const got = live::carry_over(text_, was.cluster, is.cluster, is.accounts.size() + 1);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&got)) refuse_at(*wrong);
    auto const& [standing, stuck] = std::get<live::carried_over>(got);
    if (!stuck.empty())
        refuse_change(fmt::format("jobs have GPUs that are gone: {}", fmt::join(stuck, ", ")));
    text_ = head_ + claims_line(claims()) + standing;
}

void drive_journal::refuse_at(rota::log::text_error const& wrong) const {
    refuse(fmt::format("{}:{}:{}: error[E-JOURNAL]: {}", path_, wrong.line, wrong.column, wrong.message));
}

void drive_journal::go_on(std::size_t size) {
    auto const whole = std::string_view{text_}.substr(0, size);
    if (changed_.empty() ? !file_->cut(size) : !file_->replace(whole)) fail(path_ + ": it cannot be written");
    bytes_ = size;
    text_ = {};
}

void drive_journal::write(std::string_view group) {
    if (!file_->write(group)) fail(path_ + ": it cannot be written; nothing is done without it");
    bytes_ += group.size();
}

bool drive_journal::is_long(std::int64_t limit_kib) const noexcept {
    auto const limit = static_cast<std::uint64_t>(limit_kib) * 1'024;
    return limit != 0 && bytes_ >= std::max(limit, 2 * short_bytes_);
}

bool drive_journal::replace(std::string_view shorter) {
    if (!file_->replace(shorter)) return false;
    bytes_ = short_bytes_ = shorter.size();
    return true;
}

} // namespace cli
