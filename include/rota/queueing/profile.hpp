// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_PROFILE_HPP
#define ROTA_QUEUEING_PROFILE_HPP

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>

#include <rota/core/units.hpp>

namespace rota::queueing {

/// How many GPUs of a pool are in use at every time to come: a step function of integers.
///
/// Cost      O(steps) a query, O(log steps) a change.
class profile {
public:
    explicit profile(std::int64_t capacity) noexcept : capacity_{capacity} {}

    /// `gpus` more in use over [from, until); less if negative.
    void add(sim_time from, sim_time until, std::int64_t gpus) {
        change(from, gpus);
        if (until != never) change(until, -gpus);
    }
    /// The earliest time >= from at which `gpus` are free for `length`; never if there is none.
    [[nodiscard]] sim_time earliest(std::int64_t gpus, millis length, sim_time from) const {
        if (gpus > capacity_) return never;
        auto used = std::int64_t{0};
        auto at = from;
        for (auto step = steps_.begin(); step != steps_.end(); ++step) {
            if (step->first >= at + length) return at;
            used += step->second;
            auto const next = std::next(step);
            auto const until = next == steps_.end() ? never : next->first;
            if (until > at && used + gpus > capacity_) at = std::max(at, until);
            if (at == never) return never;
        }
        return at;
    }
    [[nodiscard]] bool fits(std::int64_t gpus, millis length, sim_time at) const {
        return earliest(gpus, length, at) == at;
    }

private:
    void change(sim_time at, std::int64_t gpus) {
        auto const step = steps_.try_emplace(at, 0).first;
        if ((step->second += gpus) == 0) steps_.erase(step);
    }

    std::int64_t capacity_;
    std::map<sim_time, std::int64_t> steps_; ///< change of the GPUs in use
};

} // namespace rota::queueing

#endif
