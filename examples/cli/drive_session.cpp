// SPDX-License-Identifier: BSL-1.0
#include "drive_session.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "console.hpp"
#include "failure.hpp"

namespace cli {

namespace {

std::sig_atomic_t volatile reload_wanted = 0;
void remember_reload(int) { reload_wanted = 1; }

} // namespace

std::int64_t steady_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

void heed_reload() {
    struct sigaction how{};
    how.sa_handler = remember_reload;
    sigaction(SIGHUP, &how, nullptr);
}

drive_session::drive_session(drive_options const& its_options, drive_config its_config,
                             rota::cluster::spec const& its_cluster)
    : asked{its_options}, config{std::move(its_config)}, cluster{its_cluster}, schedulers{cluster},
      log{config.json}, scheduler{schedulers.make(config)},
      way{open_slurm(cluster, config.partition, config.names, config.timeout_ms)},
      backend{*way, asked.dry_run} {}

bool drive_session::asked_to_reload() { return std::exchange(reload_wanted, 0) != 0; }

bool drive_session::reload() {
    try {
        auto fresh = read_drive_config(asked.config);
        if (!asked.scheduler.empty()) fresh.scheduler = asked.scheduler;
        auto made = schedulers.make(fresh);
        auto kept = std::string{};
        auto const stays = [&kept](bool differs, std::string_view key) {
            if (differs) (kept += kept.empty() ? "" : ", ") += key;
        };
        stays(fresh.partition != config.partition, "slurm.partition");
        stays(fresh.timeout_ms != config.timeout_ms, "slurm.timeout_s");
        stays(fresh.wake_up != config.wake_up, "slurm.wake_up");
        stays(fresh.journal != config.journal, "journal.file");
        stays(fresh.address != config.address, "metrics.address");
        stays(fresh.port != config.port, "metrics.port");
        stays(fresh.tenants != config.tenants, "tenant");
        stays(fresh.names.qos != config.names.qos, "qos");
        config.scheduler = fresh.scheduler, config.placement = fresh.placement;
        config.seed = fresh.seed, config.cost = fresh.cost;
        config.poll_ms = fresh.poll_ms, config.json = fresh.json;
        config.pace = fresh.pace, config.compact_kib = fresh.compact_kib;
        config.judge = fresh.judge;
        log.as_json(config.json);
        scheduler = std::move(made);
        log.line("reloaded",
                 {{"scheduler", config.scheduler},
                  {"not_reloaded", kept.empty() ? "-" : kept + ": what it was, until a restart"}});
        return true;
    } catch (failure const& why) {
        log.line("reload_refused", {{"why", why.message.substr(0, why.message.find('\n'))}}); // the first
        return false;
    }
}

void drive_session::heard(bool answered) {
    counts.rounds += 1;
    counts.blind += !answered;
    counts.answers = answered;
    silent_ = answered ? 0 : std::min(silent_ + 1, 3);
    if (answered != std::exchange(answered_, answered))
        log.line(answered ? "slurm_answers" : "slurm_silent",
                 {{"why", answered ? std::string{"-"} : way->complaint()}});
}

void drive_session::listen() {
    if (config.wake_up.empty()) return;
    auto why = std::string{};
    bell_ = rota::live::wake_up::listen(config.wake_up, why);
    if (!bell_) refuse(fmt::format("{}: {}", config.wake_up, why));
    again_ms_ = config.poll_ms;
}

void drive_session::rest(std::int64_t ms) {
    auto const pause = std::max<std::int64_t>(config.poll_ms / 20, 10);
    auto const idle = [] { return signalled() == 0 && reload_wanted == 0; };
    if (bell_) ms = std::min(ms, again_ms_);
    if (idle()) ::poll(nullptr, 0, static_cast<int>(bell_ ? std::min(ms, pause) : ms));
    if (!bell_ || !idle()) return;
    auto const rung = bell_->wait(std::max<std::int64_t>(ms - pause, 0));
    counts.woken += rung;
    again_ms_ = rung ? pause : std::min(again_ms_ * 2, pace_ms());
}

} // namespace cli
