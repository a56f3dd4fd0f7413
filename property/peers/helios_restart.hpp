// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_HELIOS_RESTART_HPP
#define ROTA_PEERS_HELIOS_RESTART_HPP

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

#include "devices.hpp"
#include "replay.hpp"

namespace peers {

/// What the preemptive policies of Helios and Lucid know of a job.
struct restartable {
    std::int64_t gpus = 0;
    std::int64_t submit = 0;
    std::int64_t remain = 0;   ///< seconds, penalties included, when it last started or stopped
    std::int64_t attained = 0; ///< GPU-seconds, penalties included, likewise
    std::int64_t since = 0;    ///< when it started; of a running one
    std::int64_t penalty = 0;  ///< of `remain`: what has not been served yet when it started
    rota::cluster::placement on{};
    bool running = false;
    bool launched = false; ///< the engine runs it: its penalty has been served

    [[nodiscard]] std::int64_t ran(std::int64_t now) const noexcept { return running ? now - since : 0; }
    [[nodiscard]] std::int64_t remaining(std::int64_t now) const noexcept { return remain - ran(now); }
    [[nodiscard]] std::int64_t service(std::int64_t now) const noexcept { return attained + ran(now) * gpus; }
};

/// Seconds that one stop adds to the remaining time of a gang of that size.
using penalty_rule = std::int64_t (*)(std::int64_t gpus);

/// The preemptive loop of Helios and Lucid. At a tick: line up queued and running jobs; walk the line with a
/// quota of all GPUs, skipping what does not fit it; stop who runs outside the quota; then place who waits
/// inside it. Who finds no devices stays queued, though its quota is spent and its victims are gone.
///
/// Clock     the peers tick every second. A tick repeats the one before unless somebody came, ended, was
///           stopped or started since, or the line changed by itself: Line says when that is at the earliest.
/// Penalty   is added to the remaining time at every stop and served at the next start, however often that
///           is cut short. The engine knows no such cost, so a job that serves one holds its devices in the
///           books kept here, where nobody else is given them, and the engine starts it when it has served.
/// Off by one  the peers test for the end before they count the tick: a run takes its length + 1 s. The works
///           of the replay are that much longer.
/// Source    S-Lab-System-Group/HeliosArtifact, framework/QSSF Service/policies/srtf.py; the same loop in
///           S-Lab-System-Group/Lucid, simulation/policy/{srtf,tiresias}.py.
template <class Line>
class helios_restart {
public:
    helios_restart(Line line, placer how, penalty_rule penalty, rota::cluster::spec const& cluster,
                   std::vector<std::int64_t> const& durations_s, accounts& tell)
        : line_{std::move(line)}, how_{how}, penalty_{penalty}, quota_{cluster.gpus()}, free_{cluster},
          tell_{&tell} {
        for (auto const duration : durations_s) jobs_.push_back({.remain = duration});
        for (auto& one : tell) one.overhead_s = 1;
    }

    void on(rota::event const& e, rota::view const& v) {
        if (e.kind == rota::event_kind::finished) {
            std::erase(running_, e.job);
            auto& job = at(e.job);
            free_.give(job.on);
            job.running = false;
        } else if (arrives(e)) {
            auto& job = at(e.job);
            job.gpus = v.need(e.job).gpus_max;
            job.submit = seconds(v.now());
            queued_.push_back(e.job);
        } else if (e.kind != rota::event_kind::wake) {
            return;
        }
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if (std::exchange(due_, false)) {
            auto const now = seconds(v.now());
            auto changed = false;
            auto const order = line_.order(queued_, running_, jobs_, now);
            if (line_.ticks(now)) changed = tick(order, now, a);
            wake_ = line_.changes_at(order, queued_, running_, jobs_, now, changed);
            for (auto const id : running_) launch(id, now, a);
        }
        a.wake_at(wake_);
    }

private:
    [[nodiscard]] restartable& at(rota::job_id id) { return jobs_[rota::index(id)]; }

    bool tick(std::vector<rota::job_id> const& order, std::int64_t now, rota::actions& a) {
        auto left = quota_;
        auto out = std::vector<rota::job_id>{};
        auto in = std::vector<rota::job_id>{};
        for (auto const id : order) {
            auto const& job = at(id);
            if (job.gpus <= left) {
                left -= job.gpus;
                if (!job.running) in.push_back(id);
            } else if (job.running) {
                out.push_back(id);
            }
        }
        for (auto const id : out) stop(id, now, a);
        auto changed = !out.empty();
        for (auto const id : in) changed |= start(id, now);
        return changed;
    }
    void stop(rota::job_id id, std::int64_t now, rota::actions& a) {
        auto& job = at(id);
        auto const more = penalty_(job.gpus);
        job.penalty = std::max<std::int64_t>(0, job.penalty - job.ran(now)) + more;
        job.remain = job.remaining(now) + more;
        job.attained = job.service(now);
        job.running = false;
        free_.give(job.on);
        if (std::exchange(job.launched, false)) must(a.preempt(id));
        std::erase(running_, id);
        queued_.push_back(id);
        ++(*tell_)[rota::index(id)].preempt;
        (*tell_)[rota::index(id)].overhead_s += more;
    }
    bool start(rota::job_id id, std::int64_t now) {
        auto& job = at(id);
        auto where = how_(free_, static_cast<int>(job.gpus));
        if (where.empty()) return false;
        free_.take(where);
        job.on = std::move(where);
        job.since = now;
        job.running = true;
        std::erase(queued_, id);
        running_.push_back(id);
        return true;
    }
    void launch(rota::job_id id, std::int64_t now, rota::actions& a) {
        auto& job = at(id);
        if (job.launched) return;
        if (auto const served = job.since + job.penalty; served > now) {
            wake_ = std::min(wake_, at_second(served));
        } else {
            job.launched = true;
            must(a.start(id, job.on));
        }
    }

    Line line_;
    placer how_;
    penalty_rule penalty_;
    std::int64_t quota_;
    rota::cluster::occupancy free_; ///< of running jobs, those that serve a penalty included
    accounts* tell_;
    std::vector<restartable> jobs_;     ///< by id
    std::vector<rota::job_id> queued_;  ///< in the peers' order: by arrival or stop
    std::vector<rota::job_id> running_; ///< by start
    rota::sim_time wake_ = rota::never;
    bool due_ = false;
};

/// The line of srtf: by remaining time; ties keep the queued jobs first.
struct by_remaining {
    [[nodiscard]] static bool ticks(std::int64_t) noexcept { return true; }
    [[nodiscard]] static std::vector<rota::job_id> order(std::vector<rota::job_id> const& queued,
                                                         std::vector<rota::job_id> const& running,
                                                         std::vector<restartable> const& jobs,
                                                         std::int64_t now) {
        auto all = queued;
        all.insert(all.end(), running.begin(), running.end());
        ::ranges::stable_sort(all, {}, [&](rota::job_id id) { return jobs[rota::index(id)].remaining(now); });
        return all;
    }
    /// Running jobs move ahead together, queued ones stand: the first to change places are neighbours.
    [[nodiscard]] static rota::sim_time changes_at(std::vector<rota::job_id> const& order,
                                                   std::vector<rota::job_id> const&,
                                                   std::vector<rota::job_id> const&,
                                                   std::vector<restartable> const& jobs, std::int64_t now,
                                                   bool changed) {
        if (changed) return at_second(now + 1);
        auto next = rota::never;
        auto const* before = static_cast<restartable const*>(nullptr);
        for (auto const id : order) {
            auto const& job = jobs[rota::index(id)];
            if (before != nullptr && !before->running && job.running)
                next = std::min(next, at_second(now + 1 + job.remaining(now) - before->remaining(now)));
            before = &job;
        }
        return next;
    }
};

} // namespace peers

#endif
