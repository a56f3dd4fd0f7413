// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_DLAS_HPP
#define ROTA_PEERS_TIRESIAS_DLAS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <range/v3/algorithm/stable_partition.hpp>
#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

#include "replay.hpp"
#include "tiresias_law.hpp"
#include "tiresias_repack.hpp"

namespace peers {

/// Tiresias's dlas, dlas-gpu, dlas-gpu-K and dlas-gpu-gittins: three queues by attained service.
///
/// Decides at arrivals, ends, and at the "jump": when the next job is due to change its queue.
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py (dlas_sim_jobs), jobs.py (queue_limit).
class tiresias_dlas {
public:
    struct settings {
        bool gpu_time = false;    ///< service is seconds x GPUs, else seconds
        std::int64_t twice_k = 0; ///< promotion after waiting K times the service; 0: never
        std::optional<tiresias_law> law = std::nullopt; ///< each queue goes by its index first
    };

    tiresias_dlas(settings how, std::size_t jobs, accounts& tell)
        : how_{std::move(how)}, tell_{&tell}, jobs_(jobs) {}

    void on(rota::event const& e, rota::view const& v) {
        auto& job = jobs_[rota::index(e.job)];
        if (e.kind == rota::event_kind::finished) {
            std::erase(runnable_, e.job);
            std::erase(queues_[job.queue], e.job);
        } else if (arrives(e)) {
            job.gpus = v.need(e.job).gpus_max;
            job.submit = job.checked = seconds(v.now());
            runnable_.push_back(e.job);
            queues_[0].push_back(e.job);
        } else if (e.kind != rota::event_kind::wake) {
            return;
        }
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if (std::exchange(due_, false)) {
            auto const now = seconds(v.now());
            for (auto const id : runnable_) update(id, now);
            run_what_fits(order(), jobs_, v, a, *tell_);
            for (auto& queue : queues_) // whoever does not run goes to the tail
                ::ranges::stable_partition(queue, [&](rota::job_id id) { return at(id).running; });
            jump_ = next_jump(now);
        }
        a.wake_at(jump_);
    }

private:
    // a third limit, 18000, stands in the source but is never reached: there are only three queues
    static constexpr auto limits = std::to_array<std::int64_t>({3250, 7200});

    struct state {
        std::int64_t gpus = 0;
        std::int64_t submit = 0;
        std::int64_t executed = 0; ///< seconds since it last entered the first queue
        std::int64_t starved = 0;  ///< seconds of waiting since then; running does not reset it
        std::int64_t checked = 0;
        std::int64_t index = 0;
        std::size_t queue = 0;
        bool running = false;
    };
    [[nodiscard]] state& at(rota::job_id id) { return jobs_[rota::index(id)]; }
    [[nodiscard]] std::int64_t service(state const& of) const {
        return how_.gpu_time ? of.executed * of.gpus : of.executed;
    }

    void update(rota::job_id id, std::int64_t now) {
        auto& job = at(id);
        auto const passed = now - std::exchange(job.checked, now);
        if (job.running) { // one level at most, tested only for running jobs and only at events
            job.executed += passed;
            if (job.queue < limits.size() && service(job) >= limits[job.queue]) requeue(id, job.queue + 1);
        } else if (job.executed > 0) {
            job.starved += passed;
            if (how_.twice_k > 0 && job.queue > 0 && job.starved >= job.executed * how_.twice_k / 2) {
                job.executed = job.starved = 0;
                requeue(id, 0);
            }
        }
        if (how_.law) job.index = (*how_.law)(service(job));
    }
    void requeue(rota::job_id id, std::size_t to) {
        std::erase(queues_[at(id).queue], id);
        queues_[to].push_back(id);
        at(id).queue = to;
    }
    [[nodiscard]] std::vector<rota::job_id> order() {
        auto all = std::vector<rota::job_id>{};
        for (auto& queue : queues_) {
            if (how_.law) // the largest index first, then by submission
                ::ranges::stable_sort(
                    queue, {}, [&](rota::job_id id) { return std::pair{-at(id).index, at(id).submit}; });
            all.insert(all.end(), queue.begin(), queue.end());
        }
        return all;
    }
    [[nodiscard]] rota::sim_time next_jump(std::int64_t now) {
        auto next = rota::never;
        for (auto const id : runnable_) {
            auto const& job = at(id);
            auto in = std::int64_t{0};
            if (job.running && job.queue < limits.size()) {
                // the limit is GPU-seconds, what is taken off it are seconds, and the division rounds down:
                // with several GPUs the demotion comes late unless another event comes first
                in = limits[job.queue] - job.executed;
                if (how_.gpu_time) in /= job.gpus;
                if (in <= 0)
                    throw refusal{"a gang of " + std::to_string(job.gpus) +
                                  " GPUs: Tiresias would decide at the same second for ever"};
            } else if (!job.running && how_.twice_k > 0 && job.queue > 0 && job.executed > 0) {
                in = (job.executed * how_.twice_k - 2 * job.starved) / 2;
            }
            if (in > 0) next = std::min(next, at_second(now + in));
        }
        return next;
    }

    settings how_;
    accounts* tell_;
    std::vector<state> jobs_;            ///< by id
    std::vector<rota::job_id> runnable_; ///< by arrival
    std::array<std::vector<rota::job_id>, 3> queues_;
    rota::sim_time jump_ = rota::never;
    bool due_ = false;
};

} // namespace peers

#endif
