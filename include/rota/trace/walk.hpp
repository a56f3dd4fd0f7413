// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_WALK_HPP
#define ROTA_TRACE_WALK_HPP

#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/lines.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/source.hpp>

namespace rota::trace {

/// A reader's walk over the lines of a source: what it says shows the line, also one that went by.
class walk {
public:
    walk(source const& from, limits const& most, std::size_t text_bytes)
        : from_{from}, most_{most}, lines_{from, most, text_bytes} {}

    /// Goes to the next line, which stays until the next call; false at the end of the text, and where why()
    /// says what is wrong with it.
    [[nodiscard]] bool next(line& out) {
        here_ = nowhere;
        if (!lines_.next(out)) return false;
        here_ = out;
        if (out.at.line == 1) first_ = keep(out).text;
        return true;
    }
    [[nodiscard]] std::optional<diagnostic> const& why() const noexcept { return lines_.why(); }

    /// The current line.
    [[nodiscard]] line const& here() const noexcept { return here_; }
    /// The first line, where there is one and it was read.
    [[nodiscard]] std::optional<std::string_view> first() const noexcept { return first_; }
    /// The same line, for as long as the walk is there.
    line keep(line const& one) {
        if (!from_.file) return one;
        kept_.push_back(one);
        kept_.back().text = texts_.emplace_back(one.text);
        return kept_.back();
    }

    /// Adds what is to be said of a place to `all`.
    void say(std::vector<diagnostic>& all, severity level, place at, std::string_view code,
             std::string message) {
        if (!from_.file) {
            all.push_back(diagnose(level, from_.name, from_.text, at, code, std::move(message)));
            return;
        }
        auto const* on = &here_;
        for (auto i = kept_.begin(); on->at.line != at.line && i != kept_.end(); ++i) on = &*i;
        if (on->at.line != at.line) {
            gone_.push_back({all.size(), at});
            on = &nowhere;
        }
        all.push_back(about(level, *on, at, code, std::move(message)));
    }
    /// Goes over the source again for the lines that were neither here nor kept when something was said of them.
    void look_again(std::vector<diagnostic>& all) const {
        if (gone_.empty() || !from_.lasts()) return;
        auto again = lines{from_, most_, std::numeric_limits<std::size_t>::max()};
        auto found = std::size_t{0};
        for (auto passed = line{}; found != gone_.size() && again.next(passed);)
            for (auto const& [which, at] : gone_) {
                if (at.line != passed.at.line) continue;
                auto const said = std::move(all[which]);
                all[which] = about(said.level, passed, at, said.code, said.message);
                ++found;
            }
    }

private:
    struct gone_line {
        std::size_t which; ///< of what was said
        place at;
    };
    static constexpr auto nowhere = line{.text = {}, .at = {0, 0}};

    [[nodiscard]] diagnostic about(severity level, line const& on, place at, std::string_view code,
                                   std::string message) const {
        auto made =
            diagnose(level, from_.name, on.text, {at.line, at.byte - on.at.byte}, code, std::move(message));
        made.byte = at.byte;
        return made;
    }

    source const& from_;
    limits const& most_;
    lines lines_;
    line here_ = nowhere;
    std::optional<std::string_view> first_;
    std::vector<line> kept_;
    std::deque<std::string> texts_;
    std::vector<gone_line> gone_;
};

} // namespace rota::trace

#endif
