// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/trace/place.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_reader.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/story.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "registry.hpp"
#include "source_file.hpp"

namespace cli {

namespace {

rota::verify::counter_example read_replay(std::string const& path) {
    auto const from = source_file(path, short_file);
    auto got = rota::verify::counter_example_of(std::string{from.text});
    if (auto const* const wrong =
            std::get_if<rota::log::text_error>(&got)) { // later lines count on earlier ones
        auto begin = std::size_t{0};
        for (auto i = std::size_t{1}; i < wrong->line && begin < from.text.size(); ++i)
            begin = std::min(from.text.find('\n', begin), from.text.size() - 1) + 1;
        auto text = rota::trace::text(rota::trace::diagnose(rota::trace::severity::error, path, from.text,
                                                            {wrong->line, begin + wrong->column - 1},
                                                            "E-REPLAY", wrong->message));
        text.pop_back();
        refuse(std::move(text));
    }
    return std::get<rota::verify::counter_example>(std::move(got));
}

/// The scheduler that the file names, unless the user names another.
chosen scheduler_of(rota::verify::counter_example const& one, replay_options const& asked) {
    if (!asked.scheduler.empty()) return choose(asked.scheduler);
    try {
        return choose(one.scheduler);
    } catch (failure const& why) {
        refuse(fmt::format("{}: {}\nsee: rota list; --scheduler NAME runs it on another one", asked.file,
                           why.message));
    }
}

} // namespace

int replay(replay_options const& asked) {
    end_on_signals();
    auto const one = read_replay(asked.file);
    auto const scheduler = scheduler_of(one, asked);
    auto const found = rota::verify::run_and_check(
        one.what,
        [&](rota::simulation::simulator const& host) {
            return scheduler.what->make(scheduler.values, {.placement = {},
                                                           .seed = one.what.under.seed,
                                                           .workload = one.what.jobs,
                                                           .cluster = one.what.cluster,
                                                           .cost = one.what.under.cost,
                                                           .truth = host.clairvoyance()});
        },
        one.claims, one.known);
    auto const code = [](rota::verify::law which) { return rota::verify::text_of(which).code; };
    auto const broken = found.laws.broken();
    print(fmt::format(
        "{}: {} {}\n{}", asked.file, scheduler.label,
        !broken ? fmt::format("no longer breaks {}", code(one.broken))
        : *broken == one.broken
            ? fmt::format("breaks {}, as found by suite {}", code(*broken), one.suite)
            : fmt::format("breaks {}, where suite {} found {}", code(*broken), one.suite, code(one.broken)),
        rota::verify::story(one.what, found)));
    return broken ? 1 : 0;
}

} // namespace cli
