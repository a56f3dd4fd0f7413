// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_EXPONENTIAL_LAW_HPP
#define ROTA_ESTIMATE_EXPONENTIAL_LAW_HPP

#include <cstdint>
#include <limits>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/size_law.hpp>

namespace rota::estimate {

/// Memoryless service: the index never changes, so a Gittins order is that of submission.
///
/// Source    J. C. Gittins, "Bandit processes and dynamic allocation indices", JRSS B 1979: G(a) = 1 / mean.
struct exponential_law {
    std::int64_t mean_ms = 1;

    [[nodiscard]] std::int64_t index(view const&, job_id, std::int64_t) const noexcept {
        return index_unit / mean_ms;
    }
    [[nodiscard]] std::int64_t next_change(view const&, job_id, std::int64_t) const noexcept {
        return std::numeric_limits<std::int64_t>::max();
    }
};

static_assert(size_law<exponential_law>);

} // namespace rota::estimate

#endif
