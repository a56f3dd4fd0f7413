// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_QUEUE_HPP
#define ROTA_PEERS_TIRESIAS_QUEUE_HPP

#include <optional>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

#include "devices.hpp"
#include "replay.hpp"
#include "tiresias_yarn.hpp"

namespace peers {

/// Tiresias's fifo and fjf: one list by arrival, nobody is stopped.
///
/// fifo stops its scan at the first job that does not fit, fjf goes on ("fit job first").
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py (one_queue_fifo_sim_jobs, fit_first_sim_jobs).
class tiresias_queue {
public:
    enum class scan : bool { stops_at_first, goes_on };

    tiresias_queue(scan how, std::optional<tiresias_yarn> yarn) : how_{how}, yarn_{std::move(yarn)} {}

    void on(rota::event const& e, rota::view const&) {
        if (arrives(e)) queue_.push_back(e.job);
        else if (e.kind != rota::event_kind::finished) return;
        else if (yarn_) yarn_->release(e.job);
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if (!std::exchange(due_, false)) return;
        auto rest = queue_.begin();
        auto one = queue_.begin();
        for (; one != queue_.end() && v.free().free_gpus(rota::gpu_model{}) != 0; ++one) {
            auto const where = place(v, *one);
            if (!where.empty()) {
                must(a.start(*one, where));
                continue;
            }
            if (how_ == scan::stops_at_first) break;
            *rest++ = *one;
        }
        queue_.erase(rest, one);
    }

private:
    [[nodiscard]] rota::cluster::placement place(rota::view const& v, rota::job_id id) {
        auto const gpus = int{v.need(id).gpus_max};
        auto const& free = v.free().state();
        if (yarn_) return yarn_->place(free, id, gpus);
        return v.free().free_gpus(rota::gpu_model{}) < gpus ? rota::cluster::placement{}
                                                            : anywhere(free, gpus);
    }

    scan how_;
    std::optional<tiresias_yarn> yarn_; ///< none: GPUs are only counted
    std::vector<rota::job_id> queue_;
    bool due_ = false;
};

} // namespace peers

#endif
