// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_VERIFY_REGRESSIONS_HPP
#define ROTA_PROPERTY_VERIFY_REGRESSIONS_HPP

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include <rota/log/text.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_reader.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/story.hpp>

#include "suite.hpp"

/// Runs a replay file on the scheduler that it names and prints how it goes. True where no law breaks.
[[nodiscard]] inline bool replay_keeps_laws(std::string const& path,
                                            std::vector<subject_under_test> const& everybody) {
    namespace verify = rota::verify;
    auto in = std::ifstream(path, std::ios::binary);
    auto const text = std::string(std::istreambuf_iterator<char>(in), {});
    if (!in) {
        std::printf("%s: cannot be read\n", path.c_str());
        return false;
    }
    auto const read = verify::counter_example_of(text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&read)) {
        std::printf("%s:%zu:%zu: error: %s\n", path.c_str(), wrong->line, wrong->column,
                    wrong->message.c_str());
        return false;
    }
    auto const& one = std::get<verify::counter_example>(read);
    auto const who = std::find_if(everybody.begin(), everybody.end(),
                                  [&](auto const& other) { return other.name == one.scheduler; });
    if (who == everybody.end()) {
        std::printf("%s: no scheduler '%s' here\n", path.c_str(), one.scheduler.c_str());
        return false;
    }
    auto const found = verify::run_and_check(one.what, who->make, one.claims, one.known);
    auto const broken = found.laws.broken();
    auto const code = std::string{verify::text_of(one.broken).code};
    if (!broken) std::printf("%s: %s no longer breaks %s\n", path.c_str(), who->name.c_str(), code.c_str());
    else
        std::printf("%s: %s breaks %s, as found by suite %u: %s\n%s", path.c_str(), who->name.c_str(),
                    std::string{verify::text_of(*broken).code}.c_str(), one.suite,
                    *broken == one.broken ? "the same law" : code.c_str(),
                    verify::story(one.what, found).c_str());
    return !broken;
}

#endif
