// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_USER_HISTORY_HPP
#define ROTA_ESTIMATE_USER_HISTORY_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/user_limit.hpp>

namespace rota::estimate {

/// The mean run time of the user's last two finished jobs, never more than the declared limit.
///
/// Falls back on the limit for a user without history. A job that outlives the mean is believed to reach
/// its limit.
/// Source    D. Tsafrir, Y. Etsion, D. G. Feitelson, "Backfilling using system-generated predictions rather
///           than user runtime estimates", IEEE TPDS 2007, section 3. differs: an outlived prediction goes
///           to the limit at once instead of by their sequence of corrections.
class user_history {
public:
    user_limit limit{};

    void on(event const& happened, view const& v) {
        if (happened.kind == event_kind::resync) last_.clear();
        if (happened.kind != event_kind::finished && happened.kind != event_kind::failed) return;
        auto& runs = last_[v.spec(happened.job).user];
        runs = {attained_ms(v, happened.job) + 1, runs[0]}; // 0 stands for no run
    }
    [[nodiscard]] millis remaining_ms(view const& v, job_id j) const {
        auto const at_most = limit.remaining_ms(v, j);
        auto const known = last_.find(v.spec(j).user);
        if (known == last_.end()) return at_most;
        auto const& runs = known->second;
        auto const mean = runs[1] == 0 ? runs[0] - 1 : (runs[0] + runs[1]) / 2 - 1;
        auto const left = mean - attained_ms(v, j);
        return left > 0 ? std::min(left, at_most) : at_most;
    }
    [[nodiscard]] std::int64_t rate(view const& v, job_id j, int gpus, gpu_model model) const noexcept {
        return limit.rate(v, j, gpus, model);
    }

private:
    std::map<user_id, std::array<millis, 2>> last_; ///< run time + 1, the newest first
};

static_assert(estimator<user_history>);

} // namespace rota::estimate

#endif
