// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_HELIOS_QUEUE_HPP
#define ROTA_PEERS_HELIOS_QUEUE_HPP

#include <cstddef>
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

/// The fifo, sjf and qssf of Helios and Lucid: a sorted queue that blocks at its first job; nobody is
/// stopped.
///
/// The peers tick every second. Sorting and placing again what was sorted and placed, with nothing new,
/// changes nothing: a tick without an end or an arrival is skipped. Only qssf needs the one after an arrival.
/// Source    S-Lab-System-Group/HeliosArtifact, framework/QSSF Service/policies/{fifo,sjf,qssf}.py.
class helios_queue {
public:
    enum class key : std::uint8_t { submit, duration, service };

    helios_queue(key by, placer how, std::vector<std::int64_t> durations_s)
        : by_{by}, how_{how}, durations_s_{std::move(durations_s)} {}

    void on(rota::event const& e, rota::view const&) {
        if (arrives(e)) queue_.push_back(e.job), ++fresh_;
        else if (e.kind != rota::event_kind::finished && e.kind != rota::event_kind::wake) return;
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if (std::exchange(due_, false)) {
            auto const arrived = std::exchange(fresh_, 0);
            sort(v, arrived);
            auto first = queue_.begin();
            for (; first != queue_.end(); ++first) {
                auto const where = how_(v.free().state(), v.need(*first).gpus_max);
                if (where.empty()) break;
                must(a.start(*first, where));
            }
            queue_.erase(queue_.begin(), first);
            again_ = by_ == key::service && arrived != 0 && !queue_.empty() ? v.now() + 1000 : rota::never;
        }
        a.wake_at(again_);
    }

private:
    void sort(rota::view const& v, std::size_t arrived) {
        auto const gpus = [&](rota::job_id id) { return std::int64_t{v.need(id).gpus_max}; };
        auto const duration = [&](rota::job_id id) { return durations_s_[rota::index(id)]; };
        if (by_ == key::duration) ::ranges::stable_sort(queue_, {}, duration);
        if (by_ != key::service) return; // by submission it is as it came
        ::ranges::stable_sort(queue_, {}, gpus);
        // the estimate is only asked for once somebody has waited for a tick; it is the truth here
        if (queue_.size() > arrived)
            ::ranges::stable_sort(queue_, {}, [&](rota::job_id id) { return duration(id) * gpus(id); });
    }

    key by_;
    placer how_;
    std::vector<std::int64_t> durations_s_;
    std::vector<rota::job_id> queue_;
    std::size_t fresh_ = 0;
    rota::sim_time again_ = rota::never;
    bool due_ = false;
};

} // namespace peers

#endif
