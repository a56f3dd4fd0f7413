// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/live/recover.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/source.hpp>
#include <rota/verify/check.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "output_file.hpp"

namespace cli {

namespace {

[[noreturn]] void refuse_at(std::string const& path, std::size_t line, std::size_t column,
                            std::string_view what) {
    refuse(fmt::format("{}:{}:{}: error[E-JOURNAL]: {}", path, line, column, what));
}

/// The words of a line of the head behind its name, `#nodes n1:4 n2:8:v100`.
std::vector<std::string_view> words_of(std::string const& path, std::string_view text, std::size_t number,
                                       std::string_view name) {
    for (auto i = std::size_t{1}; i != number; ++i)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    auto line = text.substr(0, text.find('\n'));
    if (!line.starts_with(name)) refuse_at(path, number, 1, fmt::format("expected {}", name));
    line.remove_prefix(name.size());
    auto out = std::vector<std::string_view>{};
    while (!line.empty()) {
        auto const blank = std::min(line.find(' '), line.size());
        if (blank != 0) out.push_back(line.substr(0, blank));
        line.remove_prefix(std::min(blank + 1, line.size()));
    }
    return out;
}

/// The cluster that a driver has written down.
rota::cluster::spec cluster_in(std::string const& path, std::string_view text) {
    auto made = rota::cluster::spec{};
    made.models = {"gpu"};
    for (auto const word : words_of(path, text, 2, "#nodes")) {
        auto const colon = word.find(':');
        auto const next = colon == word.npos ? word.npos : word.find(':', colon + 1);
        auto const gpus =
            rota::trace::whole(word.substr(std::min(colon, word.size() - 1) + 1, next - colon - 1));
        if (colon == word.npos || !gpus.ok() || gpus.value < 1 ||
            gpus.value > rota::cluster::gpus_per_node_max)
            refuse_at(path, 2, static_cast<std::size_t>(word.data() - text.data()) - text.find('\n'),
                      fmt::format("read {}, expected a node and its GPUs, n1:8", rota::trace::shown(word)));
        auto const name = next == word.npos ? std::string_view{"gpu"} : word.substr(next + 1);
        auto model = std::find(made.models.begin(), made.models.end(), name);
        if (model == made.models.end()) model = made.models.insert(made.models.end(), std::string{name});
        made.nodes.push_back({.gpus = static_cast<std::uint8_t>(gpus.value),
                              .model = static_cast<rota::gpu_model>(model - made.models.begin()),
                              .cpu_milli = 0,
                              .mem_mib = 0,
                              .rack = {},
                              .spine = {}});
        made.names.emplace_back(word.substr(0, colon));
    }
    if (made.models.size() > static_cast<std::size_t>(rota::cluster::models_max))
        refuse_at(path, 2, 1, "more models of GPU than there can be");
    return made;
}

} // namespace

int check_journal(check_journal_options const& asked) {
    auto const claims = claims_named(asked.claims);
    auto const from = rota::trace::from_file(asked.file);
    if (!from) {
        auto why = rota::trace::text(from.error());
        why.pop_back();
        refuse(std::move(why));
    }
    auto const text = std::string_view{from->text};
    if (!text.starts_with(rota::live::journal_header))
        refuse_at(asked.file, 1, 1, "not the header of a journal that this version reads");
    auto const cluster = cluster_in(asked.file, text);
    auto const accounts = words_of(asked.file, text, 3, "#accounts").size();
    if (text.find("\nstand ") != text.npos)
        refuse(
            fmt::format("{}: it has begun anew since the driver first wrote it, and what was before is not "
                        "known; compact_kib = 0 keeps all of it",
                        asked.file));

    auto log = rota::log::schedule{};
    auto specs = std::deque<rota::job::spec>{}; // stay where they are
    auto books = rota::live::journaled_books{cluster,
                                             rota::tenant_tree{std::vector<rota::job::tenant>(accounts + 1)},
                                             rota::recorder{log},
                                             {.moves_in_place = false, .log_orders = true}};
    auto replay = rota::live::journal_replay{
        books,
        {[&](auto name, auto run, auto const& spec) { books.submit(name, run, specs.emplace_back(spec)); },
         [](rota::job_id, std::uint32_t) {}}};
    auto const got = replay.read(text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&got))
        refuse_at(asked.file, wrong->line, wrong->column, wrong->message);
    stop_if_signalled();

    if (!asked.log.empty()) {
        auto to = output_file{asked.log};
        to.write(rota::log::to_text(log));
        to.commit();
    }
    auto jobs = rota::job::workload{};
    jobs.specs.assign(specs.begin(), specs.end());
    jobs.works.resize(specs.size());
    auto outages = std::vector<rota::cluster::outage>{};
    for (auto const& what : log.records)
        if (what.kind == rota::log::kind::node_down || what.kind == rota::log::kind::node_up)
            outages.push_back(
                {what.at, log.devices(what).front().node, what.kind == rota::log::kind::node_up});
    auto given = rota::verify::premises{};
    given.complete = false;      // it may go on
    given.late_ms_max = 600'000; // a lost node's jobs are on their way out for a while
    auto const found = rota::verify::check_log(
        {.cluster = cluster, .jobs = jobs, .outages = outages, .claims = claims, .given = given, .log = log});
    print(rota::verify::text(found));
    if (auto const broken = found.broken()) {
        print(fmt::format("\n{}: {}", asked.file, rota::verify::explain(*broken, found.of(*broken), log)));
        return 1;
    }
    print(fmt::format("\n{}: {} records of {} jobs keep every law that was exercised\n", asked.file,
                      log.records.size(), specs.size()));
    return 0;
}

} // namespace cli
