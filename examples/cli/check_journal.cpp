// SPDX-License-Identifier: BSL-1.0
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
#include <rota/live/journal_head.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/live/recover.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

#include "console.hpp"
#include "drive_journal.hpp"
#include "failure.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "source_file.hpp"
#include "verdict.hpp"

namespace cli {

namespace {

[[noreturn]] void refuse_at(std::string const& path, rota::log::text_error const& wrong) {
    refuse(fmt::format("{}:{}:{}: error[E-JOURNAL]: {}", path, wrong.line, wrong.column, wrong.message));
}

} // namespace

int check_journal(check_journal_options const& asked) {
    auto const from = source_file(asked.file, {.may_begin = [](std::string_view first) {
                                      return first.starts_with(rota::live::journal_header);
                                  }});
    auto const text = std::string_view{from.text};
    auto const head = rota::live::read_journal_head(text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&head)) refuse_at(asked.file, *wrong);
    auto const& [cluster, accounts, epoch_ms] = std::get<rota::live::journal_head_read>(head).head;

    auto const claims = asked.claims.empty() ? claims_in(asked.file, text) : claims_named(asked.claims);
    auto log = rota::log::schedule{};
    auto specs = std::deque<rota::job::spec>{}; // stay where they are
    auto books =
        rota::live::journaled_books{cluster,
                                    rota::tenant_tree{std::vector<rota::job::tenant>(accounts.size() + 1)},
                                    rota::recorder{log},
                                    {.moves_in_place = false, .log_orders = true}};
    auto replay = rota::live::journal_replay{
        books,
        {[&](auto name, auto run, auto const& spec) { books.submit(name, run, specs.emplace_back(spec)); },
         [](rota::job_id, std::uint32_t) {}}};
    auto const got = replay.read(text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&got)) refuse_at(asked.file, *wrong);
    stop_if_signalled();

    if (!asked.log.empty()) {
        auto to = output_file{asked.log};
        to.write(rota::log::to_text(log));
        to.commit();
    }
    auto jobs = rota::job::workload{};
    jobs.specs.assign(specs.begin(), specs.end());
    jobs.works.resize(specs.size());
    return say_verdict(judge_driven(cluster, jobs, claims, log), log, asked.file,
                       fmt::format(" of {} jobs", specs.size()));
}

} // namespace cli
