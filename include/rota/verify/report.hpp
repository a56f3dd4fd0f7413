// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_REPORT_HPP
#define ROTA_VERIFY_REPORT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/verdict.hpp>

namespace rota::verify {

/// One verdict a law.
class report {
public:
    void exercised(law which, std::uint64_t times = 1) noexcept { at(which).checked += times; }
    /// Keeps the first break of each law.
    void breaks(law which, std::size_t record, std::string story) {
        auto& verdict = at(which);
        ++verdict.checked;
        if (!verdict.story.empty()) return;
        verdict.record = record;
        verdict.story = std::move(story);
    }
    void add(report const& more) {
        for (auto i = std::size_t{0}; i != laws; ++i) {
            auto& mine = verdicts_[i];
            auto const& theirs = more.verdicts_[i];
            mine.checked += theirs.checked;
            if (!mine.story.empty() || theirs.story.empty()) continue;
            mine.record = theirs.record;
            mine.story = theirs.story;
        }
    }

    [[nodiscard]] verdict const& of(law which) const noexcept {
        return verdicts_[static_cast<std::size_t>(which)];
    }
    /// The broken law nearest to the cause, if any.
    [[nodiscard]] std::optional<law> broken() const noexcept {
        for (auto i = std::size_t{0}; i != laws; ++i)
            if (verdicts_[i].stands() == standing::broken) return static_cast<law>(i);
        return std::nullopt;
    }

private:
    verdict& at(law which) noexcept { return verdicts_[static_cast<std::size_t>(which)]; }

    std::array<verdict, laws> verdicts_{};
};

/// One line a law: code, standing, how often it was exercised, what it says; below a broken one, why.
[[nodiscard]] inline std::string text(report const& of) {
    auto out = std::string{};
    out.reserve(64 * laws);
    for (auto i = std::size_t{0}; i != laws; ++i) {
        auto const& verdict = of.of(static_cast<law>(i));
        auto const stands = verdict.stands();
        out += law_texts[i].code;
        out += stands == standing::holds    ? " holds "
               : stands == standing::broken ? " BROKEN "
                                            : " not exercised ";
        out += std::to_string(verdict.checked) + "  ";
        (out += law_texts[i].says) += '\n';
        if (stands == standing::broken) (out += "    ") += verdict.story + '\n';
    }
    return out;
}

/// The broken law, the record that broke it with its line in the log's text, and why.
///
/// line: that of the record in another text that the log was read from.
[[nodiscard]] inline std::string explain(law which, verdict const& why, log::schedule const& log,
                                         std::optional<std::size_t> line = {}) {
    auto out = std::string{text_of(which).code} + " broken: " + std::string{text_of(which).says} + '\n';
    if (why.record < log.records.size()) // the header is line 1
        out += "  line " + std::to_string(line.value_or(why.record + 2)) + ": " +
               log::line(log, log.records[why.record]) + '\n';
    return out + "  " + why.story + '\n';
}

} // namespace rota::verify

#endif
