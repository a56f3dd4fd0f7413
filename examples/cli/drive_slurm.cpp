// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/live/host.hpp>
#include <rota/live/journal_head.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/slurm/command.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/verdict.hpp>

#include "console.hpp"
#include "drive_config.hpp"
#include "drive_journal.hpp"
#include "drive_log.hpp"
#include "drive_metrics.hpp"
#include "drive_session.hpp"
#include "driven_cluster.hpp"
#include "dry_run.hpp"
#include "failure.hpp"
#include "law_watch.hpp"
#include "metrics_server.hpp"
#include "named_nodes.hpp"
#include "only_driver.hpp"
#include "options.hpp"
#include "registry.hpp"
#include "slurm_way.hpp"

namespace cli {

namespace {

namespace live = rota::live;
namespace slurm = rota::slurm;

std::int64_t unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// A driver of one partition, from its start to a signal.
class driver {
public:
    explicit driver(drive_session& in)
        : in_{in}, metrics_{in.config.address, in.config.port}, laws_{in.cluster} {}

    void drive() {
        auto its = std::make_unique<life>(*this);
        open_journal(*its);
        // what was written at a time that is still to come was so before the clock was put back: time goes on from there
        ahead_ms_ = std::max(unix_ms() - epoch_ms_, index(its->host.state().now())) - steady_ms();
        in_.listen();
        while (signalled() == 0) {
            auto& host = its->host;
            if (drive_session::asked_to_reload() && in_.reload()) {
                promises();
                host.set_pace(in_.config.pace);
                host.resync();
            }
            auto const from = steady_ms();
            auto const now = rota::sim_time{from + ahead_ms_};
            auto const got = host.round(now, in_.scheduler);
            in_.heard(got != host_type::outcome::blind);
            in_.say_left([&host](std::string const& job) { return host.driven(job).has_value(); });
            if (got == host_type::outcome::unsettled)
                in_.log.line("unsettled", {{"why", "the scheduler does not come to rest; its orders stand"}});
            say_news(*its);
            watch_laws(*its);
            auto const took = steady_ms() - from;
            in_.counts.journal_bytes = journal_ ? journal_->bytes() : 0;
            metrics_.publish(
                page_of(in_.counts, in_.cluster, host.state(), in_.backend, strays_ + host.strays(), took));
            auto const poll = in_.config.poll_ms;
            auto const due = host.next_timer() == rota::never ? poll : host.next_timer() - now;
            if (got == host_type::outcome::ran) compact(its); // which may end this host
            in_.rest(got == host_type::outcome::blind
                         ? in_.pace_ms()
                         : std::clamp<std::int64_t>(std::min(poll, due) - took, 10, poll));
        }
        say_laws(*its);
        in_.log.line("stopped", {{"signal", std::to_string(signalled())},
                                 {"jobs", std::to_string(its->host.state().jobs().active().size())}});
    }

private:
    using host_type = live::host<driven_cluster>;

    /// A host and what it has written, from one compaction of the journal to the next.
    struct life {
        explicit life(driver& of)
            : host{of.in_.cluster, rota::tenant_tree{of.in_.config.tenants}, of.in_.backend,
                   of.in_.config.pace, rota::recorder{written}} {}

        rota::log::schedule written;
        host_type host;
        std::size_t told = 0; ///< records that have been said
    };

    void say_news(life& its) {
        for (; its.told != its.written.records.size(); ++its.told) {
            auto const& what = its.written.records[its.told];
            in_.counts.count(what.kind);
            say(its.host, its.written, what);
        }
    }
    /// Goes on from the journal where there is one.
    void open_journal(life& its) {
        auto& [written, host, told] = its;
        epoch_ms_ = unix_ms();
        if (in_.config.journal.empty()) {
            promises();
            in_.log.line("journal", {{"file", "-"}, {"why", "none is configured: a restart knows nothing"}});
            return;
        }
        journal_.emplace(in_.config.journal,
                         live::journal_head{in_.cluster, in_.config.names.accounts, epoch_ms_});
        epoch_ms_ = journal_->epoch_ms();
        auto const got = host.recover(journal_->text());
        if (auto const* const wrong = std::get_if<rota::log::text_error>(&got)) journal_->refuse_at(*wrong);
        if (!journal_->fresh()) claims_ = journal_->claims();
        journal_->go_on(std::get<std::size_t>(got));
        if (!journal_->changed().empty()) in_.log.line("cluster_changed", {{"why", journal_->changed()}});
        promises();
        in_.log.line("journal", {{"file", in_.config.journal},
                                 {"records", std::to_string(written.records.size())},
                                 {"jobs", std::to_string(host.state().jobs().active().size())}});
        told = written.records.size(); // they were said by those who wrote them
        keep_journal(its);
    }
    /// What its log is judged by from here on: what every scheduler has promised that decided in it.
    void promises() {
        auto const before = claims_;
        claims_ = claims_ ? *claims_ & in_.scheduler.claims() : in_.scheduler.claims();
        if (journal_ && claims_ != before) journal_->write(claims_line(*claims_));
    }
    [[nodiscard]] log_so_far so_far(life& its) const {
        auto out = log_so_far{its.written, {}, {}, claims_.value_or(rota::claim::none)};
        out.jobs.specs.assign(its.host.specs().begin(), its.host.specs().end());
        out.jobs.works.resize(out.jobs.specs.size());
        for (auto j = std::uint32_t{0}; j != out.jobs.specs.size(); ++j)
            out.names.push_back(its.host.name(rota::job_id{j}));
        return out;
    }
    void say_breaches(std::vector<law_watch::breach> const& all) {
        for (auto const& one : all) {
            auto const& law = rota::verify::text_of(one.which);
            in_.log.line("law_broken", {{"law", std::string{law.code}},
                                        {"at_ms", std::to_string(index(one.at))},
                                        {"job", one.job.empty() ? "-" : one.job},
                                        {"says", std::string{law.says}},
                                        {"why", one.story}});
        }
    }
    void watch_laws(life& its) {
        say_breaches(laws_.news());
        auto const now = steady_ms();
        if (in_.config.judge && !laws_.busy() && laws_.due(its.written.records.size(), now))
            laws_.judge(so_far(its), now);
        in_.counts.laws = laws_.found();
        in_.counts.judged = laws_.records();
    }
    /// All of it is judged once more, and how every law has fared is said.
    void say_laws(life& its) {
        if (!in_.config.judge) return;
        say_breaches(laws_.wait());
        laws_.judge(so_far(its), steady_ms(), true);
        say_breaches(laws_.wait());
        auto const found = laws_.found();
        auto by = std::array<std::string, 3>{};
        for (auto i = std::size_t{0}; i != rota::verify::laws; ++i) {
            auto& all = by[static_cast<std::size_t>(found.of(static_cast<rota::verify::law>(i)).stands())];
            (all += all.empty() ? "" : ",") += rota::verify::law_texts[i].code;
        }
        for (auto& all : by)
            if (all.empty()) all = "-";
        using rota::verify::standing;
        auto const of = [&by](standing which) { return by[static_cast<std::size_t>(which)]; };
        in_.log.line("laws", {{"records", std::to_string(laws_.records())},
                              {"broken", of(standing::broken)},
                              {"hold", of(standing::holds)},
                              {"not_exercised", of(standing::not_exercised)}});
    }
    void keep_journal(life& its) {
        its.host.keep_journal(its.written, [this](std::string_view group) { journal_->write(group); });
        if (index(its.host.state().now()) != 0) its.host.resync();
    }
    /// A journal that has grown long begins anew with how things stand, and so does the host: both forget the jobs that
    /// are gone. To Slurm it is as if the driver had died and come back.
    void compact(std::unique_ptr<life>& its) {
        if (!journal_ || !journal_->is_long(in_.config.compact_kib) || laws_.busy()) return;
        auto const before = journal_->bytes();
        auto const text = journal_->anew(claims_line(*claims_) + its->host.standing());
        auto next = std::make_unique<life>(*this);
        auto const got = next->host.recover(text);
        auto const* const wrong = std::get_if<rota::log::text_error>(&got);
        if (wrong != nullptr || !journal_->replace(text)) {
            journal_->stays_long();
            return in_.log.line(
                "journal_not_compacted",
                {{"why", wrong != nullptr ? wrong->message : "no shorter one can be written beside it"}});
        }
        say_breaches(laws_.news());
        if (in_.config.judge) laws_.judge(so_far(*its), steady_ms(), true);
        strays_ += its->host.strays();
        its = std::move(next);
        its->told = its->written.records.size(); // how things stood is no news
        in_.log.line("journal_compacted",
                     {{"bytes", std::to_string(text.size())},
                      {"before", std::to_string(before)},
                      {"jobs", std::to_string(its->host.state().jobs().active().size())}});
        keep_journal(*its);
    }
    void say(host_type const& host, rota::log::schedule const& written, rota::log::record const& what) const {
        auto const event = rota::log::kind_names[static_cast<std::size_t>(what.kind)];
        auto const why = std::string{rota::log::cause_names[static_cast<std::size_t>(what.why)]};
        if (!rota::log::about_a_job(what.kind)) {
            auto const named = written.devices(what);
            auto const node = named.empty() ? std::string{"-"} : in_.cluster.names[index(named.front().node)];
            return in_.log.line(event, {{"at_ms", std::to_string(index(what.at))}, {"node", node}});
        }
        in_.log.line(event, {{"at_ms", std::to_string(index(what.at))},
                             {"job", host.name(rota::job_id{what.job})},
                             {"run", std::to_string(what.incarnation)},
                             {"op", std::to_string(what.op)},
                             {"cause", why},
                             {"nodes", named_nodes(in_.cluster, written.devices(what))}});
    }
    drive_session& in_;
    metrics_server metrics_;
    law_watch laws_;
    std::optional<rota::claim> claims_; ///< what the log is judged by, besides the unconditional laws
    std::optional<drive_journal> journal_;
    std::uint64_t strays_ = 0;  ///< of the hosts before this one
    std::int64_t epoch_ms_ = 0; ///< of the journal, since 1970
    std::int64_t ahead_ms_ = 0; ///< of the host's time over the steady one
};

} // namespace

int drive_slurm(drive_options const& asked) {
    heed_reload();
    auto config = read_drive_config(asked.config);
    if (!asked.scheduler.empty()) config.scheduler = asked.scheduler;
    static_cast<void>(choose(config.scheduler));
    auto const controlled = ask_controller(config.timeout_ms);
    check_slurm(controlled, slurm::runner{config.timeout_ms});
    auto why = std::string{};
    auto const cluster = find_slurm(config.partition, why, config.timeout_ms);
    if (!cluster) fail(fmt::format("partition '{}': {}", config.partition, why));
    auto alone = std::optional<only_driver>{};
    if (!asked.dry_run) alone.emplace(controlled, config.partition);
    auto const log = drive_log{config.json};
    log.line("started", {{"slurm", controlled.version},
                         {"partition", config.partition},
                         {"nodes", std::to_string(cluster->nodes.size())},
                         {"gpus", std::to_string(cluster->gpus())},
                         {"scheduler", config.scheduler},
                         {"through", slurm_way_name()},
                         {"dry_run", asked.dry_run ? "yes" : "no"}});
    auto session = drive_session{asked, std::move(config), *cluster};
    if (asked.dry_run) dry_run(session);
    else driver{session}.drive();
    return 0;
}

} // namespace cli
