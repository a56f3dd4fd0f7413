// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <rota/core/take_until.hpp>
#include <rota/log/text.hpp>
#include <rota/trace/place.hpp>
#include <rota/verify/check.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "registry.hpp"
#include "source_file.hpp"
#include "verdict.hpp"

namespace cli {

namespace {

/// A log and, record by record, the line of the file that it stands in.
struct log_read {
    rota::log::schedule log;
    std::vector<std::size_t> lines;
};

/// The lines of a log that are records: not empty, and no comment.
std::vector<std::size_t> record_lines(std::string_view text) {
    auto all = std::vector<std::size_t>{};
    for (auto number = std::size_t{1}; !text.empty(); ++number) {
        auto const row = rota::take_until(text, '\n');
        if (!row.empty() && row != "\r" && row.front() != '#') all.push_back(number);
    }
    return all;
}

/// Whether a text may go on as a log: what is wrong with it is in its last line, which is cut, and near the cut.
bool may_begin_log(std::string_view text) {
    auto const got = rota::log::from_text(text);
    auto const* const wrong = std::get_if<rota::log::text_error>(&got);
    if (wrong == nullptr) return true;
    for (auto line = std::size_t{1}; line != wrong->line; ++line) rota::take_until(text, '\n');
    return text.find('\n') == text.npos && wrong->column + 256 > text.size();
}

log_read read_log(std::string const& path) {
    auto const from = source_file(path, {.may_begin = may_begin_log});
    auto const text = std::string_view{from.text};
    auto got = rota::log::from_text(text);
    if (auto* const log = std::get_if<rota::log::schedule>(&got))
        return {std::move(*log), record_lines(text)};
    // Lines stand for themselves: behind a wrong one the next are read.
    constexpr auto limit = 20;
    auto all = std::string{};
    auto begin = std::size_t{0};
    auto line = std::uint64_t{0};
    for (auto said = 0; said != limit; ++said) {
        auto const* const wrong = std::get_if<rota::log::text_error>(&got);
        if (wrong == nullptr) break;
        for (auto i = std::size_t{1}; i < wrong->line; ++i) begin = text.find('\n', begin) + 1;
        line += wrong->line;
        all += rota::trace::text(rota::trace::diagnose(rota::trace::severity::error, path, text,
                                                       {line, begin + wrong->column - 1}, "E-LOG",
                                                       wrong->message));
        begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
        got = rota::log::from_text(text.substr(begin));
    }
    all.pop_back();
    refuse(std::move(all));
}

} // namespace

int check_log(check_log_options const& asked) {
    end_on_signals();
    auto const claims = claims_named(asked.claims);
    auto const world = world_of(asked.world);
    auto const in = read_inputs(asked.input);
    check_outages(world, in.cluster);
    auto const [log, lines] = read_log(asked.log);
    auto given = rota::verify::premises_of(in.cluster, in.jobs, world);
    given.timed = !asked.any_run_time;
    if (auto const& name = asked.world.placement; !name.empty())
        given.scatters = !check_placement(name).compact;
    auto const found = rota::verify::check_log({.cluster = in.cluster,
                                                .jobs = in.jobs,
                                                .outages = world.outages,
                                                .claims = claims,
                                                .given = given,
                                                .log = log});
    return say_verdict(found, log, asked.log, {}, lines);
}

} // namespace cli
