// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_POINT_LAW_HPP
#define ROTA_ESTIMATE_POINT_LAW_HPP

#include <algorithm>
#include <cstdint>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/size_law.hpp>

namespace rota::estimate {

/// Each job's service is known: the index is 1 / remaining, so a Gittins order is that of the remaining time.
///
/// Changes with every ms of service; between announcements the index is that of the last whole `step_ms`.
/// Source    J. C. Gittins, "Bandit processes and dynamic allocation indices", JRSS B 1979, for a point mass.
template <estimator Estimator>
struct point_law {
    Estimator estimate;
    millis step_ms = 1;

    [[nodiscard]] std::int64_t index(view const& v, job_id j, std::int64_t) const {
        return index_unit / std::max<millis>(estimate.remaining_ms(v, j), 1);
    }
    [[nodiscard]] std::int64_t next_change(view const&, job_id, std::int64_t age) const noexcept {
        return (age / step_ms + 1) * step_ms;
    }
};

template <estimator Estimator>
point_law(Estimator) -> point_law<Estimator>;

} // namespace rota::estimate

#endif
