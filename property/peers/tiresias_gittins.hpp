// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_GITTINS_HPP
#define ROTA_PEERS_TIRESIAS_GITTINS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

#include "replay.hpp"
#include "tiresias_law.hpp"
#include "tiresias_repack.hpp"

namespace peers {

/// Tiresias's gittins, as it runs once its crash is mended: one list by the index, the wrong way round.
///
/// The lowest index goes first; a pending job is judged by its seconds, a running one by its GPU-seconds.
/// Besides arrivals and ends an extra clock decides, which adds the present time to itself at every event and
/// so soon lies far ahead.
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py (gittins_sim_jobs).
class tiresias_gittins {
public:
    tiresias_gittins(tiresias_law law, std::size_t jobs, accounts& tell)
        : law_{std::move(law)}, tell_{&tell}, jobs_(jobs) {}

    void on(rota::event const& e, rota::view const& v) {
        if (e.kind == rota::event_kind::finished) std::erase(runnable_, e.job);
        else if (arrives(e)) runnable_.push_back(e.job), jobs_[rota::index(e.job)].checked = seconds(v.now());
        else if (e.kind != rota::event_kind::wake) return;
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        auto const now = seconds(v.now());
        if (std::exchange(due_, false)) {
            while (clock_ < now) clock_ *= 2; // it also ran while there was nothing to decide
            for (auto const id : runnable_) {
                auto& job = jobs_[rota::index(id)];
                auto const passed = now - std::exchange(job.checked, now);
                if (job.running) job.executed += passed;
                job.index = law_(job.running ? job.executed * v.need(id).gpus_max : job.executed);
            }
            ::ranges::stable_sort(runnable_, {},
                                  [&](rota::job_id id) { return jobs_[rota::index(id)].index; });
            run_what_fits(runnable_, jobs_, v, a, *tell_);
            clock_ += now;
        }
        if (std::ranges::any_of(runnable_, [&](rota::job_id id) { return jobs_[rota::index(id)].running; }))
            a.wake_at(at_second(clock_));
    }

private:
    struct state {
        std::int64_t executed = 0;
        std::int64_t checked = 0;
        std::int64_t index = 0;
        bool running = false;
    };

    tiresias_law law_;
    accounts* tell_;
    std::vector<state> jobs_;            ///< by id
    std::vector<rota::job_id> runnable_; ///< by the order of the pass before
    std::int64_t clock_ = tiresias_law::delta;
    bool due_ = false;
};

} // namespace peers

#endif
