// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/take_until.hpp>
#include <rota/core/units.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/cell_chain.hpp>
#include <rota/trace/place.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/private_cells.hpp>

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

/// COUNTxGPUS[@MODEL] of a tenant, as cells of one kind of nodes.
rota::verify::private_cells cells_of(std::string const& option, std::string_view word, rota::tenant_id tenant,
                                     rota::cluster::spec const& cluster) {
    auto const wrong = [&](std::string const& expected) {
        refuse(fmt::format("--cells {}: read '{}', expected {}", option, word, expected));
    };
    auto const number = [](std::string_view text) {
        auto value = std::uint32_t{};
        auto const [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
        return why == std::errc{} && end == text.data() + text.size() ? value : 0;
    };
    auto left = word;
    auto const what = rota::take_until(left, '@');
    auto const named = what.size() != word.size();
    auto const x = what.find('x');
    auto made = rota::verify::private_cells{.tenant = tenant};
    if (x != what.npos) {
        made.count = number(what.substr(0, x));
        made.gpus = number(what.substr(x + 1));
    }
    constexpr auto most = std::uint32_t{1'000'000};
    if (x == what.npos || made.count == 0 || made.count > most || made.gpus == 0)
        wrong("COUNTxGPUS or COUNTxGPUS@MODEL such as 2x8");
    auto const& models = cluster.models;
    if (named && std::find(models.begin(), models.end(), left) == models.end())
        wrong(fmt::format("a model of the cluster: {}", fmt::join(models, ", ")));
    auto kinds = 0;
    for (auto const& chain : rota::placement::chains_of(cluster)) {
        auto const model = cluster.nodes[index(chain.nodes.front())].model;
        if (named && models[index(model)] != left) continue;
        for (auto level = std::uint32_t{0}; level <= chain.cells.top(); ++level)
            if (chain.cells.size(level) == made.gpus) {
                ++kinds;
                made.model = model;
                made.node_gpus = chain.gpus;
            }
    }
    if (kinds == 0) wrong("a number of GPUs that halves of nodes, nodes or racks have");
    if (kinds > 1) wrong("cells that one kind of nodes has alone; @MODEL says which");
    return made;
}

/// The private cells that the user names, TENANT:CELLS,... each.
std::vector<rota::verify::private_cells> cells_named(std::vector<std::string> const& all, inputs const& in) {
    auto made = std::vector<rota::verify::private_cells>{};
    for (auto const& one : all) {
        auto left = std::string_view{one};
        auto const name = rota::take_until(left, ':');
        auto const tenant = tenant_named(in.jobs, name);
        if (!tenant) {
            auto const names = tenant_names(in.jobs);
            refuse(fmt::format("--cells {}: read '{}', expected {}", one, name,
                               names.empty()
                                   ? "a tenant, and the workload names none"
                                   : "the name of a tenant: " + fmt::format("{}", fmt::join(names, ", "))));
        }
        for (auto more = true; more;) {
            auto const rest = left.size();
            auto const word = rota::take_until(left, ',');
            more = word.size() != rest;
            made.push_back(cells_of(one, word, *tenant, in.cluster));
        }
    }
    return made;
}

} // namespace

int check_log(check_log_options const& asked) {
    end_on_signals();
    auto const claims = claims_named(asked.claims);
    auto world = world_of(asked.world);
    auto const with_cells = has(claims, rota::claim::cells_kept);
    if (!asked.cells.empty() && !with_cells) refuse("--cells goes with --claims cells_kept");
    auto const in = read_inputs(asked.input);
    settle_world(asked.world, in, world);
    auto const [log, lines] = read_log(asked.log);
    auto given = rota::verify::premises_of(in.cluster, in.jobs, world);
    given.timed = !asked.any_run_time;
    if (auto const& name = asked.world.placement; !name.empty())
        given.scatters = !check_placement(name).compact;
    if (with_cells)
        given.cells = asked.cells.empty() ? rota::verify::cells_of_quotas(in.cluster, in.jobs)
                                          : cells_named(asked.cells, in);
    auto const found = rota::verify::check_log({.cluster = in.cluster,
                                                .jobs = in.jobs,
                                                .node_changes = world.node_changes,
                                                .quota_changes = world.quota_changes,
                                                .claims = claims,
                                                .given = given,
                                                .log = log});
    return say_verdict(found, log, asked.log, {}, lines);
}

} // namespace cli
