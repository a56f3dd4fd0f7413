// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_STORY_HPP
#define ROTA_VERIFY_STORY_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include <rota/log/text.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/subject.hpp>
#include <rota/verify/timeline.hpp>
#include <rota/verify/trial.hpp>

namespace rota::verify {

/// A small trial as a replay file says it, what happened in it line by line and as a picture, and the law
/// that it breaks.
[[nodiscard]] inline std::string story(trial const& what, finding const& found) {
    constexpr auto lines_max = std::size_t{80}; // a story, not an archive
    auto out = std::string{};
    auto lines = std::size_t{0};
    auto const indented = [&](std::string_view text) {
        while (!text.empty() && lines != lines_max) {
            auto const length = text.find('\n') + 1;
            (out += "  ") += text.substr(0, length);
            text.remove_prefix(length);
            ++lines;
        }
        if (!text.empty()) out += "  ...\n";
    };
    indented(to_text(what));
    lines = 0;
    indented(log::to_text(found.log));
    if (found.laws.of(law::ids_exist).stands() != standing::broken)
        out += timeline({.cluster = what.cluster,
                         .jobs = what.jobs,
                         .node_changes = what.under.node_changes,
                         .quota_changes = what.under.quota_changes,
                         .log = found.log});
    if (auto const broken = found.laws.broken()) out += explain(*broken, found.laws.of(*broken), found.log);
    return out;
}

} // namespace rota::verify

#endif
