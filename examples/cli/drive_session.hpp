// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRIVE_SESSION_HPP
#define ROTA_CLI_DRIVE_SESSION_HPP

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/live/wake_up.hpp>

#include "drive_config.hpp"
#include "drive_log.hpp"
#include "drive_metrics.hpp"
#include "driven_cluster.hpp"
#include "live_schedulers.hpp"
#include "options.hpp"
#include "registry.hpp"
#include "slurm_way.hpp"

namespace cli {

/// From now on a signal asks for the configuration to be read again; one that comes while a driver starts is heard when it has.
void heed_reload();

/// Of no meaning but for their differences, which nobody changes who sets the clock.
[[nodiscard]] std::int64_t steady_ms();

/// What a driver and a dry run have in common: a configuration that can be read again, the Slurm it is about, a log, and the
/// time between two rounds.
class drive_session {
public:
    drive_session(drive_options const& asked, drive_config config, rota::cluster::spec const& cluster);

    /// True once for each signal that asks for the configuration to be read again.
    [[nodiscard]] static bool asked_to_reload();
    /// True where another scheduler is to decide from now on; where the new configuration is none, the old one stays.
    [[nodiscard]] bool reload();
    /// A Slurm that falls silent is said once, and so is its return.
    void heard(bool answered);
    /// From one round to the next: twice as long after each that Slurm did not answer, up to eight times.
    [[nodiscard]] std::int64_t pace_ms() const noexcept { return config.poll_ms << silent_; }
    /// A job that waits for somebody else than this driver is said once, and again where the reason has changed. What one
    /// of ours asks for is what its last start has said.
    void say_left(std::predicate<std::string const&> auto ours) {
        for (auto const& [job, why] : backend.left_alone())
            if (auto const was = left_.find(job); (was == left_.end() || was->second != why) && !ours(job))
                log.line("left_alone", {{"job", job}, {"why", why}});
        left_ = backend.left_alone();
    }
    /// From now on somebody may ring, where that is configured.
    void listen();
    /// For so long, or until somebody rings. What he means may not be seen at once: while Slurm tells of a job's end, the
    /// job is completing still. So rounds follow quickly at first; but never without a pause between them.
    void rest(std::int64_t ms);

    drive_options const& asked;
    drive_config config;
    rota::cluster::spec const& cluster;
    live_schedulers const schedulers;
    drive_log log;
    any_scheduler scheduler;
    std::unique_ptr<slurm_way> const way;
    driven_cluster backend;
    drive_counts counts;

private:
    int silent_ = 0; ///< rounds without an answer, one after the other, of which three count
    bool answered_ = true;
    std::map<std::string, std::string> left_; ///< jobs that were said to be left alone, and why
    std::optional<rota::live::wake_up> bell_; ///< none: it only polls
    std::int64_t again_ms_ = 0;               ///< the longest rest, soon after somebody has rung
};

} // namespace cli

#endif
