// SPDX-License-Identifier: BSL-1.0
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/presets.hpp>

#include "console.hpp"
#include "options.hpp"
#include "parts.hpp"
#include "registry.hpp"
#include "summary.hpp"

namespace cli {

namespace {

std::string range(parameter const& of) {
    if (of.form == parameter::kind::word) return fmt::format("{}", fmt::join(of.words, "|"));
    return of.form == parameter::kind::list
               ? fmt::format("numbers joined by '/', each {} to {}", of.least, of.most)
               : fmt::format("{} to {}", of.least, of.most);
}

std::string origin(std::string_view header, std::string_view source) {
    return fmt::format("{:25}header: rota/{}\n{:25}source: {}\n", "", header, "", source);
}

} // namespace

int list() {
    auto const cluster = rota::cluster::uniform(1, 1, 1);
    auto const nobody = rota::job::workload{};
    auto const sim = rota::simulation::simulator{cluster, nobody};
    auto out =
        std::string{"schedulers (--scheduler NAME:key=value,...; * in the default panel of compare)\n"};
    for (auto const& one : registry()) {
        auto const claims = one.make(choose(one.name).values, setting{.placement = {},
                                                                      .workload = nobody,
                                                                      .cluster = cluster,
                                                                      .truth = sim.clairvoyance()})
                                .claims();
        out += fmt::format("{} {:<20} {}\n{:25}claims: {}\n", one.in_panel ? '*' : ' ', one.name, one.about,
                           "", claims_text(claims));
        out += origin("system/" + one.name + ".hpp", one.source);
        for (auto const& p : one.parameters)
            out += fmt::format("{:25}{}={}  {} ({})\n", "", p.key, p.standard, p.meaning, range(p));
    }
    out += "\nplacements (--placement NAME; consolidated by default)\n";
    for (auto const& one : placements()) {
        out += fmt::format("  {:<20} {}\n", one.name, one.about);
        out += origin(one.header, one.source);
    }
    for (auto const& kind : kinds_of_parts()) {
        out += fmt::format("\n{}\n", kind.title);
        for (auto const& one : kind.parts) {
            out += fmt::format("  {:<20} {}\n", one.name, one.about);
            out += origin(one.header, one.source);
            for (auto const& p : one.knobs)
                out += fmt::format("{:25}{}{}  {}\n", "", p.key,
                                   p.standard.empty() ? " (to be given)" : "=" + p.standard, p.meaning);
        }
    }
    out += "\nworkload formats (--format NAME; rota by default)\n";
    for (auto const& one : rota::trace::formats) out += fmt::format("  {:<20} {}\n", one.name, one.about);
    out += "\npresets of generate (--preset NAME; helios_venus by default)\n";
    for (auto const& one : rota::trace::presets) out += fmt::format("  {}\n", one.name);
    out += "\nclaims (--claims NAME,... of check-log)\n";
    for (auto const& one : rota::claim_names) out += fmt::format("  {}\n", one);
    print(out);
    return 0;
}

} // namespace cli
