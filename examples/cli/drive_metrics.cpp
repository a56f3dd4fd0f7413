// SPDX-License-Identifier: BSL-1.0
#include "drive_metrics.hpp"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include <rota/contract/event.hpp>
#include <rota/core/units.hpp>
#include <rota/verify/law.hpp>

namespace cli {

std::string page_of(drive_counts const& counts, rota::cluster::spec const& cluster, rota::books const& state,
                    driven_cluster const& slurm, std::uint64_t strays, std::int64_t round_ms) {
    auto page = std::string{};
    auto const about = [&page](std::string_view name, std::string_view type, std::string_view help) {
        fmt::format_to(std::back_inserter(page), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    };
    auto const one = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
        about(name, type, help);
        fmt::format_to(std::back_inserter(page), "{} {}\n", name, value);
    };
    auto const with = [&page](std::string_view name, std::string_view label, std::string_view is,
                              auto value) {
        fmt::format_to(std::back_inserter(page), "{}{{{}=\"{}\"}} {}\n", name, label, is, value);
    };
    one("rota_slurm_answers", "gauge", "1 where Slurm answered in the last round.", counts.answers ? 1 : 0);
    one("rota_rounds_total", "counter", "Rounds of polling and deciding.", counts.rounds);
    one("rota_blind_rounds_total", "counter", "Rounds in which Slurm did not answer.", counts.blind);
    one("rota_wake_ups_total", "counter", "Rounds that began early, since somebody had rung.", counts.woken);
    one("rota_journal_bytes", "gauge", "How long the journal is.", counts.journal_bytes);
    one("rota_round_seconds", "gauge", "How long the last round took.", static_cast<double>(round_ms) / 1e3);
    one("rota_strays_total", "counter", "Runs that nobody had ordered, stopped.", strays);

    static constexpr auto phases = std::to_array<std::string_view>(
        {"waiting", "cooling", "starting", "running", "moving", "stopping", "ended"});
    auto in = std::array<std::uint64_t, phases.size()>{};
    for (auto id : state.jobs().active()) ++in[static_cast<std::size_t>(state.want().where(id))];
    about("rota_jobs", "gauge", "Jobs that have not ended.");
    for (auto i = std::size_t{0}; i + 1 != phases.size(); ++i) with("rota_jobs", "phase", phases[i], in[i]);

    auto held = std::int64_t{0};
    for (auto id : state.jobs().active()) held += state.jobs().held(id).total_milli();
    auto open = std::int64_t{0};
    for (auto n = std::uint32_t{0}; n != cluster.nodes.size(); ++n)
        if (state.want().free().open(rota::node_id{n})) open += cluster.nodes[n].gpus;
    about("rota_gpus", "gauge", "GPUs: of the cluster, of nodes that may be given out, held by jobs.");
    with("rota_gpus", "state", "all", cluster.gpus());
    with("rota_gpus", "state", "open", open);
    with("rota_gpus", "state", "held", static_cast<double>(held) / rota::whole_gpu);
    one("rota_orders_in_flight", "gauge", "Orders that Slurm has not yet been seen to follow.",
        state.in_flight());

    about("rota_records_total", "counter", "Records of the schedule log.");
    for (auto i = std::size_t{0}; i != counts.records.size(); ++i)
        with("rota_records_total", "kind", rota::log::kind_names[i], counts.records[i]);
    auto const verbs = [&](std::string_view name, std::string_view help, auto of) {
        about(name, "counter", help);
        for (auto i = std::size_t{0}; i != driven_cluster::verb_names.size(); ++i)
            with(name, "verb", driven_cluster::verb_names[i], of(slurm.of(i)));
    };
    verbs("rota_verbs_total", "What Slurm was asked for.", [](auto const& a) { return a.said; });
    verbs("rota_verbs_refused_total", "What Slurm refused.", [](auto const& a) { return a.refused; });
    verbs("rota_verbs_unanswered_total", "What Slurm did not answer in time.",
          [](auto const& a) { return a.unanswered; });
    verbs("rota_verb_seconds_total", "Time spent on asking.", [](auto const& a) { return a.seconds; });
    if (counts.judged == 0) return page;
    one("rota_judged_records", "gauge", "Records of the schedule log that were judged by the laws.",
        counts.judged);
    auto const laws = [&](std::string_view name, std::string_view help, auto of) {
        about(name, "gauge", help);
        for (auto i = std::size_t{0}; i != rota::verify::laws; ++i)
            if (auto const& law = counts.laws.of(static_cast<rota::verify::law>(i)); law.checked != 0)
                with(name, "law", rota::verify::law_texts[i].code, of(law));
    };
    laws("rota_laws_broken", "1 where that law has broken since the driver started.",
         [](auto const& its) { return its.story.empty() ? 0 : 1; });
    laws("rota_laws_checked", "How often that law was asked, in the log as it was judged.",
         [](auto const& its) { return its.checked; });
    return page;
}

} // namespace cli
