// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_REPACK_HPP
#define ROTA_PEERS_TIRESIAS_REPACK_HPP

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

#include "devices.hpp"
#include "replay.hpp"

namespace peers {

/// One scheduling pass of Tiresias's preemptive policies: the cluster is emptied and filled again in `order`,
/// by counting GPUs and skipping what does not fit. Stops and restarts are free; who stays keeps its devices.
///
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py: the same loop stands in each of them.
template <class Jobs>
void run_what_fits(std::vector<rota::job_id> const& order, Jobs& jobs, rota::view const& v, rota::actions& a,
                   accounts& tell) {
    auto free = v.free().total_gpus(rota::gpu_model{});
    auto fresh = std::vector<rota::job_id>{};
    for (auto const id : order) {
        auto& job = jobs[rota::index(id)];
        if (auto const gpus = v.need(id).gpus_max; gpus <= free) {
            free -= gpus;
            if (!job.running) fresh.push_back(id);
        } else if (job.running) {
            job.running = false;
            ++tell[rota::index(id)].preempt;
            must(a.preempt(id));
        }
    }
    for (auto const id : fresh) {
        jobs[rota::index(id)].running = true;
        must(a.start(id, anywhere(v.free().state(), v.need(id).gpus_max)));
    }
}

/// Tiresias's sjf (fewest GPUs first), shortest (remaining seconds) and shortest-gpu (remaining seconds x
/// GPUs). All three are preemptive, sjf too.
///
/// The list is sorted in place and stably: ties keep the order of the pass before, newcomers come last.
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py (smallest_first_sim_jobs, shortest_first_sim_jobs).
class tiresias_repack {
public:
    enum class key : std::uint8_t { gpus, remaining, remaining_gpu_time };

    tiresias_repack(key by, std::vector<std::int64_t> const& durations_s, accounts& tell)
        : by_{by}, tell_{&tell} {
        for (auto const duration : durations_s) jobs_.push_back({.remaining = duration});
    }

    void on(rota::event const& e, rota::view const& v) {
        if (e.kind == rota::event_kind::finished) std::erase(runnable_, e.job);
        else if (!arrives(e)) return;
        else runnable_.push_back(e.job), jobs_[rota::index(e.job)].checked = seconds(v.now());
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if (!std::exchange(due_, false)) return;
        for (auto const id : runnable_) {
            auto& job = jobs_[rota::index(id)];
            auto const passed = seconds(v.now()) - std::exchange(job.checked, seconds(v.now()));
            if (job.running) job.remaining -= passed;
        }
        ::ranges::stable_sort(runnable_, {}, [&](rota::job_id id) { return rank(v, id); });
        run_what_fits(runnable_, jobs_, v, a, *tell_);
    }

private:
    struct state {
        std::int64_t remaining = 0;
        std::int64_t checked = 0;
        bool running = false;
    };
    [[nodiscard]] std::int64_t rank(rota::view const& v, rota::job_id id) const {
        auto const gpus = std::int64_t{v.need(id).gpus_max};
        auto const remaining = jobs_[rota::index(id)].remaining;
        return by_ == key::gpus ? gpus : by_ == key::remaining ? remaining : remaining * gpus;
    }

    key by_;
    accounts* tell_;
    std::vector<state> jobs_; ///< by id
    std::vector<rota::job_id> runnable_;
    bool due_ = false;
};

} // namespace peers

#endif
