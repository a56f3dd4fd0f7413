// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <poll.h>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/live/host.hpp>
#include <rota/live/journal_head.hpp>
#include <rota/live/shadow.hpp>
#include <rota/live/wake_up.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/slurm/command.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/verdict.hpp>

#include "console.hpp"
#include "drive_config.hpp"
#include "drive_journal.hpp"
#include "drive_log.hpp"
#include "drive_metrics.hpp"
#include "driven_cluster.hpp"
#include "failure.hpp"
#include "law_watch.hpp"
#include "metrics_server.hpp"
#include "only_driver.hpp"
#include "options.hpp"
#include "registry.hpp"
#include "slurm_way.hpp"

namespace cli {

namespace {

namespace live = rota::live;
namespace slurm = rota::slurm;

std::sig_atomic_t volatile reload_wanted = 0;
void remember_reload(int) { reload_wanted = 1; }

/// Makes schedulers for a cluster whose jobs nobody knows the run times of.
class maker {
public:
    explicit maker(rota::cluster::spec const& cluster) : cluster_{cluster}, world_{cluster_, none_} {}

    /// Ends the command where there is none of that name, or it asks for more than a live cluster tells.
    [[nodiscard]] any_scheduler make(drive_config const& of) const {
        auto const what = choose(of.scheduler);
        if (!of.placement.empty()) check_placement(of.placement);
        auto const in = setting{.placement = of.placement,
                                .seed = of.seed,
                                .workload = none_,
                                .cluster = cluster_,
                                .cost = of.cost,
                                .truth = world_.clairvoyance()};
        auto made = what.what->make(what.values, in);
        if (rota::has(made.claims(), rota::claim::clairvoyant))
            refuse(fmt::format("scheduler '{}' needs run times that only a simulator knows; try "
                               "estimate=limit or estimate=history",
                               of.scheduler));
        return made;
    }

private:
    rota::cluster::spec const& cluster_;
    rota::job::workload none_;
    rota::simulation::simulator world_;
};

std::string nodes_of(rota::cluster::spec const& cluster, auto const& parts) {
    auto out = std::string{};
    for (auto const& one : parts) {
        auto const gpus = [&] {
            if constexpr (requires { one.count(); }) return one.count();
            else return one.gpus;
        }();
        out += fmt::format("{}{}:{}", out.empty() ? "" : ",", cluster.names[index(one.node)], gpus);
    }
    return out.empty() ? "-" : out;
}

std::int64_t unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}
/// Of no meaning but for their differences, which nobody changes who sets the clock.
std::int64_t steady_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

/// A driver of one partition, from its start to a signal.
class driver {
public:
    driver(drive_options const& asked, drive_config config, rota::cluster::spec const& cluster)
        : asked_{asked}, config_{std::move(config)}, cluster_{cluster}, maker_{cluster}, log_{config_.json},
          scheduler_{maker_.make(config_)}, metrics_{config_.address, config_.port},
          way_{open_slurm(cluster, config_.partition, config_.names, config_.timeout_ms)},
          backend_{*way_, asked.dry_run}, laws_{cluster} {}

    void drive() {
        auto its = std::make_unique<life>(*this);
        open_journal(*its);
        // what was written at a time that is still to come was so before the clock was put back: time goes on from there
        ahead_ms_ = std::max(unix_ms() - epoch_ms_, index(its->host.state().now())) - steady_ms();
        listen();
        while (signalled() == 0) {
            auto& host = its->host;
            if (std::exchange(reload_wanted, 0) != 0 && reload()) {
                host.set_pace(config_.pace);
                host.resync();
            }
            auto const from = steady_ms();
            auto const now = rota::sim_time{from + ahead_ms_};
            auto const got = host.round(now, scheduler_);
            heard(got != host_type::outcome::blind);
            say_left([&host](std::string const& job) { return host.drives(job); });
            if (got == host_type::outcome::unsettled)
                log_.line("unsettled", {{"why", "the scheduler does not come to rest; its orders stand"}});
            say_news(*its);
            watch_laws(*its);
            auto const took = steady_ms() - from;
            counts_.journal_bytes = journal_ ? journal_->bytes() : 0;
            metrics_.publish(
                page_of(counts_, cluster_, host.state(), backend_, strays_ + host.strays(), took));
            auto const due = host.next_timer() == rota::never ? config_.poll_ms : host.next_timer() - now;
            if (got == host_type::outcome::ran) compact(its);
            rest(std::clamp<std::int64_t>(std::min(config_.poll_ms, due) - took, 10, config_.poll_ms));
        }
        say_laws(*its);
        log_.line("stopped", {{"signal", std::to_string(signalled())},
                              {"jobs", std::to_string(its->host.state().jobs().active().size())}});
    }
    /// What it would do, whenever that changes, beside what Slurm does.
    void watch() {
        using shadow = live::shadow<driven_cluster>;
        auto host = shadow{cluster_, rota::tenant_tree{config_.tenants}, backend_};
        auto before = std::map<std::string, shadow::remark>{};
        auto const from = steady_ms();
        while (signalled() == 0) {
            if (std::exchange(reload_wanted, 0) != 0) static_cast<void>(reload());
            auto const got = host.round(rota::sim_time{steady_ms() - from}, maker_.make(config_));
            heard(got.has_value());
            say_left([](std::string const&) { return false; });
            auto wants = std::map<std::string, shadow::remark>{};
            for (auto const& one : got.value_or(std::vector<shadow::remark>{})) {
                using deed = shadow::deed;
                static constexpr auto names = std::to_array<std::string_view>(
                    {"would_start", "would_stop", "would_move", "would_reject", "slurm_started",
                     "slurm_requeued", "slurm_ended"});
                auto const name = names[static_cast<std::size_t>(one.what)];
                auto const where = nodes_of(cluster_, one.where);
                if (one.what < deed::started) {
                    wants.emplace(one.job, one);
                    auto const was = before.find(one.job);
                    if (was == before.end() || !(was->second == one))
                        log_.line(name, {{"job", one.job}, {"nodes", where}});
                } else {
                    auto const wanted = before.find(one.job);
                    log_.line(name, {{"job", one.job},
                                     {"nodes", where},
                                     {"wanted", wanted == before.end()
                                                    ? std::string{"-"}
                                                    : nodes_of(cluster_, wanted->second.where)}});
                }
            }
            if (got) before = std::move(wants);
            rest(config_.poll_ms);
        }
        log_.line("stopped", {{"signal", std::to_string(signalled())}});
    }

private:
    using host_type = live::host<driven_cluster>;

    /// A host and what it has written, from one compaction of the journal to the next.
    struct life {
        explicit life(driver& of)
            : host{of.cluster_, rota::tenant_tree{of.config_.tenants}, of.backend_, of.config_.pace,
                   rota::recorder{written}} {}

        rota::log::schedule written;
        host_type host;
        std::size_t told = 0; ///< records that have been said
    };

    void say_news(life& its) {
        for (; its.told != its.written.records.size(); ++its.told) {
            auto const& what = its.written.records[its.told];
            counts_.count(what.kind);
            say(its.host, its.written, what);
        }
    }
    /// Goes on from the journal where there is one.
    void open_journal(life& its) {
        auto& [written, host, told] = its;
        epoch_ms_ = unix_ms();
        if (config_.journal.empty()) {
            promises();
            log_.line("journal", {{"file", "-"}, {"why", "none is configured: a restart knows nothing"}});
            return;
        }
        journal_.emplace(config_.journal, live::journal_head{cluster_, config_.names.accounts, epoch_ms_});
        epoch_ms_ = journal_->epoch_ms();
        auto const got = host.recover(journal_->text());
        if (auto const* const wrong = std::get_if<rota::log::text_error>(&got)) journal_->refuse_at(*wrong);
        if (!journal_->fresh()) claims_ = journal_->claims();
        journal_->go_on(std::get<std::size_t>(got));
        if (!journal_->changed().empty()) log_.line("cluster_changed", {{"why", journal_->changed()}});
        promises();
        log_.line("journal", {{"file", config_.journal},
                              {"records", std::to_string(written.records.size())},
                              {"jobs", std::to_string(host.state().jobs().active().size())}});
        told = written.records.size(); // they were said by those who wrote them
        keep_journal(its);
    }
    /// What its log is judged by from here on: what every scheduler has promised that decided in it.
    void promises() {
        auto const before = claims_;
        claims_ = claims_ ? *claims_ & scheduler_.claims() : scheduler_.claims();
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
            log_.line("law_broken", {{"law", std::string{law.code}},
                                     {"at_ms", std::to_string(index(one.at))},
                                     {"job", one.job.empty() ? "-" : one.job},
                                     {"says", std::string{law.says}},
                                     {"why", one.story}});
        }
    }
    void watch_laws(life& its) {
        say_breaches(laws_.news());
        auto const now = steady_ms();
        if (config_.judge && !laws_.busy() && laws_.due(its.written.records.size(), now))
            laws_.judge(so_far(its), now);
        counts_.laws = laws_.found();
        counts_.judged = laws_.records();
    }
    /// All of it is judged once more, and how every law has fared is said.
    void say_laws(life& its) {
        if (!config_.judge) return;
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
        log_.line("laws", {{"records", std::to_string(laws_.records())},
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
        if (!journal_ || !journal_->is_long(config_.compact_kib) || laws_.busy()) return;
        auto const before = journal_->bytes();
        auto const text = journal_->anew(claims_line(*claims_) + its->host.standing());
        auto next = std::make_unique<life>(*this);
        auto const got = next->host.recover(text);
        auto const* const wrong = std::get_if<rota::log::text_error>(&got);
        if (wrong != nullptr || !journal_->replace(text)) {
            journal_->stays_long();
            return log_.line(
                "journal_not_compacted",
                {{"why", wrong != nullptr ? wrong->message : "no shorter one can be written beside it"}});
        }
        say_breaches(laws_.news());
        if (config_.judge) laws_.judge(so_far(*its), steady_ms(), true);
        strays_ += its->host.strays();
        its = std::move(next);
        its->told = its->written.records.size(); // how things stood is no news
        log_.line("journal_compacted", {{"bytes", std::to_string(text.size())},
                                        {"before", std::to_string(before)},
                                        {"jobs", std::to_string(its->host.state().jobs().active().size())}});
        keep_journal(*its);
    }
    /// True where another scheduler object decides from now on.
    [[nodiscard]] bool reload() {
        try {
            auto fresh = read_drive_config(asked_.config);
            if (!asked_.scheduler.empty()) fresh.scheduler = asked_.scheduler;
            auto made = maker_.make(fresh);
            auto kept = std::string{};
            auto const stays = [&kept](bool differs, std::string_view key) {
                if (differs) (kept += kept.empty() ? "" : ", ") += key;
            };
            stays(fresh.partition != config_.partition, "slurm.partition");
            stays(fresh.timeout_ms != config_.timeout_ms, "slurm.timeout_s");
            stays(fresh.wake_up != config_.wake_up, "slurm.wake_up");
            stays(fresh.journal != config_.journal, "journal.file");
            stays(fresh.address != config_.address, "metrics.address");
            stays(fresh.port != config_.port, "metrics.port");
            stays(fresh.tenants != config_.tenants, "tenant");
            config_.scheduler = fresh.scheduler, config_.placement = fresh.placement;
            config_.seed = fresh.seed, config_.cost = fresh.cost;
            config_.poll_ms = fresh.poll_ms, config_.json = fresh.json;
            config_.pace = fresh.pace, config_.compact_kib = fresh.compact_kib;
            config_.judge = fresh.judge;
            log_.as_json(config_.json);
            scheduler_ = std::move(made);
            promises();
            log_.line("reloaded",
                      {{"scheduler", config_.scheduler},
                       {"not_reloaded", kept.empty() ? "-" : kept + ": what it was, until a restart"}});
            return true;
        } catch (failure const& why) {
            log_.line("reload_refused",
                      {{"why", why.message.substr(0, why.message.find('\n'))}}); // the first
            return false;
        }
    }
    /// A Slurm that falls silent is said once, and so is its return.
    void heard(bool answered) {
        counts_.rounds += 1;
        counts_.blind += !answered;
        counts_.answers = answered;
        if (answered != std::exchange(answered_, answered))
            log_.line(answered ? "slurm_answers" : "slurm_silent",
                      {{"why", answered ? std::string{"-"} : way_->complaint()}});
    }
    /// A job that waits for somebody else than this driver is said once, and again where the reason has changed. What one
    /// of ours asks for is what its last start has said.
    template <class Ours>
    void say_left(Ours ours) {
        for (auto const& [job, why] : backend_.left_alone())
            if (auto const was = left_.find(job); (was == left_.end() || was->second != why) && !ours(job))
                log_.line("left_alone", {{"job", job}, {"why", why}});
        left_ = backend_.left_alone();
    }
    void say(host_type const& host, rota::log::schedule const& written, rota::log::record const& what) const {
        auto const event = rota::log::kind_names[static_cast<std::size_t>(what.kind)];
        auto const why = std::string{rota::log::cause_names[static_cast<std::size_t>(what.why)]};
        if (!rota::log::about_a_job(what.kind)) {
            auto const named = written.devices(what);
            auto const node = named.empty() ? std::string{"-"} : cluster_.names[index(named.front().node)];
            return log_.line(event, {{"at_ms", std::to_string(index(what.at))}, {"node", node}});
        }
        log_.line(event, {{"at_ms", std::to_string(index(what.at))},
                          {"job", host.name(rota::job_id{what.job})},
                          {"run", std::to_string(what.incarnation)},
                          {"op", std::to_string(what.op)},
                          {"cause", why},
                          {"nodes", nodes_of(cluster_, written.devices(what))}});
    }
    void listen() {
        if (config_.wake_up.empty()) return;
        auto why = std::string{};
        bell_ = live::wake_up::listen(config_.wake_up, why);
        if (!bell_) refuse(fmt::format("{}: {}", config_.wake_up, why));
        again_ms_ = config_.poll_ms;
    }
    /// For so long, or until somebody rings. What he means may not be seen at once: while Slurm tells of a job's end, the
    /// job is completing still. So rounds follow quickly at first; but never without a pause between them.
    void rest(std::int64_t ms) {
        auto const pause = std::max<std::int64_t>(config_.poll_ms / 20, 10);
        auto const idle = [] { return signalled() == 0 && reload_wanted == 0; };
        if (bell_) ms = std::min(ms, again_ms_);
        if (idle()) ::poll(nullptr, 0, static_cast<int>(bell_ ? std::min(ms, pause) : ms));
        if (!bell_ || !idle()) return;
        auto const rung = bell_->wait(std::max<std::int64_t>(ms - pause, 0));
        counts_.woken += rung;
        again_ms_ = rung ? pause : std::min(again_ms_ * 2, config_.poll_ms);
    }

    drive_options const& asked_;
    drive_config config_;
    rota::cluster::spec const& cluster_;
    maker maker_;
    drive_log log_;
    any_scheduler scheduler_;
    metrics_server metrics_;
    std::unique_ptr<slurm_way> way_;
    driven_cluster backend_;
    drive_counts counts_;
    std::optional<rota::claim> claims_; ///< what the log is judged by, besides the unconditional laws
    law_watch laws_;
    std::optional<drive_journal> journal_;
    std::optional<live::wake_up> bell_; ///< none: it only polls
    std::int64_t again_ms_ = 0;         ///< the longest rest, soon after somebody has rung
    std::uint64_t strays_ = 0;          ///< of the hosts before this one
    std::int64_t epoch_ms_ = 0;         ///< of the journal, since 1970
    std::int64_t ahead_ms_ = 0;         ///< of the host's time over the steady one
    bool answered_ = true;
    std::map<std::string, std::string> left_; ///< jobs that were said to be left alone, and why
};

} // namespace

int drive_slurm(drive_options const& asked) {
    struct sigaction how{};
    how.sa_handler = remember_reload; // one that comes while it starts is heard when it has
    sigaction(SIGHUP, &how, nullptr);
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
    auto one = driver{asked, std::move(config), *cluster};
    if (asked.dry_run) one.watch();
    else one.drive();
    return 0;
}

} // namespace cli
